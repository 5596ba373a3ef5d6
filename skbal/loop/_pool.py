"""The pool of a loop: which rows are left, and how to read them."""

import copy

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

    given = X = n_pool = None  # of a pool that was pickled

    def __init__(self, X, candidates=None):
        self.given = X
        self.X = sliceable(X)
        self.n_pool = n_rows(self.X)
        self.remaining = np.arange(self.n_pool) if candidates is None else candidates

    def __getstate__(self):
        """Return all but the rows: the loop has them, and they would be saved twice."""
        return {"n_pool": self.n_pool, "remaining": self.remaining}

    def __len__(self):
        return len(self.remaining)

    def of(self, X, owner):
        """Return the pool with its rows in another object.

        Parameters
        ----------
        X : array-like of shape (n_pool, ...)
            The same rows: in another file, or after they were loaded again. None
            leaves the rows that the pool has.
        owner : str
            The owner of the argument, for the message.

        Returns
        -------
        pool : Pool

        Raises
        ------
        ValueError
            If the number of rows is another.
        """
        if self.X is not None and (X is None or X is self.given):
            return self
        number = n_rows(X, f"X_pool of {owner}")
        if self.n_pool not in (None, number):
            raise ValueError(
                f"X_pool of {owner} must hold the {self.n_pool} rows that it began "
                f"with, got {number} rows."
            )
        pool = copy.copy(self)
        pool.given, pool.X, pool.n_pool = X, sliceable(X), number
        return pool

    def unlabelled(self):
        """Return the remaining rows: a copy, or a view that reads them when needed.

        A view turns into an array for strategies that do not know dask arrays or
        Datasets.
        """
        if len(self.remaining) == self.n_pool and is_indexed(self.X):
            return self.X
        return subset(self.X, self.remaining)

    def rows(self, indices):
        """Return the rows with these indices, also those that were taken before."""
        rows = take(self.X, indices)
        return np.asarray(rows) if isinstance(rows, np.memmap) else rows

    def take(self, indices):
        """Remove rows from those that remain. Doing it again changes nothing."""
        self.remaining = np.setdiff1d(self.remaining, indices, assume_unique=True)
