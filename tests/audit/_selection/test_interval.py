"""The interval of a weighted mean: that of Student without skewness, else Hall's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from skbal.audit._selection._interval import interval_of_mean, largest_rate


def hall(studentized, skewness):
    """Return Hall's g_1 of a studentized sum, whose skewness is given."""
    third = skewness / 3
    return (
        studentized
        + third * studentized**2
        + third**2 * studentized**3 / 3
        + skewness / 6
    )


@pytest.mark.parametrize("n", [4, 10, 100])
def test_without_skewness_it_is_the_interval_of_student(n):
    errors = np.tile([-0.3, 0.3], n // 2)
    by_scipy = stats.t.interval(0.9, n - 1, scale=stats.sem(errors) * n)
    assert interval_of_mean(errors, 0.9) == pytest.approx(by_scipy)


@settings(max_examples=25)
@given(st.lists(st.floats(-5, 5), min_size=5, max_size=30), st.floats(0.5, 0.99))
def test_the_ends_are_where_halls_transform_is_the_quantile(errors, level):
    errors = np.array(errors) + 1e-3 * np.arange(len(errors))
    n, squares = len(errors), np.sum(errors**2)
    skewness = np.sum(errors**3) / squares**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
    variation = np.sum(errors**4) / squares**2 - 1 / n
    freedom = max(min(2 / variation, n - 1) if variation > 0 else n - 1, 3)
    quantile = stats.t.ppf((1 + level) / 2, freedom)
    scale = np.sqrt(squares * n / (n - 1))
    ends = -np.array(interval_of_mean(errors, level)) / scale
    assert hall(ends, skewness) == pytest.approx([quantile, -quantile], abs=1e-6)


@settings(max_examples=25)
@given(st.lists(st.floats(-5, 5), min_size=3, max_size=30))
def test_it_turns_around_with_the_errors_and_grows_with_them(errors):
    errors = np.array(errors) + 0.1
    lower, upper = interval_of_mean(errors, 0.95)
    assert interval_of_mean(-errors, 0.95) == pytest.approx((-upper, -lower))
    assert interval_of_mean(3 * errors, 0.95) == pytest.approx((3 * lower, 3 * upper))
    assert lower <= upper


def test_errors_that_are_zero_leave_no_doubt():
    assert interval_of_mean(np.zeros(5), 0.95) == (0, 0)


@pytest.mark.parametrize("n", [10, 73])
def test_the_largest_rate_is_that_of_clopper_and_pearson(n):
    by_scipy = stats.binomtest(0, n).proportion_ci(0.95).high
    assert largest_rate(n, 0.95) == pytest.approx(by_scipy)
