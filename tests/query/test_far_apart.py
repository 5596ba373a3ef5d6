"""The cores of k-center and of k-means++, against plain loops over all distances."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from scipy.stats import chisquare

from skbal.query._far_apart import Points, far_apart


def rows_of(n_rows, n_features, seed=0, dtype=np.float32):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n_rows, n_features)).astype(dtype)


def clusters(n_rows, seed=0):
    """Return rows of very uneven density, far from the origin, in float32."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 10, (5, 4))
    spread = rng.choice([1e-3, 1e-2, 1.0], 5)
    which = rng.integers(5, size=n_rows)
    noise = rng.normal(size=(n_rows, 4)) * spread[which, np.newaxis]
    return (100 + centres[which] + noise).astype(np.float32)


def plain(X, n_picks, seed, *, start=None, sampled=False):
    """Choose by distances in float64, all computed anew from differences each time."""
    X = X.astype(np.float64)
    rng = np.random.default_rng(seed)
    priority = rng.random(len(X))
    rows = []
    for _ in range(n_picks):
        to_chosen = [((X - X[row]) ** 2).sum(axis=1) for row in rows]
        if start is not None:
            to_chosen.append(start)
        distances = np.min(to_chosen or [(X**2).sum(axis=1)], axis=0)
        if sampled and to_chosen:
            distances = distances / rng.standard_exponential(len(X))
        distances[rows] = -np.inf
        ties = distances >= distances.max() * (1 - 1e-12)
        rows.append(int(np.where(ties, priority, np.inf).argmin()))
    return rows


@pytest.mark.parametrize("sampled", [False, True])
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "X",
    [
        rows_of(2000, 16),
        rows_of(2000, 16, dtype=np.float64),
        rows_of(500, 2),
        clusters(1000),
        rows_of(300, 3) * np.float32(1e-20),  # squares vanish in float32
        rows_of(300, 3) * np.float32(1e25),  # squares overflow in float32
    ],
    ids=["float32", "float64", "plane", "clusters", "tiny", "huge"],
)
def test_the_rows_are_those_of_the_plain_algorithm(X, seed, sampled):
    X = X - X.mean(axis=0)
    found = far_apart(Points(X), 40, np.random.default_rng(seed), sampled=sampled)
    assert_array_equal(found, plain(X, 40, seed, sampled=sampled))


@settings(max_examples=30)
@given(data=st.data())
def test_also_where_many_rows_are_equal_or_equally_far(data):
    n_rows = data.draw(st.integers(1, 40))
    width = data.draw(st.integers(1, 3))
    seed = data.draw(st.integers(0, 1000))
    # Whole numbers: sums of squares are exact, and so are ties.
    X = np.random.default_rng(seed).integers(-2, 3, (n_rows, width)).astype(np.float32)
    n_picks = data.draw(st.integers(1, n_rows))
    found = far_apart(Points(X), n_picks, np.random.default_rng(seed))
    assert_array_equal(found, plain(X, n_picks, seed))
    assert len(set(found.tolist())) == n_picks


def test_rounding_does_not_hide_fine_structure():
    # Beside one far row, all others look alike in float32.
    X = np.concatenate([[[1e4, 0.0]], rows_of(200, 2)]).astype(np.float32)
    found = far_apart(Points(X), 30, np.random.default_rng(0))
    assert_array_equal(found, plain(X, 30, 0))


def test_distances_given_at_the_start_count():
    X, labelled = rows_of(400, 5), rows_of(7, 5, seed=1)
    start = ((X[:, np.newaxis] - labelled.astype(float)) ** 2).sum(axis=2).min(axis=1)
    found = far_apart(Points(X), 20, np.random.default_rng(0), start=start)
    assert_array_equal(found, plain(X, 20, 0, start=start))
    assert found[0] == start.argmax()


