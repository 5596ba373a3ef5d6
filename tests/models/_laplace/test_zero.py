"""The search for where a step vanishes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal.models._laplace._zero import LONGEST_STEP, find_zero

LIMITS = (-23.0, 23.0)


def search(function, start=0.0, *, limits=LIMITS, max_iter=200, tol=1e-9):
    positions = []

    def step(position):
        if position not in positions:
            positions.append(position)
        return function(position)

    found = find_zero(step, start, limits, max_iter=max_iter, tol=tol)
    assert found in positions
    assert len(positions) <= max_iter
    assert np.abs(np.diff(positions)).max(initial=0.0) <= 2 * LONGEST_STEP
    return found


@settings(max_examples=20)
@given(
    root=st.floats(-20, 20),
    start=st.floats(-23, 23),
    slope=st.floats(0.05, 5),
    bend=st.floats(0, 0.2),
)
def test_the_zero_of_a_falling_step_is_found_from_anywhere(root, start, slope, bend):
    def step(x):
        return -slope * (x - root) - bend * (x - root) ** 3

    assert search(step, start) == pytest.approx(root, abs=1e-6)


def test_a_plain_step_that_overshoots_is_caught():
    assert search(lambda x: -50 * np.tanh(x), 5.0) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("start", [-23.0, -3.3, 0.0, 23.0])
@pytest.mark.parametrize(("sign", "end"), [(1, 23), (-1, -23)])
def test_without_a_zero_the_search_ends_at_a_limit(sign, end, start):
    assert search(lambda x: sign * (1e-3 + np.exp(-sign * x)), start) == end


def test_a_start_beyond_the_limits_moves_them():
    assert search(lambda x: -(x + 40), -50.0) == pytest.approx(-40)
    assert search(lambda x: -1.0, -50.0) == -50.0
    assert search(lambda x: 1.0, -50.0) == 23.0


@pytest.mark.parametrize("start", [0.0, 23.0, -23.0])
@pytest.mark.parametrize("sign", [-1.0, 0.0, 1.0])
def test_limits_that_leave_no_room_are_no_error(start, sign):
    # The position cannot move: a secant through two such positions divides by zero.
    assert search(lambda x: sign, start, limits=(start, start)) == start


@pytest.mark.parametrize("size", [1e-5, 1e300])
def test_a_step_without_a_zero_that_changes_its_sign_ends_at_the_jump(size):
    # As rounding leaves it: the sign changes, but no step is short.
    found = search(lambda x: size if x < np.sqrt(2) else -size)
    assert found == pytest.approx(np.sqrt(2), abs=1e-9)


@pytest.mark.parametrize("max_iter", [1, 2, 3, 5])
def test_no_more_positions_are_tried_than_allowed(max_iter):
    # `search` counts them.
    assert abs(search(lambda x: np.exp(-x) - 1e3, max_iter=max_iter)) <= LONGEST_STEP
    assert 0 < search(lambda x: 1e-3, max_iter=max_iter + 1) < 23


@pytest.mark.parametrize("noise", [1e-12, 1e-6, 1e-3])
def test_noise_of_the_step_moves_the_zero_by_as_much(noise):
    def step(x):
        return 1.0 - x + noise * np.sin(1e15 * x)

    assert search(step, tol=1e-12) == pytest.approx(1.0, abs=2 * noise + 1e-9)
