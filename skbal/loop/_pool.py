"""The pool of a loop: which rows are left, and how to read them."""

import numpy as np

from skbal._utils.pools import is_indexed, n_rows, sliceable, subset, take


class Pool:
    """Rows that were not asked about yet. The caller's array is not changed.

    Parameters
    ----------
    X : array-like of shape (n_pool, ...)
        All rows, of any kind that `skbal._utils.pools.take` reads.
    candidates : ndarray of int of shape (n_candidates,), optional
        The rows that may be asked about, in ascending order. None allows all.
    """

    def __init__(self, X, candidates=None):
        self.X = sliceable(X)
        self.remaining = np.arange(n_rows(self.X)) if candidates is None else candidates

    def __len__(self):
        return len(self.remaining)

    def unlabelled(self):
        """Return the remaining rows: a copy, or a view that reads them when needed.

        A view turns into an array for strategies that do not know dask arrays or
        Datasets.
        """
        if len(self.remaining) == n_rows(self.X) and is_indexed(self.X):
            return self.X
        return subset(self.X, self.remaining)

    def rows(self, indices):
        """Return the rows with these indices, also those that were taken before."""
        rows = take(self.X, indices)
        return np.asarray(rows) if isinstance(rows, np.memmap) else rows

    def take(self, indices):
        """Remove rows from those that remain. Doing it again changes nothing."""
        self.remaining = np.setdiff1d(self.remaining, indices, assume_unique=True)