def test_two_factors_are_their_outer_products():
    A, B = rows_of(300, 3, dtype=np.float64), rows_of(300, 4, seed=1, dtype=np.float64)
    outer = (A[:, :, np.newaxis] * B[:, np.newaxis]).reshape(300, -1)
    both, one = Points(A, B), Points(outer)
    assert_allclose(both.squared_norms, one.squared_norms)
    rows, others = np.arange(300), np.array([7, 3, 7])
    distances = [points.squared_distances(rows, others) for points in (both, one)]
    assert_allclose(*distances, atol=1e-12)
    for sampled in (False, True):
        rngs = [np.random.default_rng(3) for _ in range(2)]
        assert_array_equal(
            far_apart(both, 50, rngs[0], sampled=sampled),
            far_apart(one, 50, rngs[1], sampled=sampled),
        )


def test_sparse_rows_are_the_same_rows():
    X = rows_of(300, 8, dtype=np.float64) * (rows_of(300, 8, seed=1) > 0.5)
    rngs = [np.random.default_rng(3) for _ in range(2)]
    assert_array_equal(
        far_apart(Points(sp.csr_matrix(X)), 50, rngs[0]),
        far_apart(Points(X), 50, rngs[1]),
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("width", [2, 100, 3000])
@pytest.mark.parametrize("shift", [0, 3])
def test_distances_are_those_of_differences_within_the_rounding_stated(
    width, shift, dtype
):
    X = rows_of(200, width, dtype=dtype) + dtype(shift)
    points = Points(X)
    true = cdist(X.astype(np.longdouble), X[3:5].astype(np.longdouble)) ** 2
    found = points.squared_distances(np.arange(200), np.array([3, 4]))
    assert np.abs(found - true).max() <= points.rounding
    assert points.rounding <= 1e-12 * true.max() * (1 + shift**2)


@pytest.mark.slow
def test_a_row_is_drawn_with_a_chance_proportional_to_its_squared_distance():
    X = np.array([[3.0], [0.0], [2.0], [2.5], [1.0]])
    # The first is row 0. Then squared distances to it: 9, 1, 1/4, 4.
    expected = np.array([9, 1, 0.25, 4]) / 14.25
    seconds = [
        far_apart(Points(X), 2, np.random.default_rng(seed), sampled=True)[1]
        for seed in range(4000)
    ]
    counts = np.bincount(seconds, minlength=5)
    assert counts[0] == 0
    assert chisquare(counts[1:], 4000 * expected).pvalue > 1e-3


@pytest.mark.slow
def test_pairs_are_drawn_as_in_the_definition_of_k_means_plus_plus():
    X = np.array([[3.0], [0.0], [2.0], [2.5], [1.0]])
    chances = {}
    for second in range(1, 5):
        first_step = (X[:, 0] - 3) ** 2
        nearest = np.minimum(first_step, (X[:, 0] - X[second, 0]) ** 2)
        for third in set(range(1, 5)) - {second}:
            chance = first_step[second] / first_step.sum()
            chances[second, third] = chance * nearest[third] / nearest.sum()
    found = [
        tuple(far_apart(Points(X), 3, np.random.default_rng(seed), sampled=True)[1:])
        for seed in range(4000)
    ]
    counts = [found.count(pair) for pair in chances]
    assert chisquare(counts, 4000 * np.array(list(chances.values()))).pvalue > 1e-3


@pytest.mark.parametrize("sampled", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_rows_come_only_when_nothing_else_is_left(dtype, sampled):
    different = rows_of(10, 6, dtype=dtype) + dtype(5)
    X = np.repeat(different, 4, axis=0)
    for seed in range(10):
        rng = np.random.default_rng(seed)
        found = far_apart(Points(X), 40, rng, sampled=sampled)
        assert set((found[:10] // 4).tolist()) == set(range(10))
        assert set(found.tolist()) == set(range(40))


@pytest.mark.slow
@pytest.mark.parametrize("sampled", [False, True])
def test_among_rows_that_are_all_equal_each_is_as_likely(sampled):
    X = np.full((5, 2), 0.7, dtype=np.float32)
    second = [
        far_apart(Points(X), 2, np.random.default_rng(seed), sampled=sampled)[1]
        for seed in range(1000)
    ]
    assert chisquare(np.bincount(second, minlength=5)).pvalue > 1e-3


def test_rows_of_zeros_are_rows():
    found = far_apart(Points(np.zeros((4, 3))), 4, np.random.default_rng(0))
    assert set(found.tolist()) == {0, 1, 2, 3}
