import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from skbal.sampling._gaussian import gaussian_draws


def covariance_of_rank(n, rank, seed=0):
    root = np.random.default_rng(seed).normal(size=(n, rank))
    return root @ root.T


def test_covariance_of_draws_is_the_covariance_within_standard_errors():
    covariance = covariance_of_rank(4, 4)
    n_draws = 20_000
    draws = gaussian_draws(covariance, n_draws, np.random.default_rng(1))
    variances = np.diag(covariance)
    # Wishart: var of an entry of the sample covariance is (c_ii c_jj + c_ij^2) / n.
    error = np.sqrt((np.outer(variances, variances) + covariance**2) / n_draws)
    assert np.all(np.abs(np.cov(draws) - covariance) < 5 * error)
    assert np.all(np.abs(draws.mean(axis=1)) < 5 * np.sqrt(variances / n_draws))


@settings(max_examples=25)
@given(n=st.integers(1, 8), rank=st.integers(0, 8), seed=st.integers(0, 1000))
def test_draws_stay_in_the_range_of_a_singular_covariance(n, rank, seed):
    covariance = covariance_of_rank(n, min(rank, n), seed)
    draws = gaussian_draws(covariance, 3, np.random.default_rng(seed))
    outside = np.eye(n) - covariance @ np.linalg.pinv(covariance, hermitian=True)
    assert_allclose(outside @ draws, 0, atol=1e-6)


def test_draws_of_a_zero_covariance_are_zero():
    draws = gaussian_draws(np.zeros((3, 3)), 5, np.random.default_rng(0))
    assert_allclose(draws, np.zeros((3, 5)))


def test_the_first_of_many_draws_are_those_of_a_few():
    covariance = covariance_of_rank(5, 3)
    many = gaussian_draws(covariance, 40, np.random.default_rng(2))
    few = gaussian_draws(covariance, 6, np.random.default_rng(2))
    assert_allclose(many[:, :6], few, atol=1e-12)


def test_negative_eigenvalues_of_rounding_count_as_zero():
    covariance = np.ones((3, 3)) - 1e-15 * np.eye(3)
    draws = gaussian_draws(covariance, 4, np.random.default_rng(0))
    assert_allclose(draws[0], draws[1], atol=1e-7)
