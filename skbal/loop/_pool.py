"""The pool of a loop: which rows are left, and how to hand them on."""

import numpy as np
from sklearn.utils import _safe_indexing, indexable
from sklearn.utils.validation import _num_samples


class Pool:
    """Rows that were not asked about yet; the caller's array stays whole.

    Parameters
    ----------
    X : array-like of shape (n_pool, ...)
        All rows.
    """

    def __init__(self, X):
        (self.X,) = indexable(X)  # sparse matrices become sliceable ones
        self.remaining = np.arange(_num_samples(X))

    def __len__(self):
        return len(self.remaining)

    def unlabelled(self):
        """Return the remaining rows: a copy, or of a memmap a view that reads late."""
        if len(self.remaining) == _num_samples(self.X):
            return self.X
        if isinstance(self.X, np.memmap):
            return RowsView(self.X, self.remaining)
        return _safe_indexing(self.X, self.remaining)

    def rows(self, indices):
        """Return the rows with these indices, also those that were taken before."""
        rows = _safe_indexing(self.X, indices)
        return np.asarray(rows) if isinstance(rows, np.memmap) else rows

    def take(self, indices):
        """Remove rows from what remains."""
        self.remaining = np.setdiff1d(self.remaining, indices, assume_unique=True)


class RowsView:
    """Some rows of an array on disk, read only when they are indexed.

    What goes through a pool in slices never holds more than a slice; what asks for
    all of it at once (``np.asarray``) gets a copy in memory.

    Parameters
    ----------
    X : ndarray of shape (n_samples, ...)
        The array, usually a memmap.
    rows : ndarray of shape (n_rows,), dtype=intp
        Its rows that the view shows.
    """

    def __init__(self, X, rows):
        self._X = X
        self._rows = rows

    @property
    def shape(self):
        """Rows shown, then the shape of one."""
        return (len(self._rows), *self._X.shape[1:])

    @property
    def dtype(self):
        """Of the array."""
        return self._X.dtype

    @property
    def ndim(self):
        """Of the array."""
        return self._X.ndim

    @property
    def nbytes(self):
        """Of the rows shown, were they in memory."""
        return int(np.prod(self.shape)) * self.dtype.itemsize

    def __len__(self):
        return len(self._rows)

    def __getitem__(self, key):
        first, rest = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        if first is Ellipsis or first is None:
            return np.asarray(self)[key]
        rows = np.asarray(self._X[self._rows[first]])
        return rows[(slice(None),) * np.ndim(self._rows[first]) + rest]

    def __array__(self, dtype=None, copy=None):
        if copy is False:
            raise ValueError("Rows on disk cannot become an array without a copy.")
        return np.asarray(self._X[self._rows], dtype=dtype)
