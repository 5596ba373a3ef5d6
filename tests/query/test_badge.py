import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression

from skbal.exceptions import NoDrawsError
from skbal.query import BADGE, BAIT, ExpectedVarianceReduction
from skbal.sampling import predict_samples
from tests.information.arrays import random_draws
from tests.query.fakes import TableSampler, numbered, random_pool
from tests.query.test_far_apart import plain


@pytest.fixture(scope="module")
def model():
    X = random_pool(90, 3)
    y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    return LogisticRegression(C=100).fit(X, y)


def embeddings(probabilities, features):
    """Return the gradients of the last layer, built row by row."""
    rows = []
    for p, h in zip(probabilities, features):
        error = p.copy()
        error[p.argmax()] -= 1
        rows.append(np.outer(error, h).ravel())
    return np.array(rows)


def test_the_embedding_is_the_gradient_of_the_log_loss(model):
    # Against differences of the loss, by the weights of the only layer there is.
    X = random_pool(8, 3)
    label = model.predict(X)

    def losses(weights):
        scores = X @ weights.T + model.intercept_
        log_sum = np.log(np.exp(scores).sum(axis=1))
        return log_sum - scores[np.arange(len(X)), label]

    gradients = np.empty((len(X), model.coef_.size))
    for k in range(model.coef_.size):
        step = np.zeros(model.coef_.size)
        step[k] = 1e-5
        step = step.reshape(model.coef_.shape)
        difference = losses(model.coef_ + step) - losses(model.coef_ - step)
        gradients[:, k] = difference / 2e-5
    scores = BADGE().score_pool(model, X)
    assert_allclose(scores, np.linalg.norm(gradients, axis=1), rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(3))
def test_the_batch_is_k_means_plus_plus_on_the_embeddings(model, seed, dtype):
    X = random_pool(200, 3).astype(dtype)
    built = embeddings(model.predict_proba(X).astype(dtype), X)
    strategy = BADGE(random_state=seed)
    chosen = strategy(model, X, 20)
    rng = strategy._rng(model, 200)
    assert_array_equal(chosen, plain(built, 20, rng, sampled=True))


def test_the_first_row_has_the_longest_gradient(model):
    X = random_pool(200, 3)
    lengths = np.linalg.norm(embeddings(model.predict_proba(X), X), axis=1)
    for seed in range(5):
        assert BADGE(random_state=seed)(model, X, 3)[0] == lengths.argmax()


def test_rows_of_which_the_model_is_certain_are_all_alike(model):
    # Their gradients are 0, so after one of them the others come last.
    sure = 1e4 * np.array([[1.0, 1.0, 0.0], [-1.0, -1.0, 0.0], [1.5, 1.0, 0.0]])
    assert (model.predict_proba(sure).max(axis=1) == 1).all()
    X = np.concatenate([sure, random_pool(20, 3)])
    chosen = BADGE(random_state=0)(model, X, 23)
    assert set(chosen[-2:].tolist()) < {0, 1, 2}


def test_probabilities_are_the_mean_of_the_draws_where_there_is_nothing_else():
    table = random_draws(30, 6, 4)
    scores = BADGE(features="input").score_pool(TableSampler(table), 1 + numbered(29))
    built = embeddings(table[1:].mean(axis=1), 1 + numbered(29))
    assert_allclose(scores, np.linalg.norm(built, axis=1))


def test_n_draws_asks_for_the_mean_of_so_many_draws():
    X = random_pool(40)
    forest = RandomForestClassifier(20, random_state=0).fit(X, X[:, 0] > 0)
    strategy = BADGE(features="input", n_draws=5, random_state=3)
    mean = predict_samples(forest, X, 5, random_state=3).mean(axis=1)
    expected = np.linalg.norm(embeddings(mean, X), axis=1)
    assert_allclose(strategy.score_pool(forest, X), expected)
    strategy.set_params(n_draws=None)
    expected = np.linalg.norm(embeddings(forest.predict_proba(X), X), axis=1)
    assert_allclose(strategy.score_pool(forest, X), expected)


def test_a_regressor_is_refused():
    X = random_pool(10)
    model = RandomForestRegressor(3).fit(X, X[:, 0])
    with pytest.raises(TypeError, match=r"BADGE needs .* is a regressor"):
        BADGE(features="input")(model, X)


def test_a_model_that_knows_one_class_is_refused():
    X = random_pool(10)
    model = RandomForestClassifier(3).fit(X, np.zeros(10))
    with pytest.raises(ValueError, match=r"BADGE needs .* at least two classes"):
        BADGE(features="input")(model, X)


def test_a_model_without_probabilities_is_refused():
    from sklearn.svm import LinearSVC

    X = random_pool(10)
    model = LinearSVC().fit(X, X[:, 0] > 0)
    with pytest.raises(NoDrawsError, match="LinearSVC"):
        BADGE()(model, X)


class Wrong(ClassifierMixin, BaseEstimator):
    """A linear classifier whose ``predict_proba`` is changed by a function."""

    def __init__(self, change):
        self.change = change

    def fit(self, X, y):
        self.classes_, self.coef_ = np.unique(y), np.ones((1, 3))
        return self

    def predict_proba(self, X):
        p = 1 / (1 + np.exp(-np.asarray(X)[:, 0]))
        return self.change(np.column_stack([1 - p, p]))


def with_nan(p):
    return np.where(np.arange(len(p))[:, np.newaxis] == 3, np.nan, p)


@pytest.mark.parametrize(("change", "error", "message"), [
    (np.log, NoDrawsError, "rows sum to one"),
    (lambda p: np.log(p / (1 - p)), NoDrawsError, "rows sum to one"),
    (lambda p: 2 * p, NoDrawsError, "rows sum to one"),
    (lambda p: p[:, 1:], NoDrawsError, "rows sum to one"),
    (lambda p: p[:, 1], NoDrawsError, r"shape \(n_samples, n_classes\)"),
    (lambda p: p[:-1], NoDrawsError, r"shape \(n_samples, n_classes\)"),
    (lambda p: p + [[0.7, -0.7]], ValueError, "got the negative -"),
    (with_nan, ValueError, "must be finite, got NaN"),
])  # fmt: skip
def test_what_are_no_probabilities_is_refused(change, error, message):
    X = random_pool(40, 3)
    classifier = Wrong(change).fit(X, X[:, 0] > 0)
    for strategy in (BADGE(), BAIT()):
        with pytest.raises(error, match=f"predict_proba of Wrong .*{message}"):
            strategy(classifier, X, 2)
    # One axis further: a covariance from a model, its weights from the probabilities.
    classifier.covariance_factor = lambda X: np.asarray(X)
    strategy = ExpectedVarianceReduction(noise_variance=1.0, target_weights="uncertain")
    with pytest.raises(error, match=f"predict_proba of Wrong .*{message}"):
        strategy(classifier, X, 2)


def test_probabilities_of_any_kind_of_array_are_taken(model):
    X = random_pool(40, 3)
    expected = BADGE(random_state=0)(Wrong(np.asarray).fit(X, X[:, 0] > 0), X, 5)
    for kind in (pd.DataFrame, np.float32, np.asfortranarray):
        other = Wrong(kind).fit(X, X[:, 0] > 0)
        assert_array_equal(BADGE(random_state=0)(other, X, 5), expected)
