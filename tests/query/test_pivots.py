import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from skbal.query._pivots import Pivots
from skbal.query._similarities import Cosines

KINDS = ("apart", "alike", "copies", "zeros", "on a line")


def rows_of(kind, n_features, dtype, seed):
    """Return 60 rows, some of them hard: copies, zeros, or nearly parallel ones."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, n_features))
    if kind == "alike":
        X = 0.01 * X + rng.normal(size=n_features)
    if kind == "copies":
        X[30:] = X[:30] * rng.uniform(0.5, 2, size=(30, 1))
    if kind == "zeros":
        X[::7] = 0
    if kind == "on a line":
        X = rng.normal(size=(60, 1)) * rng.normal(size=n_features) + 1e-6 * X
    return X.astype(dtype)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    n_features=st.sampled_from([8, 20, 300]),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 10**6),
)
def test_every_cosine_lies_within_its_bounds(kind, n_features, dtype, seed):
    cosines = Cosines(rows_of(kind, n_features, dtype, seed))
    pivots, rows = Pivots(cosines), np.arange(60)
    for row in np.random.default_rng(seed).permutation(60):
        middle, distance = pivots.cosines(row, add=row % 2 == 0)
        expected = cosines(rows, np.array([row]))[:, 0]
        assert (np.abs(middle - expected) <= distance).all()
    for row in pivots.rows:
        middle, distance = pivots.cosines(row)
        assert (distance <= 1.01 * pivots.error).all()
        expected = cosines(rows, np.array([row]))[:, 0]
        assert_allclose(middle, expected, atol=pivots.error)


def test_as_many_rows_become_pivots_as_there_are_features_for():
    for n_features, most in ((8, 1), (31, 3), (128, 16), (400, 16)):
        pivots = Pivots(Cosines(rows_of("apart", n_features, np.float32, 0)))
        for row in range(40):
            pivots.cosines(row, add=True)
        assert len(pivots.rows) == most
    assert not Pivots.pay_for(Cosines(rows_of("apart", 7, np.float32, 0)))


@pytest.mark.parametrize("kind", ["copies", "zeros", "on a line"])
def test_a_row_that_adds_no_direction_does_not_become_a_pivot(kind):
    pivots = Pivots(Cosines(rows_of(kind, 64, np.float64, 0)))
    # The copy of a row, a row of zeros, another row of the line.
    before, row = {"copies": (3, 33), "zeros": (1, 7), "on a line": (0, 1)}[kind]
    pivots.cosines(before, add=True)
    pivots.cosines(row, add=True)
    assert pivots.rows == [before]


def test_bounds_of_rows_like_the_pivots_are_tight():
    X = rows_of("alike", 300, np.float32, 0)
    X[40:] = rows_of("apart", 300, np.float32, 1)[40:]
    pivots = Pivots(Cosines(X))
    for row in range(3):
        pivots.cosines(row, add=True)
    assert pivots.cosines(30)[1].max() < 0.02 < 0.9 < pivots.cosines(50)[1][40:].max()
