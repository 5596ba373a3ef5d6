import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import ARDRegression, BayesianRidge

from skbal.sampling import predict_samples

MODELS = [BayesianRidge(), ARDRegression(), BayesianRidge(fit_intercept=False)]


def moments_agree(draws, mean, covariance):
    """Whether mean and covariance of draws (n_draws axis last) are within 5 errors."""
    n_draws = draws.shape[1]
    variances = np.diag(covariance)
    error = np.sqrt((np.outer(variances, variances) + covariance**2) / n_draws)
    mean_error = np.sqrt(variances / n_draws) + 1e-12
    return np.all(np.abs(draws.mean(axis=1) - mean) < 5 * mean_error) and np.all(
        np.abs(np.cov(draws) - covariance) < 5 * error + 1e-12
    )


@pytest.mark.parametrize("model", MODELS)
def test_moments_of_draws_are_those_of_predict_without_the_noise(model, regression):
    X, y = regression
    X = X - X.mean(axis=0)  # scikit-learn 1.6 does not centre rows for return_std
    model.fit(X, y)
    mean, std = model.predict(X, return_std=True)
    draws = predict_samples(model, X, 4000, random_state=0)
    assert draws.shape == (60, 4000, 1)
    variance = std**2 - 1 / model.alpha_
    error = np.sqrt(variance / 4000)
    assert np.all(np.abs(draws[:, :, 0].mean(axis=1) - mean) < 5 * error + 1e-9)
    # The sample variance of a normal has standard error variance * sqrt(2 / n).
    difference = np.abs(draws[:, :, 0].var(axis=1, ddof=1) - variance)
    assert np.all(difference < 5 * variance * np.sqrt(2 / 4000) + 1e-12)


def test_draws_have_the_covariance_of_the_closed_form(regression):
    """Bishop (3.53) and (3.54), written out on centred columns."""
    X, y = regression
    model = BayesianRidge().fit(X, y)
    centred = X - X.mean(axis=0)
    noise, prior = model.alpha_, model.lambda_  # precisions, in scikit-learn's names
    sigma = np.linalg.inv(prior * np.eye(4) + noise * centred.T @ centred)
    coef = noise * sigma @ centred.T @ (y - y.mean())
    rows = X[:6] * 2
    shifted = rows - X.mean(axis=0)
    draws = predict_samples(model, rows, 20_000, random_state=1)[:, :, 0]
    assert moments_agree(draws, y.mean() + shifted @ coef, shifted @ sigma @ shifted.T)


def test_all_draws_agree_at_the_mean_of_the_training_rows(regression):
    X, y = regression
    model = BayesianRidge().fit(X, y)
    draws = predict_samples(model, X.mean(axis=0, keepdims=True))
    assert_allclose(draws, np.full((1, 100, 1), y.mean()))


def test_coefficients_that_ard_pruned_do_not_vary():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 6))
    y = 3 * X[:, 0] + rng.normal(size=200)
    model = ARDRegression(threshold_lambda=100.0).fit(X, y)
    kept = model.lambda_ < 100
    assert 0 < kept.sum() < 6
    rows = model.X_offset_ + np.eye(6)
    spread = predict_samples(model, rows)[:, :, 0].std(axis=1)
    assert_array_equal(spread > 1e-9, kept)


def test_ard_that_pruned_everything_has_equal_draws():
    X, y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20.0)
    model = ARDRegression(threshold_lambda=1e-9).fit(X, y)
    assert model.sigma_.shape == (0, 0)
    assert_allclose(predict_samples(model, X, 3), np.full((20, 3, 1), y.mean()))


def test_a_duplicated_column_makes_no_trouble(regression):
    X, y = regression
    X = np.column_stack([X, X[:, 0]])
    model = BayesianRidge().fit(X, y)
    mean, std = model.predict(X, return_std=True)
    draws = predict_samples(model, X, 2000, random_state=0)[:, :, 0]
    assert np.all(np.abs(draws.mean(axis=1) - mean) < 5 * std / np.sqrt(2000))


def test_sparse_rows_give_the_draws_of_dense_ones(regression):
    X, y = regression
    model = BayesianRidge().fit(X, y)
    dense = predict_samples(model, X, random_state=0)
    draws = predict_samples(model, sparse.csr_array(X), random_state=0)
    assert_allclose(draws, dense)


def test_float32_stays_float32(regression):
    X, y = (part.astype(np.float32) for part in regression)
    for model in (BayesianRidge(), ARDRegression()):
        assert predict_samples(model.fit(X, y), X).dtype == np.float32


def test_the_first_of_many_draws_are_those_of_a_few(regression):
    X, y = regression
    model = BayesianRidge().fit(X, y)
    many = predict_samples(model, X, 30, random_state=5)
    assert_allclose(predict_samples(model, X, 4, random_state=5), many[:, :4])
