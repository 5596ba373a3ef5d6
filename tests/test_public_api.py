"""The names that users and other packages count on, and what an import costs."""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import skbal

PUBLIC = {
    "skbal": [
        "ActiveLearner",
        "ActiveLearningClassifier",
        "ActiveLearningRegressor",
        "BayesianOptimizer",
        "__version__",
        "predict_samples",
    ],
    "skbal.adapters": [
        "FromSkactiveml",
        "ToSkactiveml",
        "from_baal",
        "from_batchbald_redux",
        "to_baal",
        "to_batchbald_redux",
    ],
    "skbal.audit": [
        "ActiveTest",
        "AnomalyDisplay",
        "AnomalyScores",
        "AuditReport",
        "CalibrationError",
        "CalibrationSteps",
        "FeatureMaps",
        "FeatureMapsDisplay",
        "GeneralisationReport",
        "GroupErrors",
        "GroupSelection",
        "InvarianceDisplay",
        "InvarianceReport",
        "LeakageCheck",
        "PermutedLabelsCheck",
        "ProbabilityScores",
        "ReliabilityDisplay",
        "Rubric",
        "SaliencyDisplay",
        "SaliencyMaps",
        "SaliencySanity",
        "SelectionTest",
        "ShortcutDisplay",
        "ShortcutTest",
        "TooGoodCheck",
        "UnbiasedRisk",
        "VoteCoverage",
        "VoteCoverageDisplay",
        "VotePITDisplay",
        "anomaly_scores",
        "audit_report",
        "calibration_error",
        "calibration_over_steps",
        "feature_maps",
        "generalisation_report",
        "group_errors",
        "group_selection",
        "invariance_report",
        "leakage_check",
        "neg_calibration_error",
        "permuted_labels_check",
        "probability_scores",
        "rubric",
        "saliency",
        "saliency_sanity_check",
        "selection_test",
        "shortcut_test",
        "too_good_check",
        "unbiased_risk",
        "uncertainty_saliency",
        "vote_coverage",
        "vote_pit",
        "vote_pit_histogram",
    ],
    "skbal.base": ["PosteriorSamplerMixin", "QueryStrategy"],
    "skbal.campaign": [
        "Campaign",
        "Imported",
        "Item",
        "Person",
        "Status",
        "Told",
        "export_answers",
        "export_catalogue",
        "export_counts",
        "export_label_studio",
        "import_answers",
        "import_counts",
        "import_label_studio",
        "import_zooniverse",
        "make_app",
        "read_catalogue",
        "serve",
    ],
    "skbal.datasets": [
        "align_votes",
        "count_votes",
        "fetch_mnist",
        "ising_energy",
        "ising_exact",
        "load_cifar10",
        "load_cinic10",
        "load_emnist",
        "load_galaxy_votes",
        "load_image_votes",
        "load_images",
        "load_mnist_5k",
        "make_artefact_galaxies",
        "make_biased_labels",
        "make_galaxies",
        "make_glyphs",
        "make_ising",
        "make_repeated",
        "make_tagged_digits",
        "read_zooniverse_votes",
    ],
    "skbal.exceptions": [
        "CampaignError",
        "DriftWarning",
        "MissingLabelsWarning",
        "NoDrawsError",
        "NoDropoutError",
        "NumericalWarning",
        "OneClassWarning",
        "PolicyInputsError",
        "PolicyWarning",
        "RejectedLabelsWarning",
        "TeachingWarning",
        "TooFewDrawsWarning",
        "VersionWarning",
        "VotesWarning",
    ],
    "skbal.experiments": [
        "BenchmarkResult",
        "Claim",
        "Comparison",
        "Experiment",
        "ExperimentUnit",
        "Measure",
        "PairedDifference",
        "Published",
        "Reproduction",
        "Statement",
        "benchmark",
        "compare",
        "list_experiments",
        "load_experiment",
        "reproduce",
    ],
    "skbal.features": [
        "Deslant",
        "GradientFeatures",
        "GradientHistograms",
        "PatchFeatures",
        "PoolGraph",
    ],
    "skbal.filters": [
        "LabelLikelihoodFilter",
        "confident_joint",
        "find_label_errors",
        "out_of_fold_likelihood",
        "out_of_fold_probabilities",
    ],
    "skbal.information": [
        "annotator_information",
        "answer_distribution",
        "answer_information",
        "answer_log_likelihood",
        "committee_vote_entropy",
        "expected_entropy",
        "expected_loss",
        "expected_loss_reduction",
        "expected_predictive_information_gain",
        "expected_vote_information_gain",
        "joint_entropy",
        "joint_label_information",
        "joint_mutual_information",
        "label_information",
        "margin",
        "mean_std",
        "more_vote_information",
        "mutual_information",
        "noisy_label_information",
        "predictive_entropy",
        "predictive_variance",
        "variation_ratio",
        "vote_distribution",
        "vote_information_curve",
        "vote_interval",
        "vote_log_likelihood",
        "vote_mutual_information",
    ],
    "skbal.learner": ["ActiveLearner", "BayesianOptimizer"],
    "skbal.loop": ["ActiveLearningLoop", "History", "Record", "StreamLearner"],
    "skbal.models": [
        "BayesByBackpropClassifier",
        "BayesByBackpropRegressor",
        "BayesianLinearRegression",
        "BayesianLogisticRegression",
        "BayesianVoteRegression",
        "Compose",
        "DeepEnsembleClassifier",
        "DeepEnsembleMultiLabelClassifier",
        "DeepEnsembleRegressor",
        "DeepEnsembleVoteRegressor",
        "DistilledClassifier",
        "DropoutMLP",
        "ElasticDeformation",
        "GalCNN",
        "GalaxyCNN",
        "GraphClassifier",
        "GraphRegressor",
        "LaplaceClassifier",
        "LaplaceRegressor",
        "LastLayerClassifier",
        "LastLayerRegressor",
        "LastLayerVoteRegressor",
        "MCDropoutClassifier",
        "MCDropoutMultiLabelClassifier",
        "MCDropoutRegressor",
        "MCDropoutVoteRegressor",
        "MeanFieldLinearRegression",
        "RandomBlur",
        "RandomFeatureGP",
        "RandomFlip",
        "RandomRotation",
        "RandomScale",
        "RandomShift",
        "RandomTurn",
        "SWAGClassifier",
        "SWAGRegressor",
        "TemperatureScaling",
        "VoteMixtureRegression",
    ],
    "skbal.oracles": [
        "CallableOracle",
        "CrowdOracle",
        "InteractiveOracle",
        "LabelOracle",
        "NoisyOracle",
        "Oracle",
        "SKIP",
        "VoteOracle",
    ],
    "skbal.plotting": [
        "AcquisitionCurveDisplay",
        "ComparisonDisplay",
        "ImageGridDisplay",
        "RankDisplay",
        "RunDisplay",
        "SearchDisplay",
        "VoteInformationDisplay",
        "VotePosteriorDisplay",
    ],
    "skbal.query": [
        "BADGE",
        "BAIT",
        "BALD",
        "BatchBALD",
        "BatchVariance",
        "ClassBalanced",
        "ConsensusEntropy",
        "CoreLog",
        "CoreMSE",
        "DensityWeighted",
        "DiversityPenalised",
        "DrawStrategy",
        "EPIG",
        "ExpectedErrorReduction",
        "ExpectedVarianceReduction",
        "GreedySampling",
        "JointLabelBALD",
        "KCenterGreedy",
        "KMeansBatch",
        "LCMD",
        "LeastConfident",
        "Margin",
        "MaxEntropy",
        "MeanSTD",
        "PerCost",
        "PowerBALD",
        "PredictiveVariance",
        "ProbCover",
        "QueryStrategy",
        "Random",
        "RelabelOrNew",
        "SoftmaxBALD",
        "SoftrankBALD",
        "Subsampled",
        "TypiClust",
        "ValueOfInformation",
        "VariationRatios",
        "VoteBALD",
        "VoteEPIG",
        "VoteEntropy",
    ],
    "skbal.sampling": ["predict_samples"],
    "skbal.seeding": [
        "BalancedSeed",
        "ClusterSeed",
        "KMeansSeed",
        "RandomSeed",
        "Seed",
    ],
    "skbal.simulation": [
        "ActiveLearningClassifier",
        "ActiveLearningRegressor",
        "LabelsToTarget",
        "LearningCurveScores",
        "final_score",
        "learning_curve_area_score",
    ],
    "skbal.stopping": [
        "MaxCost",
        "MaxLabels",
        "MaxQueries",
        "PredictionsStable",
        "ScorePlateau",
        "StoppingRule",
        "TargetScore",
        "UncertaintyBelow",
    ],
    "skbal.votes": ["DawidSkene", "VoteAllocation"],
    "skbal.policy": [
        "ActiveLearningEnv",
        "BanditQuery",
        "CANDIDATE_FEATURES",
        "DQNPolicy",
        "ImitationPolicy",
        "LearnedQuery",
        "LinearPolicy",
        "Policy",
        "PolicyInputs",
        "PolicySearch",
        "QLearner",
        "STATE_FEATURES",
        "policy_inputs",
        "shipped_policy",
    ],
    "skbal.testing": ["check_posterior_sampler", "check_query_strategy"],
}


