"""The trace of the predictive covariance: exact where the model knows it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.linear_model import BayesianRidge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner, information, predict_samples
from skbal.models import (
    BayesianLinearRegression,
    LaplaceRegressor,
    LastLayerRegressor,
    MCDropoutRegressor,
    MeanFieldLinearRegression,
)
from skbal.query import PredictiveVariance
from tests.query.fakes import numbered, random_pool

LINEAR = [BayesianLinearRegression, MeanFieldLinearRegression]


class KnownStd:
    """Exact moments looked up by the number of the row, its only feature."""

    def __init__(self, std):
        self.std = np.asarray(std)
        self.sizes = []

    def predict(self, X, return_std=False, return_cov=False):
        assert return_std
        assert not return_cov
        rows = np.asarray(X)[:, 0].astype(int)
        self.sizes.append(len(rows))
        return np.zeros_like(self.std[rows]), self.std[rows]

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        raise AssertionError("no draws are needed")


def taught(model, n_outputs=3, n_rows=40):
    X = random_pool(n_rows, 4)
    rng = np.random.default_rng(1)
    y = X @ rng.normal(size=(4, n_outputs)) + rng.normal(size=(n_rows, n_outputs))
    return model.fit(X, y[:, 0] if n_outputs == 1 else y)


def process(n_outputs=1, kernel=None):
    kernel = RBF(1.0, "fixed") if kernel is None else kernel
    return taught(GaussianProcessRegressor(kernel, alpha=1e-3), n_outputs)


# Scores


@pytest.mark.parametrize("n_outputs", [1, 3])
@pytest.mark.parametrize("kind", LINEAR)
def test_scores_are_traces_of_the_covariances_between_outputs(kind, n_outputs):
    model, pool = taught(kind(), n_outputs), 3 * random_pool(30, 4)
    covariances = model.predict(pool, return_cov=True)[1]
    scores = PredictiveVariance().score_pool(model, pool)
    assert_allclose(scores, np.trace(covariances, axis1=1, axis2=2), rtol=1e-12)


def test_a_given_output_covariance_is_counted():
    output = np.array([[2.0, 1.0], [1.0, 3.0]])
    model = taught(BayesianLinearRegression(output_covariance=output), 2)
    pool = random_pool(30, 4)
    covariances = model.predict(pool, return_cov=True)[1]
    scores = PredictiveVariance().score_pool(model, pool)
    assert_allclose(scores, np.trace(covariances, axis1=1, axis2=2), rtol=1e-12)


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_scores_of_a_gaussian_process_are_its_variances(n_outputs):
    model, pool = process(n_outputs), random_pool(30, 4)
    covariance = model.predict(pool, return_cov=True)[1].reshape(30, 30, n_outputs)
    scores = PredictiveVariance().score_pool(model, pool)
    expected = np.einsum("iid->i", covariance)
    assert_allclose(scores, expected, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("kind", LINEAR)
def test_scores_are_those_of_many_draws_plus_the_noise(kind):
    model, pool, n_draws = taught(kind(noise_variance=0.5), 1), random_pool(30, 4), 4000
    drawn = predict_samples(model, pool, n_draws, random_state=0)
    drawn = information.predictive_variance(drawn)
    exact = PredictiveVariance().score_pool(model, pool) - model.noise_variance_
    # A variance of Gaussian draws has the relative standard error sqrt(2 / n_draws).
    assert (np.abs(drawn / exact - 1) < 4.5 * np.sqrt(2 / n_draws)).all()


@pytest.mark.parametrize("kind", [LaplaceRegressor, LastLayerRegressor])
def test_the_last_layer_of_a_network_is_exact(kind):
    X = random_pool(40, 4).astype(np.float32)
    network = MCDropoutRegressor(module__hidden_units=(10,), max_epochs=3)
    model = kind(network, random_state=0).fit(X, X[:, :2])
    covariances = model.predict(X, return_cov=True)[1]
    scores = PredictiveVariance(batch_size=7).score_pool(model, X)
    assert_allclose(scores, np.trace(covariances, axis1=1, axis2=2), rtol=1e-5)


def test_no_draws_are_made_where_moments_are_exact():
    std = np.array([[1.0, 2.0], [0.5, 0.5]])
    scores = PredictiveVariance().score_pool(KnownStd(std), numbered(2))
    assert_allclose(scores, [5, 0.5], rtol=1e-15)
    assert scores.dtype == np.float64


def test_a_model_without_covariances_is_asked_for_draws():
    # BayesianRidge of scikit-learn 1.6 returns the std of rows that are not centred.
    model, pool = taught(BayesianRidge(), 1), random_pool(30, 4)
    draws = predict_samples(model, pool, random_state=3)
    scores = PredictiveVariance(random_state=3).score_pool(model, pool)
    assert_allclose(scores, information.predictive_variance(draws), rtol=1e-10)


@pytest.mark.parametrize("batch_size", [1, 7, None])
@pytest.mark.parametrize("n_jobs", [None, 2])
def test_pieces_and_workers_change_nothing(batch_size, n_jobs):
    model, pool = process(), random_pool(40, 4)
    strategy = PredictiveVariance(batch_size=batch_size, n_jobs=n_jobs)
    expected = model.predict(pool, return_std=True)[1] ** 2
    assert_allclose(strategy.score_pool(model, pool), expected, rtol=1e-8)


def test_a_large_pool_goes_through_the_model_in_pieces():
    model = KnownStd(np.ones(5000))
    PredictiveVariance().score_pool(model, numbered(5000))
    assert sum(model.sizes) == 5000
    assert max(model.sizes) <= 1024


def test_sparse_pools_are_cut_too():
    class Sparse(KnownStd):
        def predict(self, X, return_std=False, return_cov=False):
            return super().predict(X.toarray(), return_std, return_cov)

    pool = csr_matrix(numbered(9)).tocoo()
    scores = PredictiveVariance(batch_size=4).score_pool(Sparse(np.arange(9.0)), pool)
    assert_array_equal(scores, np.arange(9.0) ** 2)


# Choices


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_large_noise_does_not_tie_rows_that_differ(dtype):
    # Without the noise they differ by up to 1 in 1000, with it by 1 in a million.
    own = np.linspace(1e-3, 2e-3, 50) if dtype == np.float32 else 1e-9 * np.arange(50)
    order = np.random.default_rng(0).permutation(50)
    noise = 0.1 if dtype == np.float32 else 1.0
    model = KnownStd(np.sqrt(noise + own[order]).astype(dtype))
    chosen = PredictiveVariance(random_state=0)(model, numbered(50), 10)
    assert_array_equal(order[chosen], np.arange(49, 39, -1))


def test_ranking_is_the_same_with_and_without_noise():
    pool = random_pool(60, 4)
    kernels = RBF(1.0, "fixed"), RBF(1.0, "fixed") + WhiteKernel(1e4, "fixed")
    X, y = random_pool(20, 4), np.zeros(20)
    # The white kernel is noise at the taught rows too: alpha makes up for it.
    models = [
        GaussianProcessRegressor(kernel, alpha=alpha).fit(X, y)
        for kernel, alpha in zip(kernels, (2e4, 1e4))
    ]
    without, with_noise = (
        PredictiveVariance(random_state=0)(model, pool, 10) for model in models
    )
    assert_array_equal(with_noise, without)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_rows_that_differ_by_rounding_are_tied(dtype):
    step = np.finfo(dtype).eps
    std = (1 + step * np.random.default_rng(0).integers(0, 2, 50)).astype(dtype)
    model = KnownStd(std)
    chosen = {
        int(PredictiveVariance(random_state=seed)(model, numbered(50))[0])
        for seed in range(40)
    }
    assert len(chosen) > 20
    assert any(std[row] == std.min() for row in chosen)


def test_rows_without_any_variance_are_tied():
    chosen = PredictiveVariance(random_state=0)(KnownStd(np.zeros(5)), numbered(5), 5)
    assert_array_equal(np.sort(chosen), np.arange(5))


def test_huge_variances_in_float32_do_not_overflow():
    model = KnownStd(np.array([1e30, 3e30, 2e30], dtype=np.float32))
    assert_array_equal(PredictiveVariance()(model, numbered(3), 3), [1, 2, 0])
    scores = PredictiveVariance().score_pool(model, numbered(3))
    assert_allclose(scores, [1e60, 9e60, 4e60], rtol=1e-6)


def test_pipelines_searches_and_learners_are_looked_into():
    X, pool = random_pool(40, 4), random_pool(50, 4)
    y = X @ [1.0, 2, 3, 4]
    pipeline = make_pipeline(StandardScaler(), BayesianLinearRegression())
    name = "bayesianlinearregression__prior_variance"
    search = GridSearchCV(pipeline, {name: [0.1, 1]}, cv=2).fit(X, y)
    best = search.best_estimator_
    expected = best[-1].predict(best[0].transform(pool), return_std=True)[1] ** 2
    learner = ActiveLearner(pipeline.set_params(**search.best_params_), None, X, y)
    for estimator in (best, search, learner):
        scores = PredictiveVariance().score_pool(estimator, pool)
        assert_allclose(scores, expected, rtol=1e-12)


# Errors


def test_a_gaussian_process_that_was_not_taught_is_refused():
    with pytest.raises(NotFittedError):
        PredictiveVariance()(GaussianProcessRegressor(), random_pool())


@pytest.mark.parametrize("kind", LINEAR)
def test_a_linear_model_that_was_not_taught_is_refused(kind):
    with pytest.raises(NotFittedError):
        PredictiveVariance()(kind(), random_pool())


@pytest.mark.parametrize(
    ("strategy", "std", "n_rows", "error", "message"),
    [
        (PredictiveVariance(), [np.nan], 1, ValueError, "KnownStd returned NaN or inf"),
        (PredictiveVariance(), [np.inf], 1, ValueError, "KnownStd returned NaN or inf"),
        (PredictiveVariance(), [1.0], 0, ValueError, "X_pool .* is empty"),
        (PredictiveVariance(batch_size=0), [1.0], 1, ValueError, "batch_size of Pred"),
        (PredictiveVariance(n_draws=2.5), [1.0], 1, TypeError, "n_draws of Pred"),
    ],
)
def test_what_is_wrong_is_said(strategy, std, n_rows, error, message):
    with pytest.raises(error, match=message):
        strategy.score_pool(KnownStd(std), numbered(n_rows))
    with pytest.raises(error, match=message):
        strategy(KnownStd(std), numbered(n_rows))
