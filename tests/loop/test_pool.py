"""The pool keeps count of its rows, and shows those of a memmap without reading all."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.utils import check_array

from skbal._utils import pools
from skbal._utils._sklearn import safe_indexing
from skbal._utils.pools import take
from skbal._utils.rows import RowsView
from skbal.loop._pool import Pool
from tests._utils.pools import READ, make

X = np.arange(30, dtype=np.float32).reshape(10, 3)


def _dense(rows):
    return rows.toarray() if sp.issparse(rows) else np.asarray(rows)


@pytest.fixture
def memmap(tmp_path):
    np.save(tmp_path / "X.npy", X)
    return np.load(tmp_path / "X.npy", mmap_mode="r")


@pytest.mark.parametrize(
    "kind",
    [np.array, np.ndarray.tolist, pd.DataFrame, sp.csr_array, sp.coo_array],
    ids=["array", "list", "frame", "csr", "coo"],
)
def test_what_is_left_is_everything_but_what_was_taken(kind):
    pool = Pool(kind(X))
    pool.take(np.array([7, 0]))
    pool.take(np.array([3]))
    left = [1, 2, 4, 5, 6, 8, 9]
    assert len(pool) == 7
    assert pool.remaining.tolist() == left
    np.testing.assert_array_equal(_dense(pool.unlabelled()), X[left])
    np.testing.assert_array_equal(_dense(pool.rows(np.array([7, 1]))), X[[7, 1]])


def test_a_whole_pool_is_not_copied():
    assert Pool(X).unlabelled() is X


def test_a_memmap_is_shown_through_a_view(memmap):
    pool = Pool(memmap)
    assert pool.unlabelled() is memmap
    pool.take(np.array([4]))
    view = pool.unlabelled()
    assert isinstance(view, RowsView)
    assert type(pool.rows(np.array([4]))) is np.ndarray


@pytest.mark.parametrize("kind", READ)
def test_what_is_not_in_memory_is_always_shown_through_a_view(kind):
    pool = Pool(make(kind, X))
    for taken in ([], [4]):
        pool.take(np.array(taken, dtype=np.intp))
        view = pool.unlabelled()
        assert isinstance(view, RowsView)
        assert view.shape == (10 - len(taken), 3)
        assert (view.dtype, view.nbytes) == (np.float32, len(view) * 12)
        np.testing.assert_array_equal(view, np.delete(X, taken, axis=0))
        np.testing.assert_array_equal(view[1:3, 0], X[1:3, 0])
    np.testing.assert_array_equal(pool.rows(np.array([4, 0])), X[[4, 0]])


def test_a_large_array_is_shown_through_a_view(monkeypatch):
    monkeypatch.setattr(pools, "_LARGE", X.nbytes - 1)
    pool = Pool(X)
    assert pool.unlabelled() is X
    pool.take(np.array([4]))
    view = pool.unlabelled()
    assert isinstance(view, RowsView)
    np.testing.assert_array_equal(view, np.delete(X, 4, axis=0))


@pytest.fixture
def rows():
    return np.array([1, 2, 5, 8, 9])


@pytest.mark.parametrize(
    "key",
    [
        2,
        -1,
        slice(1, 3),
        slice(None, None, 2),
        [0, 3],
        np.array([4, 4, 0]),
        np.array([True, False, True, False, False]),
        (slice(1, 3), ...),
        (slice(0, 2), 1),
        (2, 1),
        ([0, 3], slice(1, None)),
        ...,
        (..., 0),
    ],
    ids=str,
)
def test_a_view_indexes_as_the_array_of_its_rows_does(memmap, rows, key):
    part = RowsView(memmap, rows, take)[key]
    assert not isinstance(part, np.memmap)
    np.testing.assert_array_equal(part, X[rows][key])


def test_a_view_is_an_array_to_whoever_needs_one(memmap, rows):
    view = RowsView(memmap, rows, take)
    assert (view.shape, view.ndim, len(view)) == ((5, 3), 2, 5)
    assert view.dtype == np.float32
    assert view.nbytes == X[rows].nbytes
    np.testing.assert_array_equal(np.asarray(view), X[rows])
    np.testing.assert_array_equal(check_array(view, dtype=np.float64), X[rows])
    np.testing.assert_array_equal(safe_indexing(view, [3, 0]), X[rows[[3, 0]]])
    with pytest.raises(ValueError, match="without a copy"):
        np.array(view, copy=False)
