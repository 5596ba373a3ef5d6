import tracemalloc

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.spatial.distance import cdist

from skbal.query._balls import Balls, greedy_cover
from tests.query.fakes import random_pool


def plain_cover(inside, bare, n_picks, priority):
    """Return the cover by counting all rows for each pick."""
    bare, rows, gains = set(bare), [], []
    for _ in range(n_picks):
        left = [row for row in range(len(priority)) if row not in rows]
        counts = {row: len(bare & set(np.flatnonzero(inside[row]))) for row in left}
        best = min(left, key=lambda row: (-counts[row], priority[row]))
        rows.append(best)
        gains.append(counts[best])
        bare -= set(np.flatnonzero(inside[best]))
    return rows, gains


@pytest.mark.parametrize("convert", [np.asarray, sp.csr_matrix])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_counts_are_those_of_all_distances(convert, dtype):
    X = random_pool(1300, 3).astype(dtype)
    inside = cdist(X, X) < 0.8
    balls, everything = Balls(convert(X), 0.8), np.arange(1300)
    assert_array_equal(balls.counts(everything, everything), inside.sum(axis=1))
    some, others = everything[::7], everything[3::2]
    expected = inside[np.ix_(some, others)]
    assert_array_equal(balls.counts(some, others), expected.sum(axis=1))
    assert_array_equal(balls.contain(some[:5], others), expected[:5].any(axis=0))


def test_rows_at_the_distance_of_the_radius_are_outside_and_copies_inside():
    grid = np.stack(np.meshgrid(np.arange(7.0), np.arange(7.0)), axis=-1).reshape(-1, 2)
    for scale in (1.0, 0.1, 1e-7, 1e6):
        balls = Balls(scale * grid, scale)
        assert_array_equal(balls.counts(np.arange(49), np.arange(49)), 1)
    balls = Balls(np.repeat(grid, 3, axis=0), 1e-9)
    assert_array_equal(balls.counts(np.arange(147), np.arange(147)), 3)


@settings(max_examples=30)
@given(data=st.data())
def test_the_cover_is_that_of_counting_all_rows_for_each_pick(data):
    seed = data.draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    n_rows = data.draw(st.integers(1, 150))
    # Few values, so that rows are equal and gains tied more often than not.
    X = rng.integers(0, 8, size=(n_rows, 2)).astype(float)
    radius = data.draw(st.sampled_from([0.5, 1.5, 2.3, 50.0]))
    bare = np.flatnonzero(rng.random(n_rows) < 0.8)
    balls, priority = Balls(X, radius), rng.random(n_rows)
    counts = balls.counts(np.arange(n_rows), bare)
    n_picks = data.draw(st.integers(1, n_rows))
    rows, gains = greedy_cover(balls, bare, counts, n_picks, priority)
    expected, expected_gains = plain_cover(
        cdist(X, X) < radius, bare, n_picks, priority
    )
    assert_array_equal(rows, expected)
    assert_array_equal(gains, expected_gains)
    assert (np.diff(gains) <= 0).all()


@pytest.mark.parametrize("radius", [0.01, 100.0, np.inf])
def test_memory_does_not_depend_on_the_radius(radius):
    X = random_pool(4000, 3)  # all pairs: 128 MB
    tracemalloc.start()
    try:
        balls = Balls(X, radius)
        counts = balls.counts(np.arange(4000), np.arange(4000))
        greedy_cover(balls, np.arange(4000), counts, 3, np.arange(4000.0))
        extra = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert extra < 12e6
    assert counts.max() == (4000 if radius > 50 else counts.max())
