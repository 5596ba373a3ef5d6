import numpy as np
import pytest
from scipy.stats import special_ortho_group

from skbal._utils.linalg import safe_cholesky
from skbal.exceptions import NumericalWarning


def random_positive_definite(n, seed=0):
    root = np.random.default_rng(seed).normal(size=(n, n + 2))
    return root @ root.T


@pytest.mark.parametrize("n", [1, 2, 30])
def test_the_factor_times_itself_is_the_matrix(n):
    matrix = random_positive_definite(n)
    factor = safe_cholesky(matrix, "It")
    assert np.allclose(factor @ factor.T, matrix, rtol=1e-12)
    assert np.array_equal(factor, np.tril(factor))


def test_the_matrix_is_left_as_it_was():
    matrix = random_positive_definite(4)
    before = matrix.copy()
    safe_cholesky(matrix, "It")
    assert np.array_equal(matrix, before)


def test_rows_of_very_different_scale_need_no_help():
    scale = np.array([1e-8, 1.0, 1e8])
    matrix = random_positive_definite(3) * np.outer(scale, scale)
    factor = safe_cholesky(matrix, "It")
    assert np.allclose(factor @ factor.T, matrix, rtol=1e-10, atol=0)


def test_a_singular_matrix_gets_help_and_says_how_much():
    matrix = np.array([[4.0, 4.0], [4.0, 4.0]])
    with pytest.warns(NumericalWarning, match=r"The thing is singular .* 1e-\d\d of"):
        factor = safe_cholesky(matrix, "The thing")
    assert np.allclose(factor @ factor.T, matrix, rtol=1e-5)


def test_a_slightly_negative_eigenvalue_is_within_reach_of_the_help():
    turn = special_ortho_group.rvs(5, random_state=0)
    matrix = (turn * [1.0, 1.0, 1.0, 1.0, -1e-11]) @ turn.T
    with pytest.warns(NumericalWarning):
        factor = safe_cholesky((matrix + matrix.T) / 2, "It")
    assert np.allclose(factor @ factor.T, matrix, atol=1e-5)


def test_a_matrix_far_from_positive_definite_is_refused():
    with pytest.raises(ValueError, match="It is not positive definite"):
        safe_cholesky(np.array([[1.0, 2.0], [2.0, 1.0]]), "It")


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_what_is_not_finite_is_refused_with_advice(bad):
    with pytest.raises(ValueError, match=r"It is not finite.*StandardScaler"):
        safe_cholesky(np.array([[bad]]), "It")
