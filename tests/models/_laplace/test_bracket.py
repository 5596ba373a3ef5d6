"""The search for where a step vanishes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal.models._laplace._bracket import LONGEST_STEP, Bracket


def search(function, low, high, position, n=200):
    bracket = Bracket(low, high, position)
    for _ in range(n):
        step = function(bracket.position)
        if abs(step) < 1e-9 or bracket.ends_at_limit(step):
            break
        before = bracket.position
        bracket.move(step)
        assert abs(bracket.position - before) <= max(LONGEST_STEP, high - low)
    return bracket.position


@settings(max_examples=20, deadline=None)
@given(
    root=st.floats(-20, 20),
    start=st.floats(-23, 23),
    slope=st.floats(0.05, 5),
    bend=st.floats(0, 0.2),
)
def test_the_zero_of_a_falling_step_is_found_from_anywhere(root, start, slope, bend):
    def step(x):
        return -slope * (x - root) - bend * (x - root) ** 3

    assert search(step, -23, 23, start) == pytest.approx(root, abs=1e-6)


def test_a_plain_step_that_overshoots_is_caught():
    assert search(lambda x: -50 * np.tanh(x), -23, 23, 5.0) == pytest.approx(
        0, abs=1e-6
    )


@pytest.mark.parametrize(("sign", "end"), [(1, 23), (-1, -23)])
def test_without_a_zero_the_search_ends_at_a_limit(sign, end):
    assert search(lambda x: sign * (1e-3 + np.exp(-sign * x)), -23, 23, 0.0) == end


def test_a_start_beyond_the_limits_moves_them():
    assert search(lambda x: -(x + 40), -23, 23, -50.0) == pytest.approx(-40)
