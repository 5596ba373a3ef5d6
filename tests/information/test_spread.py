import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose, assert_array_equal

from skbal.information import mean_std, predictive_variance
from tests.information.arrays import HAND, draws, random_draws


def test_four_cases_worked_by_hand():
    # Standard deviations of a class over three draws: sqrt(2)/3 for (1, 0, 0), and
    # half of it for (1, .5, .5).
    third = np.sqrt(2) / 3
    assert_allclose(mean_std(HAND), [0, 0, third, third / 3], atol=1e-15)
    assert_allclose(predictive_variance(HAND), [0, 0, 2 / 3, 1 / 9], atol=1e-15)


def test_variance_is_the_trace_of_the_covariance_of_numpy():
    values = np.random.default_rng(0).normal(3, 2, (6, 9, 4))
    traces = [np.trace(np.cov(row, rowvar=False, ddof=0)) for row in values]
    assert_allclose(predictive_variance(values), traces)


def test_mean_std_is_the_root_of_the_second_moment_less_the_square_of_the_first():
    sample = random_draws(6, 9, 4)
    variance = (sample**2).mean(axis=1) - sample.mean(axis=1) ** 2
    assert_allclose(mean_std(sample), np.sqrt(variance).mean(axis=1))


@pytest.mark.parametrize("function", [mean_std, predictive_variance])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_spread_is_exactly_zero_when_all_draws_agree(function, dtype):
    values = np.random.default_rng(0).normal(0, 1e6, (8, 1, 3)).astype(dtype)
    assert_array_equal(function(np.repeat(values, 7, axis=1)), np.zeros(8))


def test_a_large_mean_does_not_cancel_the_spread():
    values = np.array([[[1e9], [1e9 + 1], [1e9 + 2]]])
    assert_allclose(predictive_variance(values), [2 / 3])


def test_a_single_output_keeps_three_axes():
    assert_allclose(predictive_variance([[[1.0], [3.0]]]), [1.0])
    assert_allclose(mean_std([[[1.0], [3.0]]]), [1.0])


def test_scaling_y_scales_the_variance_by_the_square():
    values = np.random.default_rng(0).normal(size=(5, 6, 2))
    assert_allclose(predictive_variance(10 * values), 100 * predictive_variance(values))
    assert_allclose(mean_std(10 * values), 10 * mean_std(values))


@settings(max_examples=50)
@given(draws())
def test_the_spread_of_probabilities_is_bounded(sample):
    spread = mean_std(sample)
    assert (spread >= 0).all()
    assert (spread <= 0.5 + 1e-12).all()
    # Jensen: the square of a mean of roots is at most the mean of the squares.
    mean_variance = predictive_variance(sample) / sample.shape[2]
    assert (spread**2 <= mean_variance + 1e-12).all()


def test_float32_is_summed_in_float64():
    sample = random_draws(20, 100, 10, dtype=np.float32)
    for function in (mean_std, predictive_variance):
        exact = function(sample.astype(np.float64))
        assert_allclose(function(sample), exact, rtol=1e-6)
