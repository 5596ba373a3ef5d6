import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize
from scipy.special import log_softmax

from skbal.models._logistic import _posterior
from skbal.models._logistic._posterior import Labelled, check_size, laplace

SCALE = np.array([2.0, 0.7, 0.7])


@pytest.fixture
def labelled():
    rng = np.random.default_rng(0)
    design = np.column_stack([np.ones(25), rng.normal(size=(25, 2))])
    codes = np.r_[np.arange(3), rng.integers(0, 3, 22)]
    return Labelled(design, codes, rng.uniform(0.5, 3, 25), 3, "It")


def negative_log_posterior(flat, labelled):
    """The function of the docstring; weights class by class."""
    v = flat.reshape(3, 3).T
    logs = log_softmax(labelled.design @ (SCALE[:, np.newaxis] * v), axis=1)
    chosen = logs[np.arange(25), labelled.codes]
    return 0.5 * flat @ flat - labelled.row_weights @ chosen


def numerical_hessian(function, place, step=1e-3):
    eye = step * np.eye(len(place))

    def second(a, b):
        return sum(
            i * j * function(place + i * a + j * b) for i in (1, -1) for j in (1, -1)
        ) / (4 * step**2)

    return np.array([[second(a, b) for a in eye] for b in eye])


def test_the_mode_and_the_precision_are_those_of_scipy(labelled):
    posterior = laplace(labelled, SCALE)
    function = lambda flat: negative_log_posterior(flat, labelled)  # noqa: E731
    best = optimize.minimize(function, np.zeros(9), method="BFGS", tol=1e-7)
    assert_allclose(posterior.mean.T.ravel(), best.x, atol=1e-5)
    assert_allclose(posterior.precision, numerical_hessian(function, best.x), atol=1e-4)


def test_the_evidence_is_the_integral_of_the_quadratic_approximation(labelled):
    posterior = laplace(labelled, SCALE)
    flat = posterior.mean.T.ravel()
    at_mode = -negative_log_posterior(flat, labelled)
    # The factors (2 pi)^(9/2) of the prior and of the integral cancel.
    expected = at_mode - 0.5 * np.log(np.linalg.eigvalsh(posterior.precision)).sum()
    assert_allclose(posterior.log_evidence, expected)


def test_the_evidence_of_a_narrow_prior_is_the_mean_likelihood_of_its_draws(labelled):
    narrow = 0.1 * SCALE
    rng = np.random.default_rng(0)
    W = narrow[:, np.newaxis] * rng.normal(size=(20_000, 3, 3))
    logs = log_softmax(labelled.design @ W, axis=2)
    likelihood = np.exp(logs[:, np.arange(25), labelled.codes] @ labelled.row_weights)
    found = np.exp(laplace(labelled, narrow).log_evidence)
    error = likelihood.std() / np.sqrt(20_000)
    assert abs(found - likelihood.mean()) < 5 * error + 0.01 * likelihood.mean()


def test_a_start_does_not_change_the_mode(labelled):
    start = np.random.default_rng(1).normal(size=(3, 3))
    assert_allclose(
        laplace(labelled, SCALE, start).weights, laplace(labelled, SCALE).weights
    )


def test_a_hessian_that_is_too_large_is_refused_with_its_size(monkeypatch):
    check_size(100, 80, "It")
    with pytest.raises(ValueError, match=r"It would need .* 10000 x 10000 \(0.7 GiB\)"):
        check_size(1000, 10, "It")
    monkeypatch.setattr(_posterior, "_LARGEST", 8 * 9**2)
    check_size(3, 3, "It")
    with pytest.raises(ValueError, match="PCA"):
        check_size(5, 2, "It")
