"""Runs and comparisons on labels of which some are missing."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import BayesianRidge

from skbal import ActiveLearningClassifier, ActiveLearningRegressor
from skbal.experiments import compare
from skbal.query import BALD, Random

X, Y = load_iris(return_X_y=True)
MISSING = np.arange(150) % 4 == 1
FOREST = RandomForestClassifier(5)
RUN = {"n_queries": 4, "n_instances": 5, "random_state": 0}


def with_none(labels):
    found = labels.astype(object)
    found[MISSING] = None
    return found


def check(run, y):
    """Check that no missing label was taught, scored on or asked about twice."""
    asked = [row for record in run.history_ for row in record.indices]
    skipped = [row for record in run.history_ for row in record.skipped]
    assert len(skipped) > 0
    assert skipped == [row for row in asked if MISSING[row]]
    assert not MISSING[run.held_out_].any()
    taught = [row for row in asked if not MISSING[row]]
    np.testing.assert_array_equal(run.learner_.y_training, y[taught])
    assert run.history_[-1].n_labels == len(asked) == run.oracle_.n_asked
    steps = [len(r.indices) - len(r.skipped) for r in run.history_[1:]]
    assert steps == [5, 5, 5, 5]


@pytest.mark.slow
@pytest.mark.parametrize("names", [np.arange(3), np.array(["a", "b", "c"])])
def test_a_classifier_runs_around_missing_labels(names):
    run = ActiveLearningClassifier(FOREST, BALD(), **RUN)
    run.fit(X, with_none(names[Y]))
    check(run, names[Y])
    np.testing.assert_array_equal(run.classes_, names)
    assert run.history_.scores[-1] > 0.8


def test_nan_in_a_list_of_names_is_no_class():
    names = [float("nan") if MISSING[row] else "abc"[Y[row]] for row in range(150)]
    run = ActiveLearningClassifier(FOREST, BALD(), **RUN).fit(X, names)
    check(run, np.array(["a", "b", "c"])[Y])
    assert run.classes_.tolist() == ["a", "b", "c"]


def test_noise_is_added_to_the_labels_that_there_are():
    run = ActiveLearningClassifier(FOREST, BALD(), oracle_noise=0.3, **RUN)
    run.fit(X, with_none(Y))
    assert run.oracle_.wrong_[~MISSING].any()
    assert not run.oracle_.wrong_[MISSING].any()


def test_a_regressor_runs_around_missing_targets():
    y = np.where(MISSING, np.nan, X[:, 0])
    run = ActiveLearningRegressor(BayesianRidge(), **RUN).fit(X[:, 1:], y)
    check(run, y)


def test_a_comparison_runs_around_missing_labels():
    comparison = compare(
        {"BALD": BALD(), "Random": Random()},
        FOREST,
        X,
        with_none(Y),
        n_repeats=2,
        n_queries=2,
        n_instances=5,
        random_state=0,
    )
    for histories in comparison.histories.values():
        skipped = [row for h in histories for record in h for row in record.skipped]
        assert MISSING[skipped].all()
