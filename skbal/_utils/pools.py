"""Rows of a pool, whatever holds them: memory, a file, dask, a torch Dataset.

What scikit-learn can index stays what it is. Of anything else, only the rows asked for
are read, and they come as NumPy arrays.
"""

import sys
from collections.abc import Mapping

import numpy as np
from scipy.sparse import issparse

from skbal._utils._sklearn import num_samples, safe_indexing
from skbal._utils.chunks import MAX_MEMORY, rows_within
from skbal._utils.reading import read_items, read_slices
from skbal._utils.rows import RowsView

# What scikit-learn indexes in its own kind: arrays and tensors, frames and tables.
_INDEXED = ("__dlpack__", "iloc", "__dataframe__", "__arrow_c_stream__")

# The usual size of a block of a dask array.
_READ_AT_ONCE = 2 * MAX_MEMORY

_LARGE = 2**30  # bytes of an array that nobody wants in memory twice


def n_rows(X):
    """Return how many rows a pool has.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        As `take` takes it.

    Returns
    -------
    n_rows : int

    Raises
    ------
    TypeError
        If it has no length or cannot be indexed.
    ValueError
        If it is a dask array that does not know its length.

    Examples
    --------
    >>> n_rows([[1, 2], [3, 4], [5, 6]])
    3
    """
    if isinstance(X, RowsView):
        return len(X)
    _check_indexable(X)
    shape = getattr(X, "shape", None)
    if isinstance(shape, tuple) and shape and shape[0] != shape[0]:
        raise ValueError(
            f"The number of rows of this {type(X).__name__} is not known: its length "
            "is nan. Call its compute_chunk_sizes() before giving it here."
        )
    return num_samples(X)


def take(X, rows):
    """Return some rows of a pool, as something that estimators take.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        Whatever scikit-learn indexes; a dask array; an array in a file, as h5py and
        zarr have it, or anything else with a ``shape`` that takes slices; a map-style
        `torch.utils.data.Dataset`, or anything else that gives items by number, each
        the row x itself or a tuple (x, ...).
    rows : slice or ndarray of int
        Which ones. Integers need not be sorted, and may come more than once.

    Returns
    -------
    part : array-like of shape (n_taken, ...)
        In its own kind if scikit-learn can index X, otherwise an ndarray. A slice of an
        array or a memory map is no copy.

    Raises
    ------
    TypeError
        If X cannot be indexed by rows.

    Examples
    --------
    >>> take(np.array([[1, 2], [3, 4], [5, 6]]), np.array([2, 0]))
    array([[5, 6],
           [1, 2]])
    """
    X = sliceable(X)
    if isinstance(X, RowsView):
        return take(X.source, X.rows[rows])
    if is_indexed(X):
        return safe_indexing(X, rows)
    _check_indexable(X)
    if isinstance(rows, slice):
        start, stop, step = rows.indices(n_rows(X))
        rows = np.arange(start, stop, step)
    read = read_slices if _has_shape(X) else read_items
    rows, places = np.unique(np.asarray(rows), return_inverse=True)
    part = read(X, rows)
    in_order = len(places) == len(rows) and (np.diff(places) > 0).all()
    return part if in_order else part[places]


def cut(X, indices):
    """Give the pieces of a pool, one after the other.

    A dask array computes a whole block for each part of it that is asked for, so its
    pieces are read many at a time, some 128 MB.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        As `take` takes it.
    indices : iterable of slice or of ndarray of int
        Which rows a piece holds.

    Yields
    ------
    piece : array-like of shape (n_taken, ...)
        As `take` returns it.
    """
    X = sliceable(X)
    if not hasattr(X.source if isinstance(X, RowsView) else X, "compute"):
        yield from (take(X, rows) for rows in indices)
        return
    most = rows_within(_bytes_a_row(X), max_memory=_READ_AT_ONCE, largest=2**20)
    for group in _groups(indices, n_rows(X), most):
        block, start = take(X, np.concatenate(group)), 0
        for rows in group:
            yield block[start : start + len(rows)]
            start += len(rows)


