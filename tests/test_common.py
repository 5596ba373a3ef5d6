"""Every public estimator against scikit-learn's checks and the draws' contract."""

import importlib
import inspect

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.datasets import (
    make_classification,
    make_multilabel_classification,
    make_regression,
)
from sklearn.ensemble import (
    BaggingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.linear_model import BayesianRidge, LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.utils import estimator_checks

import skbal.features
import skbal.models
import skbal.policy
import skbal.query
import skbal.seeding
import skbal.stopping
import skbal.votes
from skbal import (
    ActiveLearner,
    ActiveLearningClassifier,
    ActiveLearningRegressor,
    BayesianOptimizer,
)
from skbal.datasets import make_galaxies
from skbal.features import PoolGraph
from skbal.models import (
    BayesByBackpropClassifier,
    BayesByBackpropRegressor,
    BayesianLinearRegression,
    BayesianLogisticRegression,
    BayesianVoteRegression,
    DeepEnsembleClassifier,
    DeepEnsembleMultiLabelClassifier,
    DeepEnsembleRegressor,
    DeepEnsembleVoteRegressor,
    DistilledClassifier,
    GraphClassifier,
    GraphRegressor,
    LaplaceClassifier,
    LaplaceRegressor,
    LastLayerClassifier,
    LastLayerRegressor,
    LastLayerVoteRegressor,
    MCDropoutClassifier,
    MCDropoutMultiLabelClassifier,
    MCDropoutRegressor,
    MCDropoutVoteRegressor,
    MeanFieldLinearRegression,
    RandomFeatureGP,
    SWAGClassifier,
    SWAGRegressor,
    TemperatureScaling,
    VoteMixtureRegression,
)
from skbal.models._networks._estimator import NetworkEstimator
from skbal.testing import check_posterior_sampler
from tests.one_label_each import EnsembleOfOneLabelEach, NetworkOfOneLabelEach
from tests.one_vote_each import (
    EnsembleOfOneVoteEach,
    LastLayerOfOneVoteEach,
    NetworkOfOneVoteEach,
)
from tests.scikit_learn_checks import check_as_scikit_learn_asks
from tests.strips import DeslantedStrips, HistogramsOfStrips, PatchesOfStrips
from tests.test_public_api import PUBLIC

FAST = {"module__hidden_units": (30,), "max_epochs": 3, "lr": 0.03}
# Short trainings, since the checks fit each estimator some 100 times. They are long
# enough for the checks that want something to be learned, with any seed that we tried.
DROPOUT = {"max_epochs": 5, "lr": 0.03, "n_draws": 5, "random_state": 0}
ENSEMBLE = {"max_epochs": 5, "lr": 0.03, "n_members": 2, "random_state": 0}
SNAPSHOTS = {"n_snapshots": 3, "steps_per_snapshot": 2, "rank": 2}
LAST_LAYERS = [
    LastLayerClassifier(MCDropoutClassifier(**FAST), random_state=0),
    LastLayerRegressor(MCDropoutRegressor(**FAST), random_state=0),
]
# Single votes are told apart perfectly, and would put no bound on the weights.
VOTE_HEAD = BayesianVoteRegression(optimize=None, n_draws=20)
# Narrow priors keep the weights small, and with them what features in float32 round.
LAPLACES = [
    LaplaceClassifier(MCDropoutClassifier(**FAST), random_state=0),
    LaplaceClassifier(
        MCDropoutClassifier(**FAST),
        hessian="kronecker",
        mode="map",
        prior_variance=0.1,
        optimize=None,
        random_state=0,
    ),
    LaplaceRegressor(
        MCDropoutRegressor(**FAST), prior_variance=0.1, optimize=None, random_state=0
    ),
]
ALL_WEIGHTS = [
    LaplaceClassifier(
        MCDropoutClassifier(**FAST), weights="all", hessian="kronecker", random_state=0
    ),
    LaplaceRegressor(
        MCDropoutRegressor(**FAST),
        weights="all",
        prior_variance=0.1,
        optimize=None,
        random_state=0,
    ),
]

RUNS = {"n_queries": 2, "n_instances": 8}
SIMULATIONS = [
    ActiveLearningClassifier(RandomForestClassifier(n_estimators=3), **RUNS),
    ActiveLearningRegressor(BayesianRidge(), **RUNS),
]


def expected_failures(estimator):
    """Return the checks that an estimator cannot pass, with the reason."""
    if any(isinstance(estimator, type(run)) for run in SIMULATIONS):
        reason = "a row that comes twice is two rows of the pool, and asked about twice"
        checks = "check_sample_weight_equivalence_on_{}_data"
        # The regressor inside takes no sparse rows.
        kinds = ("dense", "sparse") if is_classifier(estimator) else ("dense",)
        return {checks.format(kind): reason for kind in kinds}
    if isinstance(estimator, RandomFeatureGP) and estimator.optimize is not None:
        reason = "without noise, a row that comes twice has a density without bound"
        return {"check_sample_weight_equivalence_on_dense_data": reason}
    if not isinstance(estimator, NetworkEstimator):
        return {}
    return {
        "check_sample_weight_equivalence_on_dense_data": (
            "training is stochastic: a row that comes twice is in other batches than "
            "one of weight 2, as for MLPClassifier"
        )
    }


ESTIMATORS = [
    BayesianLinearRegression(),
    BayesianLinearRegression(output_covariance="empirical", optimize="evidence"),
    MeanFieldLinearRegression(),
    RandomFeatureGP(n_components=20, random_state=0),
    RandomFeatureGP(
        5.0, n_components=40, noise_variance=0.1, optimize=None, random_state=0
    ),
    BayesianLogisticRegression(n_draws=20),
    BayesianLogisticRegression(n_draws=20, posterior="hmc", n_trajectories=2),
    GraphClassifier(PoolGraph(random_state=0), n_draws=20, random_state=0),
    GraphRegressor(PoolGraph(random_state=0)),
    LastLayerOfOneVoteEach(PoolGraph(random_state=0), VOTE_HEAD, random_state=0),
    DistilledClassifier(
        GraphClassifier(PoolGraph(random_state=0), n_draws=20, random_state=0),
        BayesianLogisticRegression(n_draws=20, random_state=0),
    ),
    TemperatureScaling(LogisticRegression(), cv=2),
    *SIMULATIONS,
]
# One of each kind, for the lowest versions of other packages, too.
KINDS_OF_NETWORK = [
    MCDropoutClassifier(**DROPOUT),
    DeepEnsembleRegressor(**ENSEMBLE),
    LAST_LAYERS[0],
    LAPLACES[2],
]
OTHER_NETWORKS = [
    MCDropoutRegressor(**DROPOUT),
    DeepEnsembleClassifier(**ENSEMBLE),
    EnsembleOfOneVoteEach(**ENSEMBLE),
    NetworkOfOneVoteEach(likelihood="beta-binomial", **DROPOUT),
    LAST_LAYERS[1],
    LastLayerOfOneVoteEach(MCDropoutVoteRegressor(**FAST), VOTE_HEAD, random_state=0),
    LAPLACES[0],
    *ALL_WEIGHTS,
    NetworkOfOneLabelEach(**DROPOUT),
    EnsembleOfOneLabelEach(**ENSEMBLE),
    SWAGClassifier(**DROPOUT, **SNAPSHOTS),
    SWAGRegressor(**DROPOUT, **SNAPSHOTS),
    BayesByBackpropClassifier(**DROPOUT),
    BayesByBackpropRegressor(**DROPOUT),
]
# The other Laplace classifier differs in its arithmetic only, so not in what it takes.
NETWORKS = [*KINDS_OF_NETWORK, *OTHER_NETWORKS, LAPLACES[1]]
TRANSFORMERS = [
    HistogramsOfStrips(n_cells=2),
    DeslantedStrips(),
    PatchesOfStrips(4, patch_size=1, grid=1, n_patches=100, random_state=0),
    PoolGraph(random_state=0),
]

# scikit-learn's checks that are run elsewhere, or say nothing about a class.
CHECKED_ELSEWHERE = {
    "ActiveLearner": "teach changes its training data and its estimator, as in modAL",
    "BayesianOptimizer": "teach changes its training data and its estimator",
    "BayesianVoteRegression": "tests/models/_vote_regression/test_common.py",
    "VoteMixtureRegression": "tests/models/_vote_mixture/test_common.py",
}


def checked(estimators):
    """Decorate a test that is run for each estimator."""

    def decorate(test):
        # Some checks fit targets without noise, or a single row, on which an evidence
        # has no hold; the warnings that say so are tested with the models. Single votes
        # tell nothing of a concentration. A run on labels of one class says so.
        for warning in ("NumericalWarning", "VotesWarning", "OneClassWarning"):
            test = pytest.mark.filterwarnings(f"ignore::skbal.exceptions.{warning}")(
                test
            )
        return pytest.mark.parametrize("estimator", estimators, ids=name_of)(test)

    return decorate


def name_of(estimator):
    return type(estimator).__name__


@pytest.mark.versions
@checked([*TRANSFORMERS, *ESTIMATORS])
def test_estimators_do_as_scikit_learn_asks(estimator):
    check_as_scikit_learn_asks(estimator, expected_failures(estimator))


@pytest.mark.slow
@pytest.mark.versions
@checked(KINDS_OF_NETWORK)
def test_kinds_of_network_do_as_scikit_learn_asks(estimator):
    check_as_scikit_learn_asks(estimator, expected_failures(estimator))


@pytest.mark.slow
@checked(OTHER_NETWORKS)
def test_other_networks_do_as_scikit_learn_asks(estimator):
    check_as_scikit_learn_asks(estimator, expected_failures(estimator))


def vote_network(**params):
    return MCDropoutVoteRegressor(max_epochs=3, n_draws=20, random_state=0, **params)


CLASSIFICATION = make_classification(
    60, 6, n_informative=4, n_classes=3, random_state=0
)
REGRESSION = make_regression(60, 6, noise=1.0, random_state=0)
TWO_TARGETS = make_regression(60, 6, n_targets=2, noise=1.0, random_state=0)

LABELS = make_multilabel_classification(60, 6, n_classes=4, random_state=0)

GRAPH = PoolGraph(n_components=30, random_state=0).fit(CLASSIFICATION[0])
VOTES = (CLASSIFICATION[0], np.stack([REGRESSION[1] > 0, np.full(60, 3)], axis=1))
COUNTS = (CLASSIFICATION[0], 4 * np.eye(3, dtype=int)[CLASSIFICATION[1]] + 1)
GALAXIES = make_galaxies(40, image_size=8, random_state=0, return_X_y=True)

# A Gaussian process's draws at rows depend on the covariance of all rows asked for.
GP_SKIPS = {
    name: "exact draws need the covariance of all rows at once"
    for name in ("chunks", "company")
}


SAMPLERS = [
    (MCDropoutClassifier(max_epochs=5, random_state=0), CLASSIFICATION, {}),
    (MCDropoutRegressor(max_epochs=5, random_state=0), REGRESSION, {}),
    (RandomForestClassifier(20, random_state=0), CLASSIFICATION, {}),
    (BaggingClassifier(n_estimators=10, random_state=0), CLASSIFICATION, {}),
    (GaussianProcessRegressor(alpha=0.1, optimizer=None), REGRESSION, GP_SKIPS),
    (GaussianProcessClassifier(optimizer=None), CLASSIFICATION, GP_SKIPS),
    (BayesianRidge(), REGRESSION, {}),
    (BayesianLogisticRegression(random_state=0), CLASSIFICATION, {}),
    (
        BayesianLogisticRegression(posterior="hmc", random_state=0),
        CLASSIFICATION,
        {},
    ),
    (BayesianLinearRegression(), TWO_TARGETS, {}),
    (BayesianLinearRegression(0.5 ** np.arange(6)), TWO_TARGETS, {}),
    (MeanFieldLinearRegression(optimize="evidence"), REGRESSION, {}),
    (RandomFeatureGP(n_components=40, random_state=0), TWO_TARGETS, {}),
    (GraphClassifier(random_state=0), CLASSIFICATION, {}),
    (GraphClassifier(GRAPH, random_state=0), CLASSIFICATION, {}),
    (GraphRegressor(), TWO_TARGETS, {}),
    (
        DistilledClassifier(
            GraphClassifier(GRAPH, random_state=0),
            MCDropoutClassifier(max_epochs=5, random_state=0),
            X_pool=CLASSIFICATION[0],
        ),
        CLASSIFICATION,
        {},
    ),
    (TemperatureScaling(RandomForestClassifier(9), cv=2), CLASSIFICATION, {}),
    (
        TemperatureScaling(
            BayesianLogisticRegression(random_state=0), cv=2, scale="draws"
        ),
        CLASSIFICATION,
        {},
    ),
    (LAST_LAYERS[0], CLASSIFICATION, {}),
    (LAST_LAYERS[1], TWO_TARGETS, {}),
    (LAPLACES[0], CLASSIFICATION, {}),
    (LAPLACES[1], CLASSIFICATION, {}),
    (LAPLACES[2], TWO_TARGETS, {}),
    (ALL_WEIGHTS[0], CLASSIFICATION, {}),
    (ALL_WEIGHTS[1], TWO_TARGETS, {}),
    (BayesianVoteRegression(random_state=0), VOTES, {}),
    (VoteMixtureRegression(2, optimize=None, random_state=0), COUNTS, {}),
    (vote_network(), VOTES, {}),
    (vote_network(likelihood="beta-binomial"), VOTES, {}),
    (vote_network(likelihood="multinomial"), COUNTS, {}),
    (vote_network(likelihood="dirichlet-multinomial"), COUNTS, {}),
    (vote_network(), GALAXIES, {}),
    (vote_network(likelihood="beta-binomial"), GALAXIES, {}),
    (DeepEnsembleClassifier(**FAST, random_state=0), CLASSIFICATION, {}),
    (DeepEnsembleRegressor(**FAST, random_state=0), TWO_TARGETS, {}),
    (DeepEnsembleVoteRegressor(**FAST, random_state=0), VOTES, {}),
    (LastLayerVoteRegressor(GRAPH, random_state=0), VOTES, {}),
    (
        LastLayerVoteRegressor(vote_network(), VOTE_HEAD, random_state=0),
        GALAXIES,
        {},
    ),
    (SIMULATIONS[0], CLASSIFICATION, {}),
    (SIMULATIONS[1], REGRESSION, {}),
    (ActiveLearner(RandomForestClassifier(10)), CLASSIFICATION, {}),
    (MCDropoutMultiLabelClassifier(max_epochs=5, random_state=0), LABELS, {}),
    (DeepEnsembleMultiLabelClassifier(**FAST, random_state=0), LABELS, {}),
    (RandomForestClassifier(20, random_state=0), LABELS, {}),
    (MultiOutputClassifier(BaggingClassifier(random_state=0)), LABELS, {}),
    (BayesianOptimizer(RandomForestRegressor(10)), REGRESSION, {}),
    (SWAGClassifier(**FAST, **SNAPSHOTS, random_state=0), CLASSIFICATION, {}),
    (SWAGRegressor(**FAST, **SNAPSHOTS, random_state=0), TWO_TARGETS, {}),
    (BayesByBackpropClassifier(**FAST, random_state=0), CLASSIFICATION, {}),
    (BayesByBackpropRegressor(**FAST, random_state=0), TWO_TARGETS, {}),
]


@pytest.mark.slow
@pytest.mark.versions
@pytest.mark.parametrize(("estimator", "data", "skip"), SAMPLERS, ids=name_of)
def test_draws_keep_the_contract(estimator, data, skip):
    check_posterior_sampler(estimator, *data, skip=skip)


def public_estimators():
    for module, names in PUBLIC.items():
        # What is fitted there predicts nothing, or learns from no rows.
        if module in ("skbal.votes", "skbal.policy"):
            continue
        for name in names:
            found = getattr(importlib.import_module(module), name)
            if inspect.isclass(found) and hasattr(found, "fit"):
                yield found


def classes_of(estimators):
    return {base for each in estimators for base in type(each).__mro__}


def test_every_public_estimator_is_here():
    public = set(public_estimators())
    transformers = classes_of(TRANSFORMERS)
    found = classes_of(ESTIMATORS + NETWORKS) | transformers
    assert {cls.__name__ for cls in public - found} == set(CHECKED_ELSEWHERE)
    assert public - transformers <= {type(estimator) for estimator, _, _ in SAMPLERS}


def parameter_objects():
    rooms = (
        skbal.features,
        skbal.query,
        skbal.seeding,
        skbal.models,
        skbal.stopping,
        skbal.votes,
        skbal.policy,
    )
    for module in rooms:
        for name in module.__all__:
            cls = getattr(module, name)
            is_class = inspect.isclass(cls) and issubclass(cls, BaseEstimator)
            if is_class and not inspect.isabstract(cls):
                yield cls


@pytest.mark.parametrize("cls", list(parameter_objects()))
def test_parameter_objects_clone_and_store_what_they_are_given(cls):
    params = inspect.signature(cls).parameters
    marked = cls(**{name: object() for name in params})
    for name in params:
        assert getattr(marked, name) is marked.get_params(deep=False)[name]
    empty = inspect.Parameter.empty
    given = {name: {} for name, value in params.items() if value.default is empty}
    assert clone(cls(**given)).get_params() == cls(**given).get_params()


@pytest.mark.slow
@pytest.mark.parametrize("estimator", NETWORKS, ids=name_of)
@pytest.mark.filterwarnings("ignore::skbal.exceptions.VotesWarning")
def test_a_row_alone_is_predicted_as_among_others(estimator, monkeypatch):
    # float32 differs by the number of rows that a product has. With another seed than
    # that of scikit-learn's checks, so that no luck is needed.
    set_seed = estimator_checks.set_random_state
    monkeypatch.setattr(
        estimator_checks,
        "set_random_state",
        lambda estimator, seed=0: set_seed(estimator, seed + 17),
    )
    name = type(estimator).__name__
    estimator_checks.check_methods_subset_invariance(name, estimator)
    estimator_checks.check_methods_sample_order_invariance(name, estimator)
    if hasattr(estimator, "decision_function"):
        estimator_checks.check_decision_proba_consistency(name, estimator)
