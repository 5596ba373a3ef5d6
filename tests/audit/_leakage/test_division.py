"""The p value of a division, against all divisions."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import binom

from skbal.audit._leakage._division import compare_divisions
from skbal.audit._leakage._pair_sets import PairSet
from skbal.audit._leakage._pairs import Pairs

# Rows 0 to 5 are training rows, 6 to 8 test rows. Equal rows have equal numbers.
GROUP = np.array([0, 0, 1, 2, 3, 4, 0, 5, 6])


def pair_set(first, second, with_exact=True):
    first, second = (np.asarray(side, dtype=np.intp) for side in (first, second))
    n = len(first)
    pairs = Pairs(first, second, np.zeros(n), np.zeros(n), np.full(n, "as it is"))
    return PairSet(pairs, with_exact)


SETS = [pair_set([], []), pair_set([1, 2], [5, 6]), pair_set([1, 2], [5, 6], False)]
MOST = [2, 4, 2]  # one of the rows 0, 1 and 6 is in training, and one of each pair


def n_reached(test, one):
    """Return the number of test rows with a copy among the others, by loops."""
    edges = list(zip(one.pairs.first, one.pairs.second))
    links = {*edges, *((b, a) for a, b in edges)}
    count = 0
    for row in test:
        others = [o for o in range(len(GROUP)) if o not in test]
        count += any(
            (one.with_exact and GROUP[o] == GROUP[row])
            or (GROUP[o], GROUP[row]) in links
            for o in others
        )
    return count


def test_the_p_value_is_that_of_all_divisions():
    every = np.array(
        [
            [n_reached(test, one) for one in SETS]
            for test in combinations(range(len(GROUP)), 3)
        ]
    )
    own = np.array([n_reached((6, 7, 8), one) for one in SETS])
    assert own.tolist() == [1, 3, 2]
    # With one set, the p value is the share of divisions with as many.
    for number, one in enumerate(SETS):
        found = compare_divisions(
            GROUP, [one], 6, 3, 4000, np.random.default_rng(number)
        )
        exact = np.mean(every[:, number] >= own[number])
        error = 4 * np.sqrt(exact * (1 - exact) / 4000)
        assert found.p_values[0] == pytest.approx(exact, abs=error + 1e-3)
        expected = every[:, number].mean()
        assert found.expected[0] == pytest.approx(expected, abs=0.06)
    # With all, it is that of the smallest tail of a binomial distribution.
    found = compare_divisions(GROUP, SETS, 6, 3, 4000, np.random.default_rng(2))
    share = every.mean(axis=0) / MOST
    tails = binom.sf(every - 1, MOST, share)
    own_tails = binom.sf(own - 1, MOST, share)
    exact = np.mean(tails.min(axis=1) <= own_tails.min() + 1e-9)
    assert found.p_values.min() == pytest.approx(exact, abs=0.02)
    assert found.p_values[own_tails.argmin()] == found.p_values.min()


def test_rows_without_any_copy_have_a_p_value_of_one():
    none = [pair_set([], [])]
    found = compare_divisions(np.arange(10), none, 7, 3, 99, np.random.default_rng(0))
    assert (found.p_values[0], found.expected[0]) == (1, 0)


def test_false_alarms_are_at_most_the_level():
    # 40 rows of which 12 are in pairs, and 4 pairs are near copies.
    rng = np.random.default_rng(0)
    group = np.concatenate([np.repeat(np.arange(6), 2), np.arange(6, 34)])
    near = np.arange(10, 14), np.arange(20, 24)
    sets = [pair_set([], []), pair_set(*near), pair_set(*near, with_exact=False)]
    p_values = np.array(
        [
            compare_divisions(
                rng.permutation(group), sets, 30, 10, 99, rng
            ).p_values.min()
            for _ in range(300)
        ]
    )
    for level in (0.05, 0.2):
        assert np.mean(p_values <= level) <= level + 4 * np.sqrt(level / 300)


def test_a_few_leaked_pairs_are_seen_among_many_that_are_alike_by_chance():
    # Pairs number 0 to 9 lie across the division, 100 others mostly in training.
    rng = np.random.default_rng(1)
    n_pairs, n_leaked = 110, 10
    first, second = np.arange(n_pairs), np.arange(n_pairs, 2 * n_pairs)
    is_test = rng.random(2 * n_pairs) < 0.2
    is_test[first[:n_leaked]], is_test[second[:n_leaked]] = False, True
    order = np.argsort(is_test, kind="stable")  # row of the division: group
    n_test = int(is_test.sum())
    p_values = compare_divisions(
        order,
        [pair_set(first, second, False), pair_set(first[:16], second[:16], False)],
        len(order) - n_test,
        n_test,
        999,
        rng,
    ).p_values
    assert p_values[1] < 0.02 < p_values[0]
