import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import entr

from skbal.information._probabilities import (
    mean_probability,
    normalised,
    sum_p_log_p,
    without_rounding,
)
from tests.information.arrays import random_draws


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_p_log_p_is_that_of_scipy_also_for_the_smallest_numbers(dtype):
    tiny = np.finfo(dtype).tiny
    p = np.array([[0, 1, 0.5, 1e-3, tiny, tiny / 8, 1e-30]], dtype)
    rtol = 4 * np.finfo(dtype).eps
    assert_allclose(sum_p_log_p(p), -entr(p.astype(float)).sum(axis=1), rtol=rtol)
    assert_array_equal(sum_p_log_p(np.zeros((2, 3), dtype)), np.zeros(2))


def test_knowing_the_smallest_number_changes_nothing():
    p = random_draws(5, 1, 4)[:, 0] + 1e-3
    assert_allclose(sum_p_log_p(p, smallest=p.min()), sum_p_log_p(p), rtol=1e-15)


@pytest.mark.parametrize("n_draws", [1, 7, 12, 13, 100])
def test_the_mean_is_that_of_numpy_and_comes_with_the_smallest(n_draws):
    draws = random_draws(6, n_draws, 3)
    mean, smallest = mean_probability(draws, "owner")
    assert_allclose(mean, draws.mean(axis=1))
    assert smallest == draws.min()


def test_normalised_draws_are_a_new_array_and_sum_to_one():
    draws = random_draws(6, 5, 3, dtype=np.float32)
    result = normalised(draws, "owner")
    assert result.dtype == np.float64
    assert_allclose(result.sum(axis=2), 1, rtol=1e-15)
    assert_allclose(result, draws, rtol=1e-6)


def test_rounding_is_set_to_zero_and_what_is_more_is_kept():
    scores = np.array([-1e-15, 1e-14, 1e-11, 0.3])
    kept = without_rounding(scores, np.full(4, 0.7))
    assert_array_equal(kept, [0, 0, 1e-11, 0.3])
    in_float32 = np.array([-1e-7, 1e-7, 1e-5])
    kept = without_rounding(in_float32, np.full(3, 0.7), np.float32)
    assert_array_equal(kept, [0, 0, 1e-5])
