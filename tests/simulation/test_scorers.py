"""A scorer whose numbers are the learning curve; searches keep them."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

from skbal import ActiveLearningClassifier
from skbal.query import MaxEntropy
from skbal.simulation import (
    LabelsToTarget,
    LearningCurveScores,
    final_score,
    learning_curve_area_score,
)

X, Y = load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def run():
    run = ActiveLearningClassifier(
        GaussianNB(), MaxEntropy(), n_queries=3, n_instances=5, random_state=0
    )
    return run.fit(X, Y)


@pytest.fixture(scope="module")
def with_stages():
    run = ActiveLearningClassifier(
        GaussianNB(),
        MaxEntropy(),
        n_queries=1,
        n_instances=5,
        random_state=0,
        keep_stages=True,
        test_size=None,
    )
    return run.fit(X[::2], Y[::2])


def test_scores_at_steps_are_those_of_the_history_and_linear_between(run):
    scores = LearningCurveScores([6, 8, 11, 21])(run, X, Y)
    at_6, at_11, _, at_21 = run.history_.scores
    assert list(scores) == ["score", "at_6", "at_8", "at_11", "at_21"]
    assert (scores["at_6"], scores["at_11"], scores["at_21"]) == (at_6, at_11, at_21)
    assert scores["at_8"] == pytest.approx(at_6 + 2 / 5 * (at_11 - at_6))


def test_what_a_run_did_not_reach_is_not_known(run):
    scores = LearningCurveScores(np.array([5, 6, 21, 22]))(run, X, Y)
    assert [name for name, score in scores.items() if np.isnan(score)] == [
        "at_5",
        "at_22",
    ]


@pytest.mark.parametrize(
    "scorer", [final_score, LabelsToTarget(0.5), learning_curve_area_score, None]
)
def test_the_score_to_choose_by_is_that_of_its_scorer(run, scorer):
    found = LearningCurveScores([6], scorer)(run, X, Y)["score"]
    assert found == (scorer or learning_curve_area_score)(run, X, Y)


def test_with_stages_the_curve_is_scored_on_the_given_rows(with_stages):
    scores = LearningCurveScores([6, 11])(with_stages, X[1::2], Y[1::2])
    by_hand = [
        np.mean(stage.predict(X[1::2]) == Y[1::2]) for stage in with_stages.stages_
    ]
    assert [scores["at_6"], scores["at_11"]] == by_hand


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ([5], TypeError, "n_labels of LearningCurveScores must be a list"),
        ([[]], ValueError, "must be different numbers of labels, at least one"),
        ([[6, 6]], ValueError, r"must be different .* got \[6, 6\]"),
        ([[0]], ValueError, "n_labels of LearningCurveScores"),
        ([iter([5])], TypeError, "n_labels of LearningCurveScores must be a list"),
        ([[6], "accuracy"], TypeError, "scorer of LearningCurveScores must be"),
    ],
)
def test_wrong_parameters_are_refused_by_name(run, arguments, error, message):
    with pytest.raises(error, match=message):
        LearningCurveScores(*arguments)(run, X, Y)


def test_only_simulations_have_curves():
    with pytest.raises(TypeError, match="estimator of LearningCurveScores must be"):
        LearningCurveScores([6])(GaussianNB().fit(X, Y), X, Y)
