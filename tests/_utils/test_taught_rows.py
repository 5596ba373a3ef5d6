"""Rows of a pool that were taught before are counted, where that is cheap."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from skbal._utils import taught_rows
from skbal._utils.taught_rows import n_taught_before

X = np.random.default_rng(0).integers(0, 3, size=(400, 4)).astype(float)
X[7] = np.nan, 0, 1, 2
NOT_TAUGHT = X + 0.5
IMAGES = X.reshape(400, 1, 2, 2)


def by_comparing(known, pool):
    pairs = (np.array_equal(a, b, equal_nan=True) for a in pool for b in known)
    found = np.array(list(pairs)).reshape(len(pool), len(known))
    return int(found.any(axis=1).sum())


@pytest.mark.parametrize(
    "kind",
    [
        np.asarray,
        np.float32,
        lambda rows: rows.reshape(-1, 2, 2),
        lambda rows: rows.T.copy().T,
        lambda rows: list(map(str, rows)),
        pd.DataFrame,
        np.ndarray.tolist,
    ],
)
def test_they_are_the_rows_that_equal_one_of_those(kind):
    known = np.concatenate([X[:9], NOT_TAUGHT[:3]])
    n_equal = by_comparing(known, X)
    assert 9 < n_equal < 400  # some rows repeat another one
    assert n_taught_before(kind(known), kind(X)) == n_equal
    assert n_taught_before(kind(NOT_TAUGHT), kind(X)) == 0
    assert n_taught_before(kind(known), kind(X), np.arange(3)) == 3


def test_sparse_rows_and_rows_of_other_shapes_are_compared():
    rows = np.nan_to_num(X)
    assert n_taught_before(sp.csr_array(rows[:1]), sp.csr_array(rows)) == by_comparing(
        rows[:1], rows
    )
    assert n_taught_before(X[:, :2], X) == 0
    assert n_taught_before(np.arange(3), np.arange(9)) == 3
    assert n_taught_before(IMAGES[:1], IMAGES) == by_comparing(IMAGES[:1], IMAGES)
    assert n_taught_before(X[:2, :0], X[:, :0]) == 400


def test_a_pool_that_is_not_in_memory_is_not_read(tmp_path):
    class InFile:
        shape, dtype = (400, 4), np.dtype("f8")

        def __getitem__(self, rows):
            raise AssertionError("it was read")

    assert n_taught_before(X[:5], InFile()) == 0
    np.save(tmp_path / "pool.npy", X)
    assert n_taught_before(X[:5], np.load(tmp_path / "pool.npy", mmap_mode="r")) == 0


def test_rows_whose_comparison_would_take_long_are_left_out(monkeypatch):
    many = np.arange(4000.0).reshape(-1, 1)
    monkeypatch.setattr(taught_rows, "_MOST", 100)
    # Among a million different rows, a hundred are found by their values.
    assert n_taught_before(many[:100], many) == 100
    assert n_taught_before(many[:101], many) == 0
    assert n_taught_before(pd.DataFrame(many[:1]), pd.DataFrame(many)) == 0
