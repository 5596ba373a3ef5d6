import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import (
    RBF,
    ConstantKernel,
    DotProduct,
    Kernel,
    WhiteKernel,
)
from sklearn.linear_model import BayesianRidge

from skbal.sampling import _gaussian_process, predict_samples

NOISE = 0.3


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    X = np.sort(rng.uniform(-2, 2, (12, 1)), axis=0)
    return X, np.sin(2 * X[:, 0]) + 0.3 * rng.normal(size=12)


def noisy_process(**kwargs):
    kernel = ConstantKernel(1.5) * RBF(0.7) + WhiteKernel(NOISE**2)
    return GaussianProcessRegressor(kernel, optimizer=None, alpha=0.0, **kwargs)


def posterior(X, y, X_new):
    """Rasmussen and Williams (2.23), (2.24) with explicit inverses."""

    def k(a, b):
        return 1.5 * np.exp(-((a - b.T) ** 2) / (2 * 0.7**2))

    inverse = np.linalg.inv(k(X, X) + NOISE**2 * np.eye(len(X)))
    mean = k(X_new, X) @ inverse @ y
    return mean, k(X_new, X_new) - k(X_new, X) @ inverse @ k(X, X_new)


def assert_moments(draws, mean, covariance):
    n_draws = draws.shape[1]
    variances = np.diag(covariance)
    error = np.sqrt((np.outer(variances, variances) + covariance**2) / n_draws)
    mean_error = np.sqrt(variances / n_draws)
    assert np.all(np.abs(draws.mean(axis=1) - mean) < 5 * mean_error + 1e-9)
    assert np.all(np.abs(np.cov(draws) - covariance) < 5 * error + 1e-9)


def test_moments_of_draws_are_the_posterior_without_noise(rows):
    X, y = rows
    X_new = np.linspace(-3, 3, 9)[:, np.newaxis]
    process = noisy_process().fit(X, y)
    draws = predict_samples(process, X_new, 20_000, random_state=0)
    assert draws.shape == (9, 20_000, 1)
    mean, covariance = posterior(X, y, X_new)
    assert_moments(draws[:, :, 0], mean, covariance)


def test_the_noise_is_what_predict_adds(rows):
    X, y = rows
    process = noisy_process().fit(X, y)
    draws = predict_samples(process, X, 10_000, random_state=0)[:, :, 0]
    variance = process.predict(X, return_std=True)[1] ** 2 - NOISE**2
    error = variance * np.sqrt(2 / 10_000)
    assert np.all(np.abs(draws.var(axis=1) - variance) < 5 * error)


def test_normalised_targets_come_back_in_their_units(rows):
    X, y = rows
    plain = noisy_process().fit(X, (y - y.mean()) / y.std())
    scaled = noisy_process(normalize_y=True).fit(X, 1000 * y)
    draws = predict_samples(scaled, X, random_state=0)
    expected = y.mean() + y.std() * predict_samples(plain, X, random_state=0)
    assert_allclose(draws, 1000 * expected)


def test_outputs_have_their_own_draws(rows):
    X, y = rows
    Y = np.column_stack([y, 10 * y])
    process = noisy_process(normalize_y=True).fit(X, Y)
    X_new = X[:3] + 0.1
    draws = predict_samples(process, X_new, 10_000, random_state=0)
    assert draws.shape == (3, 10_000, 2)
    for output in range(2):
        alone = noisy_process(normalize_y=True).fit(X, Y[:, output])
        mean, std = alone.predict(X_new, return_std=True)
        spread = np.sqrt(std**2 - (NOISE * Y[:, output].std()) ** 2)
        assert np.all(np.abs(draws[..., output].mean(1) - mean) < 5 * spread / 100)
        ratio = draws[..., output].std(axis=1) / spread
        assert_allclose(ratio, 1, atol=5 / np.sqrt(20_000))
    correlation = np.corrcoef(draws[0, :, 0], draws[0, :, 1])[0, 1]
    assert abs(correlation) < 5 / np.sqrt(10_000)


