"""Our learners in modAL's place: its strategies, its committees, its import."""

import os
import subprocess
import sys

import modAL.acquisition
import modAL.batch
import modAL.disagreement
import modAL.models
import modAL.multilabel
import modAL.uncertainty
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from modAL.models import Committee, CommitteeRegressor
from modAL.utils.combination import make_linear_combination, make_query_strategy
from modAL.utils.selection import multi_argmax
from sklearn.datasets import load_iris
from sklearn.ensemble import VotingClassifier
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import LinearSVC

from skbal import ActiveLearner, BayesianOptimizer
from skbal.exceptions import TeachingWarning
from skbal.query import BALD, MaxEntropy

IRIS_X, IRIS_Y = load_iris(return_X_y=True)
START = np.arange(0, 150, 10)
LINE = np.linspace(0, 3, 31).reshape(-1, 1)
HILL = np.sin(LINE).ravel()  # largest at pi / 2


def bayes(rows=START, **parameters):
    return ActiveLearner(
        GaussianNB(), X_training=IRIS_X[rows], y_training=IRIS_Y[rows], **parameters
    )


def gaussian_process():
    return GaussianProcessRegressor(RBF(1.0), optimizer=None, alpha=1e-8)


def test_our_learners_are_those_of_modal():
    assert isinstance(bayes(), modAL.models.ActiveLearner)
    optimizer = BayesianOptimizer(gaussian_process())
    assert isinstance(optimizer, modAL.models.BayesianOptimizer)
    assert isinstance(optimizer, modAL.models.base.BaseLearner)


# modAL's strategies


@pytest.mark.parametrize(
    ("strategy", "score"),
    [
        (
            modAL.uncertainty.uncertainty_sampling,
            lambda p: 1 - p.max(axis=1),
        ),
        (
            modAL.uncertainty.margin_sampling,
            lambda p: np.sort(p)[:, -2] - np.sort(p)[:, -1],
        ),
        (
            modAL.uncertainty.entropy_sampling,
            lambda p: -(p * np.log(np.maximum(p, 1e-300))).sum(axis=1),
        ),
    ],
    ids=["uncertainty", "margin", "entropy"],
)
@pytest.mark.parametrize("random_tie_break", [False, True])
def test_modals_measures_of_uncertainty_choose_in_ours(
    strategy, score, random_tie_break
):
    learner = bayes(query_strategy=strategy)
    indices, rows = learner.query(
        IRIS_X[:100], n_instances=4, random_tie_break=random_tie_break
    )
    scores = score(learner.predict_proba(IRIS_X[:100]))
    np.testing.assert_allclose(np.sort(scores[indices]), np.sort(scores)[-4:])
    np.testing.assert_array_equal(rows, IRIS_X[indices])


def test_modals_strategies_choose_before_anything_was_taught():
    for strategy in (
        modAL.uncertainty.uncertainty_sampling,
        modAL.uncertainty.margin_sampling,
        modAL.uncertainty.entropy_sampling,
        modAL.batch.uncertainty_batch_sampling,
    ):
        learner = ActiveLearner(GaussianNB(), strategy)
        indices, rows = learner.query(IRIS_X, n_instances=3)
        learner.teach(rows, IRIS_Y[indices])
        assert len(set(indices)) == 3


@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix], ids=["dense", "sparse"])
def test_modals_batches_hold_no_row_twice(make):
    learner = ActiveLearner(
        LogisticRegression(max_iter=500),
        modAL.batch.uncertainty_batch_sampling,
        X_training=make(IRIS_X[START]),
        y_training=IRIS_Y[START],
    )
    indices, rows = learner.query(make(IRIS_X), n_instances=7)
    assert len(set(indices)) == 7
    learner.teach(rows, IRIS_Y[indices])


def test_a_combination_of_modals_measures_chooses_in_ours():
    utility = make_linear_combination(
        modAL.uncertainty.classifier_uncertainty, modAL.uncertainty.classifier_entropy
    )
    learner = bayes(query_strategy=make_query_strategy(utility, multi_argmax))
    indices, _ = learner.query(IRIS_X)
    scores = utility(learner, IRIS_X)
    assert scores[indices[0]] == scores.max()


