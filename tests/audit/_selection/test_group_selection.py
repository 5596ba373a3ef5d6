"""Rates of labelled rows by group: counts by hand, level, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from skbal.audit import group_selection

LABELLED = ["a"] * 30 + ["b"] * 2
POOL = ["a"] * 40 + ["b"] * 40 + ["c"] * 8


def test_counts_rates_and_p_values_are_those_of_the_groups():
    result = group_selection(LABELLED, POOL)
    assert result.groups == ("a", "b", "c")
    assert result.n_labelled.tolist() == [30, 2, 0]
    assert result.n_rows.tolist() == [70, 42, 8]
    assert result.rates == pytest.approx([30 / 70, 2 / 42, 0])
    assert result.overall_rate == pytest.approx(32 / 120)
    of_b = stats.fisher_exact([[2, 40], [30, 48]])[1]
    of_a = stats.fisher_exact([[30, 40], [2, 48]])[1]
    of_c = stats.fisher_exact([[0, 8], [32, 80]])[1]
    assert of_a < of_b < of_c
    assert result.p_values == pytest.approx([3 * of_a, 2 * of_b, of_c])
    assert result.to_frame()["p_value"].tolist() == result.p_values.tolist()


def test_the_verdict_says_who_was_asked_about_and_who_never():
    result = group_selection(LABELLED, POOL)
    assert result.concern is True
    assert result.never_asked == ("c",)
    assert "Never asked about: 'c'." in result.verdict
    assert "32 of 120 rows are labelled (26.7%)" in result.verdict
    assert json.loads(json.dumps(result.to_dict()))["p_value"] == result.p_value


def test_random_selections_are_seldom_significant():
    rng, n_found = np.random.default_rng(0), 0
    for _ in range(100):
        groups = rng.permutation(np.repeat(["a", "b", "c"], [30, 20, 10]))
        n_found += group_selection(groups[:20], groups[20:], level=0.1).concern
    assert n_found <= stats.binom.ppf(0.999, 100, 0.1)


def test_several_attributes_are_one_family():
    labelled = pd.DataFrame({"site": ["N"] * 10, "year": [2024] * 5 + [2025] * 5})
    pool = pd.DataFrame({"site": ["N", "S"] * 15, "year": [2024, 2025, None] * 10})
    result = group_selection(labelled, pool)
    assert result.groups[:2] == ("site = N", "site = S")
    assert result.never_asked == ("site = S", "year = missing")
    assert result.n_rows.sum() == 2 * 40
    assert "10 of 40 rows are labelled" in result.verdict
    alone = group_selection(labelled["site"], pool["site"])
    assert result.p_values[0] > alone.p_values[0]


@pytest.mark.parametrize(
    ("labelled", "pool", "changes", "error", "message"),
    [
        ([], ["a"], {}, ValueError, "groups_labelled of group_selection must hold at"),
        (
            ["a"],
            [],
            {},
            ValueError,
            "groups_pool of group_selection must hold at least",
        ),
        (["a"], [["a", "b"]], {}, ValueError, "must have the same attributes"),
        (list(range(20)), list(range(20, 40)), {}, ValueError, "has 40 groups in 40"),
        (["a"], [[["a"]]], {}, ValueError, r"must have shape \(n_rows,\)"),
        ([[1], None], ["a"], {}, ValueError, "groups_labelled of group_selection must"),
        (["a"], [1j], {}, ValueError, "groups_pool of group_selection must hold names"),
        (["a"], ["b"], {"level": 2}, ValueError, "level of group_selection must be"),
    ],
)
def test_what_cannot_be_right_is_refused(labelled, pool, changes, error, message):
    with pytest.raises(error, match=message):
        group_selection(labelled, pool, **changes)