@pytest.mark.parametrize("module", PUBLIC)
def test_public_names_are_those_agreed_on(module):
    loaded = importlib.import_module(module)
    assert sorted(loaded.__all__) == PUBLIC[module]
    for name in loaded.__all__:
        assert getattr(loaded, name) is not None


def test_no_package_is_left_out():
    packages = {
        f"skbal.{module.name}"
        for module in pkgutil.iter_modules(skbal.__path__)
        if not module.name.startswith("_")
    }
    assert packages == set(PUBLIC) - {"skbal"}
    api = (Path(__file__).parents[1] / "docs" / "api.rst").read_text(encoding="utf-8")
    listed = {line.strip() for line in api.splitlines()}
    for names in PUBLIC.values():
        assert listed.issuperset(set(names) - {"__version__"})


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'BALDD'"):
        skbal.BALDD  # noqa: B018
    assert "ActiveLearner" in dir(skbal)


# Not pandas and rich: scikit-learn itself imports them where they are installed.
HEAVY = {"torch", "skorch", "matplotlib", "modAL", "typer"}
# One process for all, because each starts anew: a later one adds to what is loaded.
STATEMENTS = {
    "import skbal": set(),
    "import skbal.models, skbal.query, skbal.oracles, skbal.seeding, "
    "skbal.datasets, skbal.plotting, skbal.testing, skbal.loop, skbal.audit, "
    "skbal.stopping, skbal.features; from skbal import predict_samples": set(),
    "from skbal.models import MCDropoutClassifier as M; repr(M(lr=1))": set(),
    "import skbal.experiments, skbal.simulation": {"modAL"},
}


@pytest.mark.slow
def test_a_statement_loads_nothing_heavier_than_it_needs():
    lines = [f"{statement}; print(*sys.modules)" for statement in STATEMENTS]
    result = subprocess.run(
        [sys.executable, "-c", "\n".join(["import sys", *lines])],
        capture_output=True,
        text=True,
        check=True,
    )
    for statement, line in zip(STATEMENTS, result.stdout.splitlines(), strict=True):
        loaded = {name.split(".")[0] for name in line.split()}
        assert loaded & HEAVY == STATEMENTS[statement], statement


def test_the_api_page_lists_every_public_name():
    page = Path(__file__).parents[1] / "docs" / "api.rst"
    listed = {line.strip() for line in page.read_text().splitlines()}
    public = {name for names in PUBLIC.values() for name in names}
    assert public - {"__version__"} <= listed
