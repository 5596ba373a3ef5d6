"""Some rows of a pool that are read only when they are needed."""

import numpy as np


class RowsView:
    """Some rows of a pool, read only when they are indexed.

    A slice holds only its own rows in memory. ``np.asarray`` copies all rows.

    Parameters
    ----------
    source : array-like of shape (n_samples, ...)
        The pool.
    rows : ndarray of shape (n_rows,), dtype=intp
        Rows of the pool that the view shows.
    take : callable
        ``take(source, rows)`` reads rows: `skbal._utils.pools.take`.
    """

    def __init__(self, source, rows, take):
        self.source = source
        self.rows = rows
        self._take = take

    @property
    def shape(self):
        """Number of rows, then the shape of a row."""
        return (len(self.rows), *self._pattern.shape[1:])

    @property
    def dtype(self):
        """Data type of the rows."""
        return self._pattern.dtype

    @property
    def ndim(self):
        """Number of axes: one more than a row has."""
        return len(self.shape)

    @property
    def nbytes(self):
        """Bytes that the rows would take in memory."""
        return int(np.prod(self.shape)) * np.dtype(self.dtype).itemsize

    @property
    def _pattern(self):
        # A Dataset has no shape or dtype, so one row is read.
        if hasattr(self.source, "shape") and hasattr(self.source, "dtype"):
            return self.source
        return self._take(self.source, np.zeros(1, dtype=np.intp))

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, key):
        first, rest = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        if first is Ellipsis or first is None:
            return np.asarray(self)[key]
        rows = self.rows[first]
        part = np.asarray(self._take(self.source, np.ravel(rows)))
        part = part.reshape(*np.shape(rows), *part.shape[1:])
        return part[(slice(None),) * np.ndim(rows) + rest]

    def __array__(self, dtype=None, copy=None):
        if copy is False:
            raise ValueError("Rows of a pool cannot become an array without a copy.")
        return np.asarray(self._take(self.source, self.rows), dtype=dtype)
