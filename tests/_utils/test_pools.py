import sys
import tracemalloc

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal

from skbal._utils import pools
from skbal._utils.pools import cut, n_rows, sliceable, subset, take, whole
from skbal._utils.rows import RowsView
from tests._utils.pools import INDEXED, KINDS, READ, InFile, Items, make

X = np.arange(60, dtype=np.float32).reshape(20, 3)
ROWS = [
    slice(0, 20),
    slice(2, 5),
    slice(18, 99),
    slice(None, None, 3),
    np.array([3, 4, 5]),
    np.array([0, 7, 19]),
    np.array([9, 2, 2, 15, 9]),
    np.array([6]),
]


def dense(rows):
    return rows.toarray() if sp.issparse(rows) else np.asarray(rows)


@pytest.mark.parametrize("rows", ROWS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_any_kind_of_pool_are_those_of_the_array(kind, rows):
    pool = make(kind, X)
    part = take(pool, rows)
    assert n_rows(pool) == 20
    assert_array_equal(dense(part), X[rows])
    if kind in READ:
        assert type(part) is np.ndarray
        assert part.dtype == np.float32


@pytest.mark.parametrize("kind", KINDS)
def test_no_rows_have_the_shape_of_rows(kind):
    for nothing in (slice(4, 4), np.array([], dtype=np.intp)):
        part = take(make(kind, X), nothing)
        assert dense(part).shape == ((0,) if kind == "list" else (0, 3))


@pytest.mark.parametrize("kind", INDEXED)
def test_what_scikit_learn_indexes_stays_what_it_is(kind):
    pool = make(kind, X)
    for part in (take(pool, slice(0, 4)), take(pool, np.array([3, 1])), whole(pool)):
        assert type(part) is type(pool)


@pytest.mark.parametrize("kind", KINDS)
def test_pieces_are_the_rows_of_each_slice(kind):
    slices = [slice(0, 2), slice(2, 9), slice(9, 10), slice(10, 20)]
    pieces = list(cut(make(kind, X), slices))
    assert len(pieces) == 4
    for rows, piece in zip(slices, pieces):
        assert_array_equal(dense(piece), X[rows])


@pytest.mark.parametrize("kind", READ)
def test_the_whole_of_what_is_read_is_an_array(kind):
    assert_array_equal(whole(make(kind, X)), X)


@pytest.mark.parametrize("kind", KINDS)
def test_a_subset_is_these_rows_and_reads_late_where_nothing_is_in_memory(kind):
    rows = np.array([1, 5, 12, 19])
    part = subset(make(kind, X), rows)
    assert isinstance(part, RowsView) == (kind in READ)
    assert_array_equal(dense(take(part, slice(1, 3))), X[[5, 12]])
    assert_array_equal(dense(take(part, np.array([3, 0]))), X[[19, 1]])


def test_a_subset_of_a_subset_reads_the_pool_itself():
    outer = subset(subset(Items(X), np.array([2, 4, 6, 8])), np.array([0, 3]))
    assert isinstance(outer.source, Items)
    assert_array_equal(outer, X[[2, 8]])


def test_slices_of_arrays_and_memory_maps_are_no_copies(tmp_path):
    np.save(tmp_path / "X.npy", X)
    for pool in (X, np.load(tmp_path / "X.npy", mmap_mode="r")):
        assert np.shares_memory(take(pool, slice(3, 9)), pool)
        assert all(np.shares_memory(piece, pool) for piece in cut(pool, [slice(0, 9)]))


def test_a_subset_of_a_memory_map_or_of_a_large_array_reads_late(tmp_path, monkeypatch):
    np.save(tmp_path / "X.npy", X)
    rows = np.array([4, 7])
    memmap = np.load(tmp_path / "X.npy", mmap_mode="r")
    assert isinstance(subset(memmap, rows), RowsView)
    assert isinstance(subset(X, rows), np.ndarray)
    monkeypatch.setattr(pools, "_LARGE", X.nbytes - 1)
    assert isinstance(subset(X, rows), RowsView)


def test_rows_of_a_file_are_read_once_and_alone():
    pool = InFile(X)
    take(pool, np.array([9, 2, 2, 15]))
    list(cut(pool, [slice(0, 6), slice(6, 7)]))
    assert pool.read == [3, 6, 1]


def test_what_takes_no_integers_is_read_in_runs():
    pool = make("only slices", X)
    take(pool, np.array([1, 2, 3, 7, 9, 10]))
    assert pool.read == [3, 1, 2]


def test_an_error_of_the_file_itself_comes_through():
    class Broken(InFile):
        def __getitem__(self, key):
            raise TypeError("the file is closed")

    for rows in (slice(0, 3), np.array([1, 5])):
        with pytest.raises(TypeError, match="the file is closed"):
            take(Broken(X), rows)


def test_sparse_pools_are_converted_once(monkeypatch):
    calls = []
    tocsr = sp.coo_matrix.tocsr
    monkeypatch.setattr(
        sp.coo_matrix, "tocsr", lambda self: calls.append(1) or tocsr(self)
    )
    assert len(list(cut(sp.coo_matrix(X), [slice(i, i + 1) for i in range(20)]))) == 20
    assert len(calls) == 1


def test_images_keep_their_shape():
    images = np.arange(48.0).reshape(4, 1, 3, 4)
    for kind in READ:
        for rows in (slice(1, 3), np.array([3, 0])):
            assert_array_equal(take(make(kind, images), rows), images[rows])


def test_texts_are_rows_too():
    assert take(["cat", "dog", "cow"], np.array([2, 0])) == ["cow", "cat"]
    assert_array_equal(
        take(pd.Series(["cat", "dog"], index=[7, 8]), np.array([1])), ["dog"]
    )


@pytest.fixture
def computed():
    """Return a dask array of blocks of 10 rows, and the blocks that were computed."""
    da = pytest.importorskip("dask.array")
    blocks = []

    def block(block_info=None):
        start, stop = block_info[None]["array-location"][0]
        blocks.append(start // 10)
        return np.arange(start, stop, dtype=float)[:, np.newaxis] * [1, 10]

    array = da.map_blocks(block, chunks=((10,) * 10, (2,)), dtype=float, meta=X)
    blocks.clear()
    return array, blocks


def test_dask_computes_only_the_blocks_asked_for(computed):
    array, blocks = computed
    assert_array_equal(take(array, slice(12, 15)), [[12, 120], [13, 130], [14, 140]])
    assert set(blocks) == {1}
    blocks.clear()
    assert_array_equal(take(array, np.array([95, 3])), [[95, 950], [3, 30]])
    assert set(blocks) == {0, 9}


def test_dask_computes_each_block_once_for_all_its_pieces(computed):
    array, blocks = computed
    slices = [slice(i, i + 3) for i in range(0, 100, 3)]
    pieces = list(cut(array, slices))
    assert_array_equal(np.concatenate(pieces)[:, 0], np.arange(100))
    assert sorted(blocks) == list(range(10))
    blocks.clear()
    rows = np.arange(0, 100, 2)
    pieces = list(cut(subset(array, rows), [slice(0, 7), slice(7, 50)]))
    assert_array_equal(np.concatenate(pieces)[:, 0], rows)
    assert sorted(blocks) == list(range(10))


def test_dask_is_read_no_further_ahead_than_memory_allows(computed, monkeypatch):
    array, blocks = computed
    monkeypatch.setattr(pools, "_READ_AT_ONCE", 20 * 2 * 8)
    pieces = cut(array, [slice(i, i + 5) for i in range(0, 100, 5)])
    assert_array_equal(next(pieces)[:, 0], np.arange(5))
    assert sorted(blocks) == [0, 1]
    assert_array_equal(np.concatenate(list(pieces))[:, 0], np.arange(5, 100))
    assert sorted(blocks) == list(range(10))


def test_a_dask_array_of_unknown_length_is_told_what_to_do():
    da = pytest.importorskip("dask.array")
    array = da.from_array(X, chunks=(5, 3))
    array = array[array[:, 0] > 20]
    with pytest.raises(ValueError, match=r"Call its compute_chunk_sizes\(\)"):
        n_rows(array)
    with pytest.raises(ValueError, match="compute_chunk_sizes"):
        take(array, slice(0, 2))
    array.compute_chunk_sizes()
    assert_array_equal(take(array, slice(0, 2)), X[X[:, 0] > 20][:2])


def test_a_frame_of_dask_is_told_what_to_do():
    class DataFrame:
        iloc = __getitem__ = None

        def to_dask_array(self, lengths):
            return X

    with pytest.raises(TypeError, match=r"Pass its to_dask_array\(lengths=True\)"):
        n_rows(DataFrame())


def test_what_can_only_be_gone_through_is_refused():
    import torch

    class Stream(torch.utils.data.IterableDataset):
        def __iter__(self):
            return iter(X)

    for ask in (n_rows, lambda pool: take(pool, slice(0, 2))):
        with pytest.raises(
            TypeError, match=r"IterableDataset.*Use a map-style Dataset"
        ):
            ask(Stream())
        with pytest.raises(TypeError, match=r"got generator.*Make it a list"):
            ask(row for row in X)
        with pytest.raises(TypeError, match="got dict"):
            ask({0: X})
        with pytest.raises(TypeError, match=r"a DataLoader is not\. Pass its dataset"):
            ask(torch.utils.data.DataLoader(X))


def test_items_that_hold_no_row_are_refused():
    class Dicts(Items):
        def __getitem__(self, row):
            return {"x": X[row]}

    with pytest.raises(TypeError, match=r"the row x or a tuple .* are dict"):
        take(Dicts(X), slice(0, 2))


def test_memory_does_not_grow_with_the_pool(tmp_path):
    rows = np.lib.format.open_memmap(
        tmp_path / "X.npy", "w+", np.float32, (200_000, 50)
    )
    view = subset(rows, np.arange(1, 200_000))
    slices = [slice(i, i + 1000) for i in range(0, 199_999, 1000)]
    tracemalloc.start()
    try:
        for piece in cut(view, slices):
            assert len(piece) <= 1000
        extra = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert extra < 1e6


def test_only_what_cannot_be_sliced_is_changed():
    assert sliceable(X) is X
    assert sliceable(sp.coo_matrix(X)).format == "csr"
    subset_of_torch = make("Subset", X)
    assert_array_equal(np.asarray(sliceable(subset_of_torch)), X)


def test_torch_is_not_needed_to_tell_kinds_apart(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch.utils.data", raising=False)
    assert_array_equal(take(Items(X), slice(0, 3)), X[:3])


@pytest.mark.parametrize(
    "X",
    [
        None,
        5,
        "hello",
        b"abc",
        {"a": 1},
        {1, 2},
        (row for row in [1, 2]),
        len,
        dict,
        np.array(3.0),
        np.ma.masked_array([[1.0], [2.0]], [[True], [False]]),
    ],
    ids=lambda X: type(X).__name__,
)
def test_what_gives_no_rows_is_named(X):
    with pytest.raises((TypeError, ValueError), match=r"^X_pool given to BALD "):
        n_rows(X, "X_pool given to BALD")