def subset(X, rows):
    """Return some rows of a pool, read late where a copy would be large.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        As `take` takes it.
    rows : ndarray of int of shape (n_taken,)
        Which ones.

    Returns
    -------
    part : array-like of shape (n_taken, ...)
        A `RowsView` of what is not in memory, and of an array over 1 GB; otherwise
        what `take` returns.
    """
    if isinstance(X, RowsView):
        return RowsView(X.source, X.rows[rows], take)
    return RowsView(X, rows, take) if reads_late(X) else take(X, rows)


def reads_late(X):
    """Return whether rows of a pool should be read only when they are needed.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        As `take` takes it.

    Returns
    -------
    late : bool
        True for what is not in memory, and for an array over 1 GB.
    """
    if isinstance(X, (np.memmap, RowsView)) or not is_indexed(X):
        return True
    return isinstance(X, np.ndarray) and X.nbytes > _LARGE


def whole(X):
    """Return a pool as something that estimators take.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        As `take` takes it.

    Returns
    -------
    X : array-like of shape (n_samples, ...)
        Itself if scikit-learn can index it, otherwise all of it in memory.
    """
    return X if is_indexed(X) else take(X, slice(0, n_rows(X)))


def sliceable(X):
    """Return a pool whose rows can be taken again and again.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        As `take` takes it.

    Returns
    -------
    X : array-like of shape (n_samples, ...)
        A sparse matrix in CSR format; a torch ``Subset`` as a `RowsView`; what only
        turns into an array, as that array; anything else is returned as it is.
    """
    if issparse(X):
        return X.tocsr()
    data = sys.modules.get("torch.utils.data")
    if data is not None and type(X) is data.Subset:
        return RowsView(X.dataset, np.asarray(X.indices), take)
    if not hasattr(X, "__getitem__") and hasattr(X, "__array__"):
        return np.asarray(X)
    return X


def is_indexed(X):
    """Return whether scikit-learn can index the rows of X.

    Parameters
    ----------
    X : object
        Maybe a pool.

    Returns
    -------
    indexed : bool
        True for arrays and tensors, memory maps, lists, frames and sparse matrices.
    """
    if isinstance(X, (list, tuple, range, str)) or issparse(X):
        return True
    return any(hasattr(X, name) for name in _INDEXED)


def _has_shape(X):
    return not is_indexed(X) and getattr(X, "shape", None) is not None


def _check_indexable(X):
    data = sys.modules.get("torch.utils.data")
    name = type(X).__name__
    if data is not None and isinstance(X, data.IterableDataset):
        raise TypeError(
            f"A pool must give rows by their number, but {name} is an IterableDataset, "
            "which can only be gone through. Use a map-style Dataset, with __getitem__."
        )
    if data is not None and isinstance(X, data.DataLoader):
        raise TypeError(
            "A pool must give rows by their number, which a DataLoader cannot. Give "
            "its dataset."
        )
    if hasattr(X, "to_dask_array"):
        raise TypeError(
            f"A pool must give rows by their number, which a dask {name} cannot. Give "
            "its to_dask_array(lengths=True)."
        )
    if isinstance(X, Mapping) and not hasattr(X, "shape"):
        raise TypeError(f"A pool must be an array of rows, got {name}.")
    if not (is_indexed(X) or hasattr(X, "__getitem__") or hasattr(X, "__array__")):
        raise TypeError(
            f"A pool must give rows by their number, got {name}, which has no "
            "__getitem__. Make it a list or an array first."
        )


def _bytes_a_row(X):
    return int(np.prod(X.shape[1:])) * np.dtype(X.dtype).itemsize


def _groups(indices, n, most):
    """Give lists of consecutive index arrays, each list of up to ``most`` rows."""
    group, size = [], 0
    for rows in indices:
        if isinstance(rows, slice):
            rows = np.arange(*rows.indices(n))
        if group and size + len(rows) > most:
            yield group
            group, size = [], 0
        group.append(rows)
        size += len(rows)
    if group:
        yield group
