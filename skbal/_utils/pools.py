"""Rows of a pool, whatever holds them: memory, a file, dask, a torch Dataset.

If scikit-learn can index the pool, its rows keep their kind: rows of a frame are a
frame. From any other pool only the rows asked for are read, as NumPy arrays.

=============  =====================================================================
n_rows(X)      number of rows
take(X, rows)  some rows, in memory
cut(X, parts)  one chunk of rows after the other, in memory
subset(X,      some rows, in memory or, where a copy would be large, as a `RowsView`
rows)          that reads them later
whole(X)       all rows, as an object that scikit-learn can index
sliceable(X)   the pool itself, or an equal one whose rows can be read repeatedly
is_indexed(X)  whether scikit-learn can index it
reads_late(X)  whether its rows are read only when needed (file, dask, over 1 GB)
=============  =====================================================================
"""

import sys
from collections.abc import Mapping

import numpy as np
from scipy.sparse import issparse

from skbal._utils._sklearn import num_samples, safe_indexing
from skbal._utils.arrays import check_length_known, refuse_masked
from skbal._utils.chunks import MAX_MEMORY, rows_within
from skbal._utils.reading import read_items, read_slices
from skbal._utils.rows import RowsView

# Attributes of what scikit-learn can index: arrays and tensors, frames and tables.
_INDEXED = ("__dlpack__", "iloc", "__dataframe__", "__arrow_c_stream__")

# Bytes. The usual size of a block of a dask array.
_READ_AT_ONCE = 2 * MAX_MEMORY

_LARGE = 2**30  # bytes of an array that is not copied


def n_rows(X, what="X"):
    """Return how many rows a pool has.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        As `take` takes it.
    what : str, default="X"
        The argument and its owner, for messages, such as "X_pool given to BALD".

    Returns
    -------
    n_rows : int

    Raises
    ------
    TypeError
        If it has no length or cannot be indexed.
    ValueError
        If it is a dask array of unknown length, or an entry of it is masked.

    Examples
    --------
    >>> n_rows([[1, 2], [3, 4], [5, 6]])
    3
    """
    if isinstance(X, RowsView) or (type(X) is np.ndarray and X.ndim):
        return len(X)
    check_indexable(X, what)
    check_length_known(X, what)
    refuse_masked(X, what)
    try:
        return num_samples(X)
    except TypeError as error:  # an array without axes
        raise TypeError(f"{what} must be an array of rows: {error}") from error


