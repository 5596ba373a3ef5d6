import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from skorch import NeuralNetClassifier
from torch import nn

from skbal._utils.chunks import rows_within
from skbal._utils.optional import require
from skbal._utils.validation import (
    as_numbers,
    check_count,
    check_fits,
    check_n_draws,
    check_n_instances,
    check_real,
)


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


@pytest.mark.parametrize("value", [2**31, 2**62, 10**30])
def test_more_than_memory_holds_is_refused(value):
    with pytest.raises(ValueError, match=r"^n_draws of BALD .* from 1 to 2147483647"):
        check_n_draws(value, "BALD")


def test_a_number_of_thousands_of_digits_is_not_printed():
    for check in (check_n_draws, lambda value, owner: check_real(value, "lr", owner)):
        with pytest.raises(ValueError, match=r"of Net .* more than 24 digits") as told:
            check(10**5000, "Net")
        assert len(str(told.value)) < 200


def test_any_count_that_memory_holds_is_taken():
    assert check_n_draws(2**31 - 1, "BALD") == 2**31 - 1
    assert check_count(10**30, "batch_size", "BALD") == 10**30


@pytest.mark.parametrize(
    "values",
    [
        np.array([1 + 0j, 2]),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        np.array([3], dtype="timedelta64[s]"),
        np.array([1, None], dtype=object),
        np.array([1, pd.NA], dtype=object),
        np.array(["a"]),
        np.ma.masked_array([1, 2], [True, False]),
        [[1], [1, 2]],
        [10**400],
        None,
    ],
    ids=str,
)
def test_what_is_no_real_number_is_refused(values):
    with pytest.raises(ValueError, match=r"^votes of somebody"):
        as_numbers(values, "votes of somebody must be numbers")


@pytest.mark.parametrize(
    "values", [[True, False], [1, 2], np.float16([0.5]), np.array([1, 2.5], object)]
)
def test_real_numbers_stay_as_they_are(values):
    assert as_numbers(values, "x").tolist() == np.asarray(values).tolist()


def test_a_class_is_no_estimator_and_an_instance_is_asked_for():
    with pytest.raises(TypeError, match=r"such as RandomForestClassifier\(\)"):
        check_fits(RandomForestClassifier, "compare")
    with pytest.raises(TypeError, match=r"an object with fit, got 'forest'"):
        check_fits("forest", "compare")
    for module in (nn.Linear(2, 3), nn.Linear):
        with pytest.raises(TypeError, match=r"torch, Linear\. Give .*MCDropoutClassif"):
            check_fits(module, "compare")
    with pytest.raises(TypeError, match=r"NeuralNetClassifier: give an instance"):
        check_fits(NeuralNetClassifier, "compare")
