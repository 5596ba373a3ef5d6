"""The interval against its two parts, and against what intervals promise."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from skbal.experiments._intervals import mean_interval

VALUES = np.array([0.01, 0.02, -0.005, 0.03, 0.12])


def student(values, confidence):
    """Return the ends whose t statistics are the quantiles of the t distribution."""
    n = len(values)
    error = np.sqrt(np.sum((values - values.mean()) ** 2) / (n - 1) / n)
    width = stats.t.ppf((1 + confidence) / 2, n - 1) * error
    return values.mean() - width, values.mean() + width


def expanded(values, confidence):
    """Return the percentiles of the means of all n ** n resamples."""
    n = len(values)
    means = [np.mean(r) for r in itertools.product(values, repeat=n)]
    t = stats.t.ppf((1 + confidence) / 2, n - 1)
    tail = stats.norm.cdf(-t * np.sqrt(n / (n - 1)))
    return np.quantile(means, [tail, 1 - tail], method="inverted_cdf")


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("values", [VALUES, VALUES[:4], VALUES[:3]])
def test_it_is_the_hull_of_student_and_expanded_bootstrap(values, confidence):
    lows, highs = zip(student(values, confidence), expanded(values, confidence))
    found = mean_interval(values, confidence, 50_000, seed=0)
    spread = values.std() / np.sqrt(len(values))
    np.testing.assert_allclose(found, [min(lows), max(highs)], atol=0.05 * spread)


@settings(max_examples=20)
@given(
    st.lists(st.floats(-1, 1, width=16), min_size=2, max_size=12, unique=True),
    st.floats(0.5, 0.99),
)
def test_it_holds_the_mean_and_is_never_narrower_than_students(values, confidence):
    values = np.array(values)
    low, high = mean_interval(values, confidence, 999, seed=0)
    narrow = student(values, confidence)
    assert low <= narrow[0] + 1e-9 < values.mean() < narrow[1] - 1e-9 <= high


def test_shift_and_scale_move_it_along():
    low, high = mean_interval(VALUES, 0.95, 999, seed=0)
    moved = mean_interval(3 * VALUES + 1, 0.95, 999, seed=0)
    np.testing.assert_allclose(moved, [3 * low + 1, 3 * high + 1])


def test_more_confidence_is_wider_and_the_seed_decides():
    narrow, wide = (mean_interval(VALUES, c, 999, seed=0) for c in (0.8, 0.99))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
    assert mean_interval(VALUES, 0.8, 999, seed=0) == narrow


@pytest.mark.parametrize(
    "values", [[], [0.3], [0.1, np.nan], [0.0, 0.0, 0.0], [0.3] * 5, [0.1 + 0.2, 0.3]]
)
def test_values_without_scatter_have_no_interval(values):
    assert np.isnan(mean_interval(np.array(values), 0.95, 99, seed=0)).all()


@pytest.mark.slow
@pytest.mark.parametrize("n", [3, 5, 10])
def test_intervals_hold_the_mean_as_often_as_they_say(n):
    samples = np.random.default_rng(n).normal(size=(400, n))
    ends = np.array([mean_interval(sample, 0.9, 199, seed=0) for sample in samples])
    held = np.mean((ends[:, 0] <= 0) & (ends[:, 1] >= 0))
    assert held > 0.9 - 3 * np.sqrt(0.09 / 400)
