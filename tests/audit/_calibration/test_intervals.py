"""Intervals for shares, means and differences against SciPy and by their coverage."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import gamma

from skbal.audit._calibration._intervals import (
    difference_interval,
    mean_interval,
    wilson_interval,
)


@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_wilsons_interval_is_scipys(confidence):
    hits, rows = np.array([0, 1, 7, 20]), np.array([5, 1, 11, 20])
    found = np.transpose(wilson_interval(hits, rows, confidence))
    for k, n, ends in zip(hits, rows, found):
        expected = stats.binomtest(int(k), int(n)).proportion_ci(confidence, "wilson")
        np.testing.assert_allclose(ends, expected, atol=1e-12)


def test_without_skewness_the_interval_of_a_mean_is_students():
    values = np.array([1.0, 2.0, 4.0, 5.0])
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    np.testing.assert_allclose(mean_interval(values, 0.9), expected)


def test_the_mean_of_skewed_numbers_is_held():
    rng = np.random.default_rng(0)
    samples = rng.exponential(size=(600, 30)) ** 1.5
    low, high = np.transpose([mean_interval(values, 0.95) for values in samples])
    truth = gamma(2.5)
    held = np.mean((low < truth) & (truth < high))
    reach = stats.t.isf(0.025, 29) * stats.sem(samples, axis=1)
    student = np.mean(np.abs(samples.mean(axis=1) - truth) < reach)
    assert held > 0.89
    assert held > student + 0.015  # Student's alone is too short on the long side


def test_too_few_or_equal_values():
    assert mean_interval(np.array([3.0]), 0.95) == (-np.inf, np.inf)
    assert mean_interval(np.full(4, 2.0), 0.95) == (2, 2)
    rounded = np.array([0.9801, 0.9801 + 1e-16, 0.9801, 0.9801])
    np.testing.assert_allclose(mean_interval(rounded, 0.95), 0.9801)
    # Others may be 0 or 4, and there may be as many as Wilson's interval says.
    share = wilson_interval(0, 4, 0.95)[1]
    expected = (2 - 2 * share, 2 + 2 * share)
    assert mean_interval(np.full(4, 2.0), 0.95, (0.0, 4.0)) == pytest.approx(expected)


def test_a_difference_of_shares_is_held():
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(2000):
        a, b = rng.binomial([40, 25], [0.02, 0.2])
        low, high = difference_interval(
            (a / 40, *wilson_interval(a, 40, 0.95)),
            (b / 25, *wilson_interval(b, 25, 0.95)),
        )
        held += low < 0.18 < high
    assert abs(held / 2000 - 0.95) < 0.025
