"""Stability against kappas worked out from their definition."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import BayesianRidge

from skbal.stopping import PredictionsStable
from tests.stopping.loops import loop_with


class Scripted:
    """Predicts what it was told, one list after the other; row i is the number i."""

    def __init__(self, *answers):
        self.answers = [np.asarray(answer) for answer in answers]

    def predict(self, X):
        return self.answers[0][np.ravel(X).astype(int)]


def run(rule, answers, left=None):
    """Return the reasons after each model, whose predictions for all rows are given."""
    X = np.arange(len(answers[0]))[:, None]
    reasons = []
    for answer in answers:
        reasons.append(rule(loop_with(learner=Scripted(answer), X=X, left=left)))
    return reasons


def kappa(a, b):
    """Return (observed - expected) / (1 - expected), the agreement above chance."""
    a, b = np.asarray(a), np.asarray(b)
    classes = np.union1d(a, b)
    expected = sum(np.mean(a == c) * np.mean(b == c) for c in classes)
    return (np.mean(a == b) - expected) / (1 - expected)


A = ["x", "x", "y", "y", "z", "z", "x", "y"]
B = ["x", "x", "y", "y", "z", "z", "x", "x"]
C = ["z", "x", "y", "x", "z", "z", "x", "x"]


def test_kappas_are_those_of_the_definition():
    rule = PredictionsStable(n_rows=None)
    assert run(rule, [A, B, C]) == [None, None, None]
    np.testing.assert_allclose(rule.kappas_, [kappa(A, B), kappa(B, C)])


def test_it_waits_for_the_mean_over_the_last_steps():
    limit = (kappa(A, B) + 1) / 2
    rule = PredictionsStable(kappa=limit, n_steps=2, n_rows=None)
    first, second, third, fourth = run(rule, [A, A, B, B])
    assert (first, second) == (None, None)
    assert third.startswith("predictions stable: mean kappa of the last 2 steps 0.")
    assert fourth is not None
    stricter = PredictionsStable(kappa=limit + 1e-9, n_steps=2, n_rows=None)
    assert run(stricter, [A, A, B, B]) == [None] * 4


def test_models_that_know_one_class_agree_completely():
    rule = PredictionsStable(n_steps=1, n_rows=None)
    same, other = ["x"] * 5, ["y"] * 5
    first, second, third = run(rule, [same, same, other])
    assert (first, third) == (None, None)
    assert second == (
        "predictions stable: mean kappa of the last 1 steps 1, at least 0.99 wanted"
    )
    assert rule.kappas_ == [1.0, 0.0]


def test_the_stop_set_is_unlabelled_fixed_and_chosen_by_the_seed():
    left = [1, 2, 4, 5, 7]
    rule = PredictionsStable(n_rows=3, random_state=0)
    run(rule, [A], left)
    chosen = rule.stop_set_
    assert len(set(chosen)) == 3
    assert set(chosen) <= set(left)
    run(rule, [B, C], left=[0])  # queried since, and still asked about
    np.testing.assert_array_equal(rule.stop_set_, chosen)
    again = PredictionsStable(n_rows=3, random_state=0)
    run(again, [A], left)
    np.testing.assert_array_equal(again.stop_set_, chosen)
    assert len({tuple(_chosen(seed, left)) for seed in range(20)}) > 1


def _chosen(seed, left):
    rule = PredictionsStable(n_rows=3, random_state=seed)
    run(rule, [A], left)
    return rule.stop_set_


def test_a_clone_starts_anew():
    rule = PredictionsStable(n_steps=1, n_rows=None)
    run(rule, [A, A])
    assert not hasattr(clone(rule), "kappas_")


def test_without_unlabelled_rows_there_is_nothing_to_compare():
    assert run(PredictionsStable(n_steps=1), [A, A], left=[]) == [None, None]


def test_a_prediction_that_fails_once_breaks_nothing():
    class Unreadable(Scripted):
        def predict(self, X):
            raise OSError("the network drive is away")

    rule, X = PredictionsStable(n_steps=1), np.arange(len(A))[:, None]
    with pytest.raises(OSError, match="network drive"):
        rule(loop_with(learner=Unreadable(), X=X))
    assert run(rule, [A]) == [None]
    assert run(rule, [A])[0].startswith("predictions stable")


def test_regressors_have_no_classes_to_agree_on():
    X = np.arange(6.0)[:, None]
    model = BayesianRidge().fit(X, X[:, 0])
    with pytest.raises(TypeError, match=r"one class .* the regressor Bayes"):
        PredictionsStable()(loop_with(learner=model, X=X))
    with pytest.raises(TypeError, match=r"one class per row.*dtype float64"):
        run(PredictionsStable(), [np.linspace(0, 1, 8)])


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"kappa": 1.5}, ValueError, "kappa of PredictionsStable .* <= 1, got 1.5"),
        ({"n_steps": 0}, ValueError, "n_steps of PredictionsStable .* got 0"),
        ({"n_rows": 0}, ValueError, "n_rows of PredictionsStable .* got 0"),
        ({"random_state": -1}, ValueError, "random_state of PredictionsStable"),
    ],
)
def test_wrong_parameters_are_refused_when_they_are_used(params, error, message):
    with pytest.raises(error, match=message):
        run(PredictionsStable(**params), [A])
