"""What a bandit remembers, and the accuracy that is weighted by importance."""

from itertools import permutations

import numpy as np
import pytest

from skbal.policy._picks import Picks, keys_of, weighted_accuracy


def picks(keys, *, q=None, n_left=None, n_pool=9, n_taught=0):
    n = len(keys)
    return Picks(
        keys=tuple(keys),
        probabilities=np.full(n, 0.5) if q is None else np.array(q),
        advice=np.ones((n, 2)),
        bounds=np.ones((n, 2)),
        n_left=np.arange(n_pool, n_pool - n, -1) if n_left is None else n_left,
        n_pool=np.full(n, n_pool),
        n_taught=np.broadcast_to(n_taught, n),
        rewarded=np.zeros(n, dtype=bool),
    )


def test_the_weighted_accuracy_of_three_picks_is_that_by_hand():
    three = picks("abc", q=[0.5, 0.2, 0.1], n_left=np.array([10, 9, 8]))
    # Right, wrong, right: (1/.5 + 0)/10, (0 + 1)/10, (1/.1 + 1)/10; over T = 20.
    right = [True, False, True]
    assert weighted_accuracy(right, three, 20) == pytest.approx((2 + 1 + 11) / 10 / 20)
    assert weighted_accuracy(right, three, 1) == 1.0  # and not 1.4


def test_its_mean_is_the_accuracy_on_the_pool_for_every_way_to_draw():
    is_right = np.array([1.0, 0.0, 1.0, 1.0])
    first = np.array([0.4, 0.3, 0.2, 0.1])
    mean = 0.0
    for i, j in permutations(range(4), 2):
        # The second row is drawn by other odds, which depend on the first.
        second = np.array([0.1, 0.5, 0.3, 0.1]) + 0.2 * i
        second[i] = 0
        second /= second.sum()
        two = picks("ab", q=[first[i], second[j]], n_left=np.array([4, 3]))
        found = weighted_accuracy(is_right[[i, j]], two, 100)
        mean += first[i] * second[j] * found
    assert 100 * mean == pytest.approx(2 * is_right.mean())


def test_a_pick_is_found_where_an_equal_row_was_taught_later():
    three = picks("aba", n_taught=2)
    assert three.places(["a", "b", "x", "a", "b", "a"]).tolist() == [3, 4, 5]
    assert three.places(["a", "b", "x", "a"]).tolist() == [-1, -1, 3]  # each once
    assert three.places(["a", "b"]).tolist() == [-1, -1, -1]  # known before
    assert three.places([]).tolist() == [-1, -1, -1]


def test_picks_wait_while_nothing_else_is_taught():
    two = picks("ab", n_pool=9, n_taught=4)
    assert two.wait(n_pool=9, n_taught=4).tolist() == [False, False]  # asked again
    assert two.wait(n_pool=7, n_taught=4).tolist() == [True, True]  # still out
    assert two.wait(n_pool=7, n_taught=5).tolist() == [False, False]  # given up


def test_some_picks_and_more_picks_keep_their_columns_together():
    one = picks("abc", q=[0.5, 0.2, 0.1]).only(np.array([True, False, True]))
    both = one.with_more(picks("d", q=[0.3]))
    assert both.keys == ("a", "c", "d")
    assert both.probabilities.tolist() == [0.5, 0.1, 0.3]
    assert both.n_left.tolist() == [9, 7, 9]
    assert len(Picks.none(2).with_more(both)) == len(both) == 3


@pytest.mark.parametrize("rows", [[[1, 2], [1.0, 2.0]], [["a", 1], ["a", 1]]])
def test_equal_rows_have_equal_keys(rows):
    one, two = keys_of(rows)
    assert one == two
    assert isinstance(one, str)


def test_rows_that_cannot_be_compared_have_no_keys():
    assert keys_of([[1, 2], [1, [2, 3]]]) is None
