"""Exact intervals and p values of shares against SciPy, and the names of groups."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from skbal.audit._selection._group_counts import (
    adjusted_by_holm,
    exact_p_values,
    group_columns,
    share_interval,
)


def test_intervals_are_those_of_clopper_and_pearson():
    counts, totals = np.array([0, 3, 7, 7]), np.array([5, 10, 7, 90])
    by_scipy = [
        stats.binomtest(int(k), int(n)).proportion_ci(0.9, "exact")
        for k, n in zip(counts, totals)
    ]
    assert share_interval(counts, totals, 0.9) == pytest.approx(np.array(by_scipy))
    assert share_interval(np.array([0]), np.array([0]), 0.9).tolist() == [[0, 1]]


def test_p_values_are_sums_of_hypergeometric_probabilities():
    counts, totals = np.array([1, 4, 5]), np.array([20, 10, 10])
    for count, total, found in zip(
        counts, totals, exact_p_values(counts, totals, 10, 40)
    ):
        law = stats.hypergeom(40, total, 10).pmf(np.arange(11))
        assert found == pytest.approx(law[law <= law[count] * (1 + 1e-7)].sum())


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_is_bonferroni_over_the_hypotheses_that_are_left(p_values):
    p_values = np.array(p_values)
    adjusted = adjusted_by_holm(p_values)
    order, largest = np.argsort(p_values), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, (len(p_values) - rank) * p_values[place])
        assert adjusted[place] == pytest.approx(min(largest, 1))


def test_groups_are_strings_whatever_holds_them():
    groups = pd.DataFrame({"a": [1, None, 2], "b": pd.Categorical(["x", "y", None])})
    found = group_columns(groups, "groups", "group_errors")
    assert found["a"].tolist() == ["1", "missing", "2"]
    assert found["b"].tolist() == ["x", "y", "missing"]
    assert list(group_columns([1, 2], "groups", "group_errors")) == ["group"]
    assert list(group_columns([[1, 2]], "groups", "group_errors")) == [
        "attribute 0",
        "attribute 1",
    ]


@pytest.mark.parametrize("names", [["site", "site"], [0, "0"]])
def test_columns_of_one_name_are_refused(names):
    frame = pd.DataFrame([["a", "b"], ["a", "c"]], columns=names)
    with pytest.raises(ValueError, match="groups of f must have columns of different"):
        group_columns(frame, "groups", "f")
