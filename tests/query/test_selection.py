import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skbal.query._selection import Selection, best

SCORES = st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, np.nan, -np.inf]), min_size=1)


def draws_of(rows):
    """Return draws that say which row they belong to."""
    return np.asarray(rows, dtype=float)[:, np.newaxis, np.newaxis] * [[1.0, -1.0]]


def expected(scores, n_keep):
    keys = np.where(np.isnan(scores), -np.inf, scores)
    return np.sort(np.lexsort((np.arange(len(scores)), -keys))[:n_keep])


@given(SCORES, st.integers(1, 12), st.integers(1, 5), st.randoms())
@settings(max_examples=60)
def test_the_best_rows_are_kept_in_whatever_order_they_come(
    scores, n_keep, size, random
):
    scores = np.array(scores)
    rows = list(range(len(scores)))
    random.shuffle(rows)
    selection = Selection(n_keep)
    for start in range(0, len(rows), size):
        piece = np.array(rows[start : start + size])
        selection.add(piece, scores[piece], draws_of(piece))
    kept, draws = selection.result()
    assert_array_equal(kept, expected(scores, n_keep))
    assert_array_equal(draws, draws_of(kept))


@given(SCORES, st.integers(1, 12))
@settings(max_examples=40)
def test_what_scores_below_the_threshold_is_never_kept(scores, n_keep):
    scores = np.array(scores)
    keys = np.where(np.isnan(scores), -np.inf, scores)
    selection = Selection(n_keep)
    for row in range(len(scores)):
        if keys[row] >= selection.threshold:
            selection.add(np.array([row]), scores[[row]], draws_of([row]))
        if row + 1 < n_keep:
            assert selection.threshold == -np.inf
        else:
            assert selection.threshold == np.sort(keys[: row + 1])[-n_keep]
    assert_array_equal(selection.result()[0], expected(scores, n_keep))


def test_no_more_is_held_than_what_is_kept_and_the_new_piece():
    rng = np.random.default_rng(0)
    piece = rng.random((100, 50, 10))
    tracemalloc.start()
    try:
        selection = Selection(1000)  # 4 MB
        for start in range(0, 20_000, 100):
            rows = np.arange(start, start + 100)
            selection.add(rows, rng.random(100), piece)
        _, draws = selection.result()
        extra = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert extra < draws.nbytes + 2 * piece.nbytes


def test_the_best_of_fewer_than_asked_for_are_all():
    assert best(np.array([2.0, 1.0]), np.array([0, 1]), 5).tolist() == [0, 1]


def test_draws_of_another_shape_are_refused():
    selection = Selection(4)
    selection.add(np.array([0]), np.array([1.0]), np.zeros((1, 3, 2)))
    with pytest.raises(ValueError, match=r"differ in shape.*\(3, 2\).*\(1, 2\)"):
        selection.add(np.array([1]), np.array([1.0]), np.zeros((1, 1, 2)))
