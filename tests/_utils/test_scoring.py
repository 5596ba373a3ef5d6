"""A model is scored as one that gives classes it has not met no probability."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import get_scorer, log_loss
from sklearn.svm import LinearSVC

from skbal._utils.scoring import _of_all_classes, score_of

X = np.array([[0.0], [1.0], [2.0], [3.0]])


def test_a_class_that_the_model_has_not_met_counts_as_impossible():
    model = LogisticRegression().fit(X[:3], ["cat", "dog", "dog"])
    y = ["cat", "dog", "dog", "eel"]
    probabilities = np.c_[model.predict_proba(X), np.zeros(4)]
    expected = -log_loss(y, probabilities, labels=["cat", "dog", "eel"])
    assert score_of(model, X, y, "neg_log_loss") == pytest.approx(expected)
    assert score_of(model, X, y, "accuracy") == model.score(X, y)


@pytest.mark.parametrize(
    ("model", "y", "scoring"),
    [
        (LogisticRegression(), ["cat", "cat", "dog", "dog"], "neg_log_loss"),
        (LinearSVC(), [0, 1, 2, 2], "accuracy"),
        (LinearRegression(), [0.5, 1.0, 2.0, 2.5], "r2"),
        (LinearRegression(), X @ [[1.0, 2.0]], "r2"),
    ],
)
def test_all_else_is_scored_as_scikit_learn_does(model, y, scoring):
    model.fit(X, y)
    assert score_of(model, X, y, scoring) == get_scorer(scoring)(model, X, y)


def test_words_beside_numbers_are_left_to_scikit_learn():
    model = LogisticRegression().fit(X, [0, 0, 1, 1])
    assert _of_all_classes(model, ["cat", "cat", "dog", "dog"]) is model