def test_a_linear_kernel_gives_the_draws_of_bayesian_ridge():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 2))
    y = X @ [1.0, -2.0] + 0.5 * rng.normal(size=30)
    ridge = BayesianRidge(fit_intercept=False).fit(X, y)
    kernel = ConstantKernel(1 / ridge.lambda_) * DotProduct(sigma_0=1e-8)
    kernel += WhiteKernel(1 / ridge.alpha_)
    process = GaussianProcessRegressor(kernel, optimizer=None, alpha=0.0).fit(X, y)
    X_new = rng.normal(size=(5, 2))
    draws = predict_samples(process, X_new, 10_000, random_state=0)[:, :, 0]
    assert_moments(draws, ridge.predict(X_new), X_new @ ridge.sigma_ @ X_new.T)


def test_draws_do_not_depend_on_the_order_or_the_number_of_equal_rows(rows):
    X, y = rows
    process = noisy_process().fit(X, y)
    draws = predict_samples(process, X, random_state=4)
    order = np.r_[np.random.default_rng(0).permutation(12), 3, 3, 0]
    again = predict_samples(process, X[order], random_state=4)
    assert_array_equal(again, draws[order])


def test_rows_are_never_cut_into_pieces(rows):
    X, y = rows
    process = noisy_process().fit(X, y)
    whole = predict_samples(process, X, random_state=0)
    draws = predict_samples(process, X, random_state=0, batch_size=2, n_jobs=2)
    assert_array_equal(draws, whole)


def test_names_of_columns_are_checked_and_make_no_warning(rows):
    X, y = rows
    frame = pd.DataFrame(X, columns=["time"])
    process = noisy_process().fit(frame, y)
    assert_array_equal(
        predict_samples(process, frame, random_state=0),
        predict_samples(noisy_process().fit(X, y), X, random_state=0),
    )
    with pytest.raises(ValueError, match="feature names"):
        predict_samples(process, frame.rename(columns={"time": "place"}))


def test_the_process_keeps_its_kernel(rows):
    X, y = rows
    process = noisy_process().fit(pd.DataFrame(X, columns=["time"]), y)
    kernel = process.kernel_
    predict_samples(process, pd.DataFrame(X, columns=["time"]))
    assert process.kernel_ is kernel
    assert_array_equal(process.feature_names_in_, ["time"])


def test_rows_may_be_anything_the_kernel_takes():
    class SameLetters(Kernel):
        requires_vector_input = False

        def __init__(self):  # scikit-learn reads the parameters of a kernel here
            pass

        def __call__(self, X, Y=None, eval_gradient=False):
            Y = X if Y is None else Y
            return np.array([[float(len(set(a) & set(b))) for b in Y] for a in X])

        def diag(self, X):
            return np.array([float(len(set(a))) for a in X])

        def is_stationary(self):
            return False

    words = np.array(["abc", "bcd", "xyz"])
    process = GaussianProcessRegressor(SameLetters(), optimizer=None, alpha=0.1)
    process.fit(words, [1.0, 2.0, 3.0])
    draws = predict_samples(process, ["xyz", "abc", "xyz"], 7, random_state=0)
    assert draws.shape == (3, 7, 1)
    assert_array_equal(draws[0], draws[2])


def test_too_many_rows_for_their_covariance_are_refused(rows, monkeypatch):
    monkeypatch.setattr(_gaussian_process, "_LARGEST_MATRIX", 8 * 11**2)
    X, y = rows
    process = noisy_process().fit(X, y)
    with pytest.raises(ValueError, match="12 distinct rows"):
        predict_samples(process, X)
    assert predict_samples(process, np.tile(X[:11], (5, 1))).shape == (55, 100, 1)


@pytest.mark.parametrize("dtype", ["datetime64[D]", "timedelta64[s]"])
def test_dates_are_no_rows(dtype):
    process = GaussianProcessRegressor().fit([[0.0], [1.0]], [0.0, 1.0])
    with pytest.raises(TypeError, match="X given to predict_samples must be numbers"):
        predict_samples(process, np.arange(3).astype(dtype)[:, np.newaxis], 2)