def take(X, rows):
    """Return some rows of a pool, as an array that estimators take.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        Any of these: an object that scikit-learn can index; a dask array; an array in a
        file (h5py, zarr) or another object with a ``shape`` that takes slices; a
        map-style `torch.utils.data.Dataset` or another object that gives items by
        number. An item is the row x or a tuple (x, ...).
    rows : slice or ndarray of int
        The rows. Integers need not be sorted and may be repeated.

    Returns
    -------
    part : array-like of shape (n_taken, ...)
        The rows, in the kind of X if scikit-learn can index it, otherwise as an
        ndarray. A slice of an array or a memory map is not copied.

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
    if isinstance(X, np.ndarray):
        return X[rows]  # as safe_indexing does, which first looks for frames
    if is_indexed(X):
        return safe_indexing(X, rows)
    check_indexable(X)
    if isinstance(rows, slice):
        start, stop, step = rows.indices(n_rows(X))
        rows = np.arange(start, stop, step)
    read = read_slices if _has_shape(X) else read_items
    rows, places = np.unique(np.asarray(rows), return_inverse=True)
    part = read(X, rows)
    in_order = len(places) == len(rows) and (np.diff(places) > 0).all()
    return part if in_order else part[places]


def cut(X, indices):
    """Yield chunks of a pool, one after the other.

    A dask array computes a whole block even for a few of its rows. So several chunks
    are read at once, near 128 MB.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        As `take` takes it.
    indices : iterable of slice or of ndarray of int
        The rows of each chunk.

    Yields
    ------
    chunk : array-like of shape (n_taken, ...)
        As `take` returns it.
    """
    X = sliceable(X)
    if not hasattr(X.source if isinstance(X, RowsView) else X, "compute"):
        yield from (take(X, rows) for rows in indices)
        return
    most = rows_within(_bytes_per_row(X), max_memory=_READ_AT_ONCE, largest=2**20)
    for several in _read_together(indices, n_rows(X), most):
        read, start = take(X, np.concatenate(several)), 0
        for rows in several:
            yield read[start : start + len(rows)]
            start += len(rows)


def subset(X, rows):
    """Return some rows of a pool, which are read later where a copy would be large.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        As `take` takes it.
    rows : ndarray of int of shape (n_taken,)
        The rows.

    Returns
    -------
    part : array-like of shape (n_taken, ...)
        A `RowsView` if X is not in memory or an array over 1 GB, otherwise what `take`
        returns.
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
        True for data that are not in memory and for arrays over 1 GB.
    """
    if isinstance(X, (np.memmap, RowsView)) or not is_indexed(X):
        return True
    return isinstance(X, np.ndarray) and X.nbytes > _LARGE


def whole(X):
    """Return all rows of a pool, as an array that estimators take.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        As `take` takes it.

    Returns
    -------
    X : array-like of shape (n_samples, ...)
        X itself if scikit-learn can index it, otherwise an array in memory.
    """
    return X if is_indexed(X) else take(X, slice(0, n_rows(X)))


def sliceable(X):
    """Return a pool whose rows can be read repeatedly.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        As `take` takes it.

    Returns
    -------
    X : array-like of shape (n_samples, ...)
        A sparse matrix becomes CSR, a torch ``Subset`` a `RowsView`, and an object that
        can only be turned into an array becomes that array. Anything else is returned
        as it is.
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
        Any object.

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


def check_indexable(X, what="X"):
    """Raise a TypeError unless X gives rows by their number.

    Parameters
    ----------
    X : object
        Any object.
    what : str, default="X"
        The argument and its owner, for messages.
    """
    data = sys.modules.get("torch.utils.data")
    must, name = f"{what} must be indexable by row", type(X).__name__
    if data is not None and isinstance(X, data.IterableDataset):
        raise TypeError(
            f"{must}, but {name} is an IterableDataset, which can only be iterated. "
            "Use a map-style Dataset, with __getitem__."
        )
    if data is not None and isinstance(X, data.DataLoader):
        raise TypeError(f"{must}, which a DataLoader is not. Pass its dataset.")
    if hasattr(X, "to_dask_array"):
        raise TypeError(
            f"{must}, which a dask {name} is not. Pass its to_dask_array(lengths=True)."
        )
    if isinstance(X, (str, bytes)):
        raise TypeError(f"{what} must be an array of rows, got the string {X!r:.60}.")
    if isinstance(X, Mapping) and not hasattr(X, "shape"):
        raise TypeError(f"{what} must be an array of rows, got {name}.")
    is_class = isinstance(X, type)
    gives_rows = is_indexed(X) or hasattr(X, "__getitem__") or hasattr(X, "__array__")
    if is_class or not gives_rows:
        got = f"the class {X.__name__}" if is_class else name
        raise TypeError(
            f"{must}, got {got}, which has no __getitem__. Make it a list or an array "
            "first."
        )


def _bytes_per_row(X):
    return int(np.prod(X.shape[1:])) * np.dtype(X.dtype).itemsize


def _read_together(indices, n, most):
    """Yield lists of consecutive index arrays with up to ``most`` rows in all."""
    several, size = [], 0
    for rows in indices:
        if isinstance(rows, slice):
            rows = np.arange(*rows.indices(n))
        if several and size + len(rows) > most:
            yield several
            several, size = [], 0
        several.append(rows)
        size += len(rows)
    if several:
        yield several
