from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.stats import binom

from skbal.information import vote_distribution, vote_interval


def by_hand(weights, level):
    """Return low and high by exact fractions."""
    total, below, low = sum(weights), Fraction(0), None
    for k, weight in enumerate(weights):
        below += Fraction(weight, total)
        if low is None and below > (1 - level) / 2:
            low = k
        if below >= (1 + level) / 2:
            return low, k
    raise AssertionError("fractions sum to one")


@settings(max_examples=100)
@given(
    st.lists(st.integers(0, 8), min_size=1, max_size=12).filter(sum),
    st.integers(1, 19).map(lambda twentieths: Fraction(twentieths, 20)),
)
def test_it_is_that_of_exact_fractions_also_where_a_tail_is_exactly_full(
    weights, level
):
    distribution = np.array(weights) / sum(weights)
    found = vote_interval(distribution, float(level))
    assert tuple(found) == by_hand(weights, level)


@pytest.mark.parametrize("n", [1, 8, 40, 227])
@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_of_a_binomial_it_is_scipys_interval(n, level):
    # Where no tail is exactly full, scipy's quantiles are the same numbers.
    rho = np.random.default_rng(0).random((200, 1, 1))
    low, high = binom.interval(level, n, rho[:, 0, 0])
    found = vote_interval(vote_distribution(rho, n)[:, 0], level)
    assert found.dtype == np.intp
    assert_array_equal(found, np.stack([low, high], axis=1))


def test_it_holds_the_level_and_no_tail_holds_more_than_its_half():
    rho = np.random.default_rng(0).random((50, 7, 2))
    distribution = vote_distribution(rho, 40)
    interval = vote_interval(distribution, 0.8)
    assert interval.shape == (50, 2, 2)
    for place in np.ndindex(50, 2):
        low, high = interval[place]
        assert distribution[place][low : high + 1].sum() >= 0.8 - 1e-12
        assert distribution[place][:low].sum() <= 0.1 + 1e-12
        assert distribution[place][high + 1 :].sum() <= 0.1 + 1e-12


def test_certain_votes_have_an_interval_of_one_number():
    distribution = vote_distribution([[[0.0]], [[1.0]]], [3, 7])
    assert_array_equal(vote_interval(distribution), [[[0, 0]], [[7, 7]]])
    assert_array_equal(vote_interval([1.0]), [0, 0])


def test_a_coin_by_hand():
    # Two votes: 1/4, 1/2, 1/4. At 50% the tails are exactly full.
    assert_array_equal(vote_interval([0.25, 0.5, 0.25], 0.5), [1, 1])
    assert_array_equal(vote_interval([0.25, 0.5, 0.25], 0.51), [0, 2])
    assert_array_equal(vote_interval([0.5, 0.5], 1e-14), [0, 0])


def test_a_sum_that_rounding_keeps_below_one_is_one():
    distribution = np.full(10, 0.1)
    assert distribution.cumsum()[-1] < 1
    assert_array_equal(vote_interval(distribution, 1 - 1e-16 * 2), [0, 9])


@pytest.mark.parametrize(
    ("level", "error"),
    [(0, ValueError), (1, ValueError), (1.5, ValueError), (-0.1, ValueError),
     (np.nan, ValueError), ("95%", TypeError), (True, TypeError)],
)  # fmt: skip
def test_other_levels_are_refused(level, error):
    with pytest.raises(error, match="level of vote_interval must be"):
        vote_interval([0.5, 0.5], level)


@pytest.mark.parametrize(
    ("distribution", "message"),
    [
        ([0.5, 0.4], "must sum to one over its last axis, got 0.9"),
        ([np.nan, 0.4], "got nan"),
        ([1.5, -0.5], "must not be negative, got -0.5"),
        (0.5, r"must have an axis of k = 0, 1, ..., got shape \(\)"),
        ([], r"got shape \(0,\)"),
    ],
)
def test_other_distributions_are_refused(distribution, message):
    with pytest.raises(ValueError, match=f"distribution given to .*{message}"):
        vote_interval(distribution)