def test_modals_strategy_for_several_labels_a_row_chooses_in_ours():
    labels = np.column_stack([IRIS_X[:, 0] > 5.8, IRIS_X[:, 1] > 3]).astype(int)
    learner = ActiveLearner(
        OneVsRestClassifier(LinearSVC(random_state=0)),
        modAL.multilabel.SVM_binary_minimum,
        X_training=IRIS_X[START],
        y_training=labels[START],
    )
    index, row = learner.query(IRIS_X)
    np.testing.assert_array_equal(row, IRIS_X[index])
    learner.teach(row.reshape(1, -1), labels[[index]])
    assert learner.y_training.shape == (len(START) + 1, 2)


# Distances between transformed rows


def test_rows_are_seen_as_before_the_last_step_of_a_pipeline():
    pipeline = make_pipeline(StandardScaler(), GaussianNB()).fit(IRIS_X, IRIS_Y)
    learner = ActiveLearner(pipeline)
    np.testing.assert_allclose(
        learner.transform_without_estimating(IRIS_X), pipeline[0].transform(IRIS_X)
    )


def test_rows_are_seen_side_by_side_by_an_ensemble_of_pipelines():
    twice = FunctionTransformer(lambda X: 2 * X)
    members = [
        ("plain", GaussianNB()),
        ("scaled", make_pipeline(StandardScaler(), GaussianNB())),
        ("twice", make_pipeline(twice, GaussianNB())),
    ]
    learner = ActiveLearner(VotingClassifier(members)).fit(IRIS_X, IRIS_Y)
    seen = learner.transform_without_estimating(IRIS_X)
    scaled = StandardScaler().fit_transform(IRIS_X)
    np.testing.assert_allclose(seen, np.hstack([scaled, 2 * IRIS_X]))


def test_rows_are_seen_as_they_are_without_a_pipeline():
    assert bayes().transform_without_estimating(IRIS_X) is IRIS_X


def test_transformed_rows_are_an_array_or_sparse_whatever_the_steps_give():
    frame = pd.DataFrame(IRIS_X, columns=list("abcd"))
    scaler = StandardScaler().set_output(transform="pandas")
    learner = ActiveLearner(make_pipeline(scaler, GaussianNB())).fit(frame, IRIS_Y)
    seen = learner.transform_without_estimating(frame)
    assert isinstance(seen, np.ndarray)
    np.testing.assert_allclose(seen.std(axis=0), 1)
    to_sparse = FunctionTransformer(sp.csr_matrix, accept_sparse=True)
    learner = ActiveLearner(make_pipeline(to_sparse, LogisticRegression(max_iter=500)))
    learner.fit(IRIS_X, IRIS_Y)
    assert sp.issparse(learner.transform_without_estimating(IRIS_X))


def test_modals_batches_measure_distances_between_transformed_rows():
    frame = pd.DataFrame(IRIS_X, columns=list("abcd"))
    learner = ActiveLearner(
        make_pipeline(StandardScaler(), GaussianNB()),
        modAL.batch.uncertainty_batch_sampling,
        X_training=frame.iloc[START],
        y_training=IRIS_Y[START],
        on_transformed=True,
    )
    indices, rows = learner.query(frame, n_instances=3)
    learner.teach(rows, IRIS_Y[indices])
    pd.testing.assert_frame_equal(learner.X_training, frame.iloc[[*START, *indices]])


# Committees


def committee(strategy, **parameters):
    members = [bayes(START[k:], **parameters) for k in range(3)]
    return Committee(members, query_strategy=strategy)


@pytest.mark.parametrize(
    "strategy",
    [
        BALD(random_state=0),
        MaxEntropy(random_state=0),
        modAL.disagreement.vote_entropy_sampling,
        modAL.disagreement.consensus_entropy_sampling,
        modAL.disagreement.max_disagreement_sampling,
        modAL.uncertainty.uncertainty_sampling,
    ],
    ids=lambda s: getattr(s, "__name__", type(s).__name__),
)
def test_a_committee_of_our_learners_runs_the_loop(strategy):
    group = committee(strategy)
    for _ in range(2):
        indices, rows = group.query(IRIS_X, n_instances=4)
        assert len(set(indices)) == 4
        group.teach(rows, IRIS_Y[indices])
    assert [len(member.X_training) for member in group] == [23, 22, 21]
    assert group.predict_proba(IRIS_X).shape == (150, 3)
    assert group.score(IRIS_X, IRIS_Y) > 0.8


