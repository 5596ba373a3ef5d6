"""The p value of a division, against all divisions."""

from itertools import combinations

import numpy as np
import pytest

from skbal.audit._leakage._division import compare_divisions

# Rows 0 to 5 are training rows, 6 to 8 test rows. Equal rows have equal numbers.
GROUP = np.array([0, 0, 1, 2, 3, 4, 0, 5, 6])
EDGES = [(np.array([], dtype=int), np.array([], dtype=int)), ([1, 2], [5, 6])]


def n_reached(test, edges):
    """Return the number of test rows with a copy among the others, by loops."""
    links = set(zip(*map(list, edges))) | {(b, a) for a, b in zip(*edges)}
    count = 0
    for row in test:
        others = [o for o in range(len(GROUP)) if o not in test]
        count += any(
            GROUP[o] == GROUP[row] or (GROUP[o], GROUP[row]) in links for o in others
        )
    return count


def test_the_p_value_is_that_of_all_divisions():
    edges = [(np.asarray(a, dtype=int), np.asarray(b, dtype=int)) for a, b in EDGES]
    every = np.array(
        [
            [n_reached(test, e) for e in edges]
            for test in combinations(range(len(GROUP)), 3)
        ]
    )
    own = np.array([n_reached((6, 7, 8), e) for e in edges])
    assert own.tolist() == [1, 3]
    # With one threshold, the p value is the share of divisions with as many.
    for number, edge in enumerate(edges):
        found = compare_divisions(
            GROUP, [edge], 6, 3, 4000, np.random.default_rng(number)
        )
        exact = np.mean(every[:, number] >= own[number])
        error = 4 * np.sqrt(exact * (1 - exact) / 4000)
        assert found.p_values[0] == pytest.approx(exact, abs=error + 1e-3)
        expected = every[:, number].mean()
        assert found.expected[0] == pytest.approx(expected, abs=0.06)
    # With both, it is that of the largest standardized excess.
    found = compare_divisions(GROUP, edges, 6, 3, 4000, np.random.default_rng(2))
    excess = (every - every.mean(axis=0)) / every.std(axis=0)
    most = ((own - every.mean(axis=0)) / every.std(axis=0)).max()
    exact = np.mean(excess.max(axis=1) >= most - 1e-9)
    assert found.p_values.min() == pytest.approx(exact, abs=0.02)
    assert found.p_values.argmin() == 1


def test_rows_without_any_copy_have_a_p_value_of_one():
    none = [(np.array([], dtype=int), np.array([], dtype=int))]
    found = compare_divisions(np.arange(10), none, 7, 3, 99, np.random.default_rng(0))
    assert (found.p_values[0], found.expected[0]) == (1, 0)


def test_false_alarms_are_at_most_the_level():
    # 40 rows of which 12 are in pairs, and 4 pairs are near copies.
    rng = np.random.default_rng(0)
    group = np.concatenate([np.repeat(np.arange(6), 2), np.arange(6, 34)])
    edges = [
        (np.array([], dtype=int), np.array([], dtype=int)),
        (np.arange(10, 14), np.arange(20, 24)),
    ]
    p_values = np.array(
        [
            compare_divisions(
                rng.permutation(group), edges, 30, 10, 99, rng
            ).p_values.min()
            for _ in range(300)
        ]
    )
    for level in (0.05, 0.2):
        assert np.mean(p_values <= level) <= level + 4 * np.sqrt(level / 300)
