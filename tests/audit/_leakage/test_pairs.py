"""Which pairs of rows are near copies, by hand and in uniform rows."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from skbal.audit import leakage_check
from skbal.audit._leakage._listing import _mostly_copies
from skbal.audit._leakage._neighbours import Neighbours, neighbours_of_points
from skbal.audit._leakage._pair_sets import pair_sets
from skbal.audit._leakage._pairs import Pairs, close_pairs, joined, nearest_pairs


@pytest.fixture(scope="module")
def neighbours():
    points = np.random.default_rng(0).normal(size=(300, 5))
    points[:6] = points[100:106] + 1e-3
    return neighbours_of_points(points, 0)[0], points


def test_leaked_pairs_come_first_and_the_p_value_is_the_larger_of_two(neighbours):
    pairs = close_pairs(neighbours[0])
    first = {frozenset(pair) for pair in zip(pairs.first[:6], pairs.second[:6])}
    assert first == {frozenset((row, row + 100)) for row in range(6)}
    assert (np.diff(pairs.p_value) >= 0).all()
    # Row 0 is far from the others, row 1 is not: then there is no gap behind row 0
    # for row 1, and the pair is no pair of copies.
    distances = np.tile(np.linspace(1, 1.5, 20), (300, 1))
    distances[[0, 1], 0] = 1e-4
    distances[1, 1:] = np.geomspace(2e-4, 1.5, 19)
    rows = (np.arange(300)[:, np.newaxis] + np.arange(2, 22)) % 300
    rows[0, 0], rows[1, 0] = 1, 0
    assert len(close_pairs(Neighbours("as it is", rows, distances))) == 0
    distances[1] = distances[0]
    found = close_pairs(Neighbours("as it is", rows, distances))
    assert {*found.first, *found.second} == {0, 1}


def test_nearest_pairs_are_those_of_a_loop(neighbours):
    found, points = neighbours
    apart = cdist(points, points)
    np.fill_diagonal(apart, np.inf)
    nearest = apart.argmin(axis=1)
    mutual = [
        (apart[a, b], {a, int(b)})
        for a, b in enumerate(nearest)
        if nearest[b] == a and a < b
    ]
    by_hand = [pair for _, pair in sorted(mutual, key=lambda m: m[0])][:30]
    pairs = nearest_pairs(found)
    assert [{int(a), int(b)} for a, b in zip(pairs.first, pairs.second)] == by_hand


def test_sets_double_and_pairs_of_two_lists_are_counted_once(neighbours):
    nearest = nearest_pairs(neighbours[0])
    close = close_pairs(neighbours[0])
    together = joined([close, nearest])
    names = [frozenset(p) for p in zip(together.first, together.second)]
    assert len(names) == len(set(names)) < len(close) + len(nearest)
    sets = pair_sets(together, [nearest], 1e-6)
    assert [len(one.pairs) for one in sets[2:]] == [8, 16, 30]
    assert [one.with_exact for one in sets] == [True, True, False, False, False]
    assert (sets[1].pairs.p_value <= 1e-6).all()
    assert len(together.among(close)) == len(close)


def test_as_many_pairs_are_listed_as_are_mostly_across():
    # With odds of 1, at most one training pair for each ten across. The groups 0 to 49
    # are in training.
    has_train = np.arange(100) < 50
    kinds = "TT" + "A" * 20 + "W" + "A" * 5 + "WWWWAA"  # test, across, within
    first = np.array([50 if kind == "T" else 0 for kind in kinds])
    second = np.array([1 if kind == "W" else 51 for kind in kinds])
    n = len(kinds)
    pairs = Pairs(first, second, np.arange(n) / n, np.zeros(n), np.full(n, "as it is"))
    # 25 across and 2 within, up to and with the first W of four.
    assert len(_mostly_copies(pairs, has_train, 1.0)) == kinds.index("WWWW") + 1
    assert len(_mostly_copies(pairs.head(2), has_train, 1.0)) == 0  # none across


def test_copies_are_found_between_the_steps_of_a_grid():
    # Rows that depend on two numbers: copies have 0.05 of the step between others.
    rng = np.random.default_rng(0)
    grid = np.array([(a, b, a + b) for a in range(25) for b in range(25)], dtype=float)
    rows = rng.permutation(grid)[:500]
    train, test = rows[100:], rows[:100].copy()
    assert leakage_check(train, test, random_state=0).concern is not True
    test[:8] = train[:8] + 0.05 * rng.normal(size=(8, 3))
    result = leakage_check(train, test, random_state=0)
    assert result.concern is True
    pairs = set(zip(result.train_rows.tolist(), result.test_rows.tolist()))
    assert len(pairs & {(row, row) for row in range(8)}) >= 7


def test_false_alarms_keep_the_level_where_distances_are_equal():
    # Rows of whole numbers have many equal distances and copies. The order of the rows
    # must not decide between them.
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 9, size=(60, 3)).astype(float)
    p_values = []
    for seed in range(60):
        mixed = rng.permutation(rows)
        result = leakage_check(
            mixed[:40], mixed[40:], n_permutations=99, random_state=seed
        )
        p_values.append(result.p_value)
    for level in (0.1, 0.3):
        assert np.mean(np.array(p_values) <= level) <= level + 3.5 * np.sqrt(
            level * (1 - level) / 60
        )