def test_our_strategy_in_a_committee_scores_the_draws_of_its_members():
    group = committee(BALD(random_state=0))
    draws = np.stack([member.predict_proba(IRIS_X) for member in group], axis=1)

    def entropy(p):
        return -(p * np.log(np.maximum(p, 1e-300))).sum(axis=-1)

    bald = entropy(draws.mean(axis=1)) - entropy(draws).mean(axis=1)
    indices, _ = group.query(IRIS_X, n_instances=5)
    np.testing.assert_allclose(bald[indices], np.sort(bald)[:-6:-1], rtol=1e-4)


def test_a_committee_bags_its_members_anew():
    group = committee(BALD(), bootstrap_init=True, random_state=0)
    theta = [member.estimator.theta_.copy() for member in group]
    for member, seed in zip(group, range(1, 4)):
        member.random_state = seed
    group.rebag()
    for member, before in zip(group, theta):
        assert not np.array_equal(member.estimator.theta_, before)
    group.teach(IRIS_X[:3], IRIS_Y[:3], bootstrap=True, only_new=False)
    assert [len(member.X_training) for member in group] == [18, 17, 16]


def test_a_committee_that_is_fitted_replaces_what_its_members_know():
    group = committee(BALD())
    group.fit(IRIS_X, IRIS_Y)
    for member in group:
        np.testing.assert_array_equal(member.X_training, IRIS_X)


@pytest.mark.filterwarnings("ignore::skbal.exceptions.TooFewDrawsWarning")
def test_a_committee_can_be_the_estimator_of_a_learner():
    learner = ActiveLearner(committee(BALD()), BALD(random_state=0))
    with pytest.warns(TeachingWarning, match="Committee was fitted to rows"):
        learner.teach(IRIS_X[START], IRIS_Y[START])
    left = np.setdiff1d(np.arange(150), START)
    indices, rows = learner.query(IRIS_X[left], n_instances=3)
    learner.teach(rows, IRIS_Y[left[indices]])
    for member in learner.estimator:
        np.testing.assert_array_equal(member.X_training, learner.X_training)
    assert learner.score(IRIS_X, IRIS_Y) > 0.8


def test_a_committee_of_regressors_runs_the_loop():
    members = [
        ActiveLearner(gaussian_process(), X_training=LINE[rows], y_training=HILL[rows])
        for rows in ([0, 10], [20, 30])
    ]
    group = CommitteeRegressor(members)
    for _ in range(4):
        indices, rows = group.query(LINE)
        group.teach(rows, HILL[indices])
    mean, std = group.predict(LINE, return_std=True)
    assert np.abs(mean - HILL).max() < 0.1
    assert std.shape == (31,)


# When modAL itself is the problem


def run(code, *folders):
    path = os.pathsep.join([*map(str, folders), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.slow
def test_a_broken_modal_is_named_when_a_learner_is_wanted_and_a_right_one_not(tmp_path):
    faults = ["import skorch_of_old", "raise AttributeError('np.float')", "1 / 0"]
    (tmp_path / "modAL").mkdir()
    (tmp_path / "modAL" / "__init__.py").write_text("import os; exec(os.environ['F'])")
    code = f"""
import os, sys
import skbal
for os.environ["F"] in {faults}:
    try:
        skbal.ActiveLearner
    except ImportError as error:
        print(error)
sys.path.remove({str(tmp_path)!r})
print(skbal.BayesianOptimizer)
"""
    *messages, found = run(code, tmp_path).splitlines()
    # And without a warning, which would be an error.
    assert found == "<class 'skbal.learner._bayesian_optimizer.BayesianOptimizer'>"
    assert len(messages) == 3
    for message in messages:
        assert "The learners of skbal need modAL" in message
        assert "pip install" in message
        assert "'modAL-python>=0.4.1,!=0.4.2,!=0.4.2.1'" in message
