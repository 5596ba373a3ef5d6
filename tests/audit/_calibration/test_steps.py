"""Calibration after each step is that of the step alone, also as a loop's score."""

import json

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import log_loss
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbal import ActiveLearner
from skbal.audit import (
    calibration_error,
    calibration_over_steps,
    neg_calibration_error,
    probability_scores,
)
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.query import BALD
from tests.audit._calibration.data import labels, tempered

X, Y = load_digits(return_X_y=True)


def test_each_step_is_judged_as_alone():
    rng = np.random.default_rng(0)
    truth = rng.dirichlet([1, 1, 1], size=200)
    y = labels(rng, truth)
    steps = [truth, tempered(truth, 2), tempered(truth, 0.5)]
    found = calibration_over_steps(y, steps, n_labels=[5, 9, 13], n_bins=5)
    for step, y_prob in enumerate(steps):
        alone = calibration_error(y, y_prob, n_bins=5, n_simulations=1)
        for name in ("error", "debiased", "overconfidence", "accuracy"):
            assert getattr(found, name)[step] == pytest.approx(getattr(alone, name))
        np.testing.assert_allclose(found.interval[step], alone.interval)
        np.testing.assert_allclose(
            found.overconfidence_interval[step], alone.overconfidence_interval
        )
        scores = probability_scores(y, y_prob)
        assert found.brier[step] == pytest.approx(scores.brier)
        assert found.log_loss[step] == pytest.approx(log_loss(y, y_prob))
    assert found.concern is True
    assert found.verdict.startswith(
        "From step 5 to 13, on 200 rows: at first not shown"
    )
    assert "; in the end too cautious by" in found.verdict
    assert json.loads(json.dumps(found.to_dict()))["n_labels"] == [5, 9, 13]


def test_a_gap_that_may_be_chance_is_not_called_too_cautious():
    y = np.array([0, 1] * 5)
    half = np.full(10, 0.6)  # says 60%, is right in 50% of 10 rows
    found = calibration_over_steps(y, [half], n_labels=[7])
    low, high = found.overconfidence_interval[0]
    assert low < 0 < high
    assert found.concern is False
    assert found.verdict.startswith("At step 7, on 10 rows: not shown to be too sure ")
    assert found.verdict.count("calibration error") == 1
    both = calibration_over_steps(y, [half, np.where(y == 1, 0.99, 0.01)]).verdict
    assert both.startswith("From step 0 to 1, on 10 rows: at first not shown")
    assert both.count("calibration error") == 2


def test_the_table_has_a_row_for_each_step():
    pytest.importorskip("pandas")
    found = calibration_over_steps([0, 1], [[0.4, 0.6], [0.2, 0.9]])
    frame = found.to_frame()
    assert frame["n_labels"].tolist() == [0, 1]
    assert frame["low"].tolist() == found.interval[:, 0].tolist()


def test_a_loop_keeps_it_as_its_score():
    learner = ActiveLearner(
        RandomForestClassifier(20, random_state=0), BALD(random_state=0), X[:20], Y[:20]
    )
    loop = ActiveLearningLoop(
        learner, X[20:900], LabelOracle(Y[20:900]), n_queries=2, n_instances=10,
        X_test=X[900:], y_test=Y[900:], scoring=neg_calibration_error,
    )  # fmt: skip
    scores = [record.score for record in loop]
    probabilities = learner.predict_proba(X[900:])
    last = calibration_error(Y[900:], probabilities, n_simulations=1).debiased
    assert scores[-1] == pytest.approx(-last)
    assert len(scores) == 3
    assert neg_calibration_error(learner, X[900:], Y[900:]) == scores[-1]


def test_a_calibrated_model_scores_higher():
    scores = [
        neg_calibration_error(model.fit(X[:900], Y[:900]), X[900:], Y[900:])
        for model in (GaussianNB(), CalibratedClassifierCV(GaussianNB(), cv=2))
    ]
    assert scores[0] < scores[1] < 0


P = [0.1, 0.2]
TWO_LABELS = DecisionTreeClassifier(max_depth=1).fit(X[:50], np.c_[Y, Y][:50])


def test_what_cannot_be_right_is_refused():
    for arguments, message in [
        (([0, 1], []), "y_probs of calibration_over_steps must have at least one step"),
        (([0, 1], [[0.5]]), "same number of rows, got 2 and 1"),
        (([0, 1], [P, [0.5, 2]]), "y_prob of calibration_over_steps at step 1 must be"),
        (([0, 1], {"a": P}), "y_probs of calibration_over_steps must be a list"),
        (([0, 1], None), "y_probs of calibration_over_steps must be a list"),
    ]:
        with pytest.raises((TypeError, ValueError), match=message):
            calibration_over_steps(*arguments)
    with pytest.raises(ValueError, match=r"n_labels of .* must be finite"):
        calibration_over_steps([0, 1], [P], n_labels=[np.nan])
    with pytest.raises(TypeError, match=r"one label per row, got .* with 2 labels"):
        neg_calibration_error(TWO_LABELS, X, Y)
    with pytest.raises(ValueError, match=r"2 steps, got shape \(3,\)"):
        calibration_over_steps([0, 1], [[0.1, 0.2]] * 2, n_labels=[1, 2, 3])
    with pytest.raises(TypeError, match="SVC makes no posterior draws"):
        neg_calibration_error(SVC().fit(X[:50], Y[:50]), X, Y)
    model = GaussianNB().fit(X[Y < 5], Y[Y < 5])
    with pytest.raises(ValueError, match="hold labels of classes, got 5"):
        neg_calibration_error(model, X, Y)
