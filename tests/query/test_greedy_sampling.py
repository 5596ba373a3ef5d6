import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.linear_model import LinearRegression, LogisticRegression

from skbal import ActiveLearner
from skbal.query import GreedySampling
from tests.query.fakes import random_pool


def taught(X, y):
    return ActiveLearner(LinearRegression(), X_training=X, y_training=y)


def plain(X, predicted, labelled, labels, n, method):
    """Choose rows by the definition: all distances anew for each."""
    chosen = []
    for _ in range(n):
        scores = cdist(predicted, labels)
        if method == "iGS":
            scores = scores * cdist(X, labelled)
        scores = scores.min(axis=1)
        scores[chosen] = -1
        chosen.append(int(scores.argmax()))
        labelled = np.concatenate([labelled, X[chosen[-1:]]])
        labels = np.concatenate([labels, predicted[chosen[-1:]]])
    return chosen


@pytest.mark.parametrize("n_outputs", [1, 2])
@pytest.mark.parametrize("method", ["iGS", "GSy"])
def test_batches_are_those_of_the_definition(method, n_outputs):
    X, rng = random_pool(90, 3), np.random.default_rng(1)
    y = X[:10] @ rng.normal(size=(3, n_outputs)) + rng.normal(size=(10, n_outputs))
    learner = taught(X[:10], y[:, 0] if n_outputs == 1 else y)
    predicted = learner.predict(X[10:]).reshape(80, n_outputs)
    strategy = GreedySampling(method, random_state=0)
    expected = plain(X[10:], predicted, X[:10], y, 15, method)
    assert_array_equal(strategy(learner, X[10:], 15), expected)
    chunked = GreedySampling(method, batch_size=7, random_state=0)
    assert_allclose(
        chunked.score_pool(learner, X[10:]), strategy.score_pool(learner, X[10:])
    )


@pytest.mark.parametrize("method", ["iGS", "GSy"])
def test_labels_far_from_zero_are_compared_as_well(method):
    X = random_pool(60, 3)
    y = X[:, 0] + X[:, 1] ** 2
    near, far = taught(X[:10], y[:10]), taught(X[:10], y[:10] + 2e9)  # seconds
    strategy = GreedySampling(method, random_state=0)
    expected = strategy.score_pool(near, X[10:])
    assert_allclose(strategy.score_pool(far, X[10:]), expected, atol=1e-5)


def test_predictions_must_be_finite():
    X = random_pool(20)
    model = LinearRegression().fit(X, X[:, 0])
    model.coef_ = model.coef_ * np.nan
    with pytest.raises(ValueError, match="given to GreedySampling must be finite, got"):
        GreedySampling("GSy")(model, X)


def test_a_fitted_estimator_has_no_labels():
    X = random_pool(30, 3)
    model = LinearRegression().fit(X, X[:, 0])
    scores = GreedySampling("GSy").score_pool(model, X)
    assert_allclose(scores, np.abs(X[:, 0] - X[:, 0].mean()), atol=1e-12)
    chosen = GreedySampling("GSy", random_state=0)(model, X, 30)
    assert sorted(chosen) == list(range(30))
    assert {chosen[0], chosen[1]} == {X[:, 0].argmin(), X[:, 0].argmax()}


def test_what_has_no_values_is_refused():
    X = random_pool(20)
    classifier = LogisticRegression().fit(X, X[:, 0] > 0)
    with pytest.raises(TypeError, match="needs a regressor, got LogisticRegression"):
        GreedySampling()(classifier, X)
    model = LinearRegression().fit(X, X[:, :2])
    learner = taught(X, X[:, 0])
    learner.estimator = model
    with pytest.raises(ValueError, match="as many outputs as predictions have, got 1"):
        GreedySampling()(learner, X)
