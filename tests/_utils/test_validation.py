import numpy as np
import pytest

from skbal._utils.chunks import rows_within
from skbal._utils.optional import require
from skbal._utils.validation import check_count, check_n_instances, check_real


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (0, ValueError, "n_draws of BALD must be an integer >= 1, got 0"),
        (-3, ValueError, "got -3"),
        (2.0, TypeError, r"must be an integer >= 1, got 2.0 \(float\)"),
        (True, TypeError, r"got True \(bool\)"),
        ("3", TypeError, r"got '3' \(str\)"),
        (None, TypeError, "got None"),
    ],
)
def test_a_count_is_an_integer_that_is_large_enough(value, error, message):
    with pytest.raises(error, match=message):
        check_count(value, "n_draws", "BALD")


def test_a_count_may_be_any_integer_type():
    assert check_count(np.int32(4), "n", "x") == 4
    assert check_count(0, "n", "x", smallest=0) == 0


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (-0.1, ValueError, r"beta of PowerBALD must be a real number >= 0, got -0.1"),
        (float("nan"), ValueError, "got nan"),
        (float("inf"), ValueError, "got inf"),
        ("1", TypeError, "got '1'"),
        (True, TypeError, "got True"),
    ],
)
def test_a_real_is_finite_and_within_its_bounds(value, error, message):
    with pytest.raises(error, match=message):
        check_real(value, "beta", "PowerBALD", low=0)


def test_a_real_names_both_bounds():
    assert check_real(1, "p", "x", low=0, high=1) == 1.0
    with pytest.raises(ValueError, match=r"real number in \[0, 1\], got 2"):
        check_real(2, "p", "x", low=0, high=1)
    with pytest.raises(ValueError, match=r"real number <= 1, got 2"):
        check_real(2, "p", "x", high=1)
    assert check_real(-5.0, "p", "x") == -5.0


@pytest.mark.parametrize(
    ("n_instances", "n_pool", "error", "message"),
    [
        (1, 0, ValueError, "X_pool given to BALD is empty"),
        (4, 3, ValueError, "n_instances of BALD is 4, but X_pool holds only 3 rows"),
        (0, 3, ValueError, "n_instances of BALD must be an integer >= 1, got 0"),
        (1.5, 3, TypeError, "n_instances of BALD .* got 1.5"),
    ],
)
def test_a_query_asks_for_what_the_pool_can_give(n_instances, n_pool, error, message):
    with pytest.raises(error, match=message):
        check_n_instances(n_instances, n_pool, "BALD")


def test_rows_within_a_budget():
    assert rows_within(100, max_memory=1000) == 10
    assert rows_within(10**9, max_memory=1000) == 1
    assert rows_within(0, max_memory=10**9) == 4096


def test_a_missing_module_names_its_extra():
    with pytest.raises(
        ImportError, match=r"The demo needs nowhere.*pip install 'skbal\[examples\]'"
    ):
        require("nowhere.at_all", "examples", "The demo")
    assert require("math", "examples", "x").pi > 3
