"""Tests over tables, against Demšar's worked example, SciPy and enumeration."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import integrate, stats

from skbal.experiments._benchmark._ranks import (
    against,
    critical_difference,
    friedman_test,
    holm,
    ranks_of,
)

# Demšar 2006, Table 6: AUC of C4.5, +m, +cf and +m+cf. The two .975 of "voting" are
# rounded, and the first of them ranks before the other.
DEMSAR = np.array(
    [
        [0.763, 0.768, 0.771, 0.798],
        [0.599, 0.591, 0.590, 0.569],
        [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657],
        [0.882, 0.888, 0.886, 0.898],
        [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685],
        [0.583, 0.583, 0.563, 0.625],
        [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000],
        [0.940, 0.962, 0.965, 0.962],
        [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.9751, 0.975],
        [0.957, 0.978, 0.946, 0.970],
    ]
)
# Its Table 5a: quantiles of Nemenyi's test, for 2 to 10 methods.
Q_05 = [1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164]
Q_10 = [1.645, 2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920]

scores = arrays(
    np.float64,
    st.tuples(st.integers(3, 8), st.integers(2, 6)),
    elements=st.sampled_from([0.1, 0.2, 0.3, 0.4, 0.5]),
)


def test_mean_ranks_are_those_of_the_worked_example():
    means = ranks_of(DEMSAR).mean(axis=0)
    np.testing.assert_allclose(means, [3.143, 2.000, 2.893, 1.964], atol=5e-4)


def test_friedmans_statistics_are_those_of_the_worked_example_but_for_ties():
    test = friedman_test(DEMSAR)
    # Demšar makes no allowance for ties: three pairs (2³ - 2 each) and one row of four
    # (4³ - 4), of N k (k² - 1) = 14 * 4 * 15.
    without_ties = test.chi_squared * (1 - (3 * 6 + 60) / 840)
    assert without_ties == pytest.approx(9.28, abs=0.005)
    f = 13 * without_ties / (14 * 3 - without_ties)
    assert f == pytest.approx(3.69, abs=0.005)
    assert test.f > f


def test_the_p_value_is_that_of_an_integral_over_the_f_distribution():
    test = friedman_test(DEMSAR)
    tail, _ = integrate.quad(stats.f(3, 39).pdf, test.f, np.inf)
    assert test.p_value == pytest.approx(tail)


@pytest.mark.parametrize(("confidence", "published"), [(0.95, Q_05), (0.90, Q_10)])
def test_quantiles_are_those_of_the_published_table(confidence, published):
    found = [
        critical_difference(k, 1, confidence) / np.sqrt(k * (k + 1) / 6)
        for k in range(2, 11)
    ]
    np.testing.assert_allclose(found, published, atol=1.1e-3)


def test_the_critical_difference_is_that_of_the_worked_example():
    assert critical_difference(4, 14) == pytest.approx(1.25, abs=0.005)
    assert critical_difference(4, 14, 0.90) == pytest.approx(1.12, abs=0.005)


def test_the_range_of_that_many_normal_numbers_exceeds_it_one_time_in_twenty():
    # Mean ranks of strategies that are equally good are nearly normal, with this error.
    k, n = 30, 18
    error = np.sqrt(k * (k + 1) / (6 * n)) / np.sqrt(2)
    draws = np.random.default_rng(0).standard_normal((40_000, k)) * error
    share = (np.ptp(draws, axis=1) > critical_difference(k, n)).mean()
    assert share == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 40_000))


@given(scores)
def test_friedmans_statistic_is_that_of_scipy(values):
    own = friedman_test(values)
    if values.shape[1] > 2:
        with np.errstate(all="ignore"):
            theirs = stats.friedmanchisquare(*values.T).statistic
        np.testing.assert_allclose(own.chi_squared, theirs, rtol=1e-9, atol=1e-9)
    assert np.isnan(own.p_value) or 0 <= own.p_value <= 1


@given(scores)
def test_ranks_of_a_table_have_the_same_sum_and_are_turned_by_a_sign(values):
    ranks, k = ranks_of(values), values.shape[1]
    np.testing.assert_allclose(ranks.sum(axis=1), k * (k + 1) / 2)
    np.testing.assert_allclose(ranks + ranks_of(-values), k + 1)


def test_one_order_on_all_tables_is_sure_and_equals_tell_nothing():
    same = np.tile([0.3, 0.2, 0.1], (6, 1))
    assert friedman_test(same).p_value == 0.0
    assert np.isnan(friedman_test(np.ones((6, 3))).p_value)
    assert np.isnan(friedman_test(same[:1]).p_value)
    assert np.isnan(critical_difference(1, 5))


def by_enumeration(differences):
    """Return the p value of all ways in which signs can fall."""
    ranks = stats.rankdata(np.abs(differences))
    observed = abs((np.sign(differences) * ranks).sum())
    signs = np.array(list(product([-1, 1], repeat=len(ranks))))
    return (np.abs(signs @ ranks) >= observed - 1e-9).mean()


def test_p_values_against_one_are_enumerated_and_corrected():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(9, 4)) + [0.0, 1.5, -1.5, 0.2]
    p_values, signs = against(values, 3)
    single = [by_enumeration(values[:, k] - values[:, 3]) for k in range(3)]
    np.testing.assert_allclose(p_values[:3], holm(single))
    assert p_values[3] == 1.0
    assert signs.tolist() == [-1, 1, -1, 0]


def test_two_strategies_with_equal_scores_are_not_distinguishable():
    values = np.random.default_rng(0).normal(size=(7, 1)) * [1, 1]
    p_values, signs = against(values, 1)
    assert p_values.tolist() == [1.0, 1.0]
    assert signs.tolist() == [0, 0]


@given(arrays(np.float64, st.integers(1, 8), elements=st.floats(0, 1)))
def test_holm_rejects_what_its_steps_reject(p_values):
    corrected = holm(p_values)
    for level in (0.01, 0.05, 0.5):
        rejected, left = set(), sorted(range(len(p_values)), key=p_values.__getitem__)
        for step, number in enumerate(left):
            if p_values[number] * (len(left) - step) >= level:
                break
            rejected.add(number)
        assert rejected == set(np.flatnonzero(corrected < level))
