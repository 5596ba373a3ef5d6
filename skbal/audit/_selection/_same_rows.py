"""Labelled rows that are found again in the pool that they were chosen from."""

import numpy as np

from skbal._utils.chunks import chunks
from skbal._utils.pools import cut, n_rows, reads_late, sliceable
from skbal._utils.row_keys import row_keys

_FEWEST = 4  # labelled rows: of fewer, copies may be chance
_MOST_TWINS = 0.05  # share of the pool: with more, copies are natural
_AT_ONCE = 4096  # rows


def labelled_in_pool(X_labelled, X_pool):
    """Return which rows of a pool are the labelled ones, if it is the whole pool.

    Parameters
    ----------
    X_labelled : array-like of shape (n_labelled, ...)
        The labelled rows.
    X_pool : array-like of shape (n_pool, ...)
        The rows that they may be among.

    Returns
    -------
    found : ndarray of int of shape (n_labelled,) or (0,)
        One row of the pool for each labelled row, in ascending order. Empty unless each
        of at least 4 labelled rows is found, and unless rows tell where they are from:
        if 5% of the pool or more are equal to another row of it, a copy proves nothing.
        Also empty if the pool is not in memory, or rows cannot be compared.

    Examples
    --------
    >>> X = np.arange(8).reshape(8, 1)
    >>> labelled_in_pool(X[[6, 1, 2, 4]], X)
    array([1, 2, 4, 6])
    >>> labelled_in_pool(X[:4], X[4:])
    array([], dtype=int64)
    """
    nothing = np.empty(0, dtype=np.intp)
    if reads_late(X_pool) or reads_late(X_labelled) or n_rows(X_labelled) < _FEWEST:
        return nothing
    wanted, places = _keys(X_labelled), _keys(X_pool)
    if wanted is None or places is None:
        return nothing
    rows_of = {}
    for row, key in enumerate(places):
        rows_of.setdefault(key, []).append(row)
    n_twins = sum(len(rows) for rows in rows_of.values() if len(rows) > 1)
    if n_twins >= _MOST_TWINS * len(places):
        return nothing
    found = []
    for key in wanted:
        rows = rows_of.get(key)
        if not rows:  # this labelled row is from elsewhere
            return nothing
        found.append(rows.pop())  # equal rows: any of them will do
    return np.sort(np.array(found, dtype=np.intp))


def _keys(X):
    """Return the keys of all rows, or None if they cannot be compared."""
    X, keys = sliceable(X), []
    for part in cut(X, chunks(n_rows(X), _AT_ONCE)):
        some = row_keys(part)
        if some is None:
            return None
        keys += some
    return keys
