"""Which rows of a pool were taught before."""

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal._utils.pools import n_rows, reads_late, take
from skbal._utils.row_keys import row_keys

_MOST = 50_000  # rows whose keys are computed, a fifth of a second
_COLUMNS = 8  # of which all must hold a value that was taught
_ENOUGH = 100  # taught rows to choose these columns by


def n_taught_before(known, X, rows=None):
    """Return how many rows of a pool equal one that was taught.

    Parameters
    ----------
    known : array-like of shape (n_known, ...)
        The rows that were taught.
    X : array-like of shape (n_pool, ...)
        The pool.
    rows : ndarray of int of shape (n_rows,), optional
        The rows of the pool to look at. ``None`` takes all.

    Returns
    -------
    n_taught : int
        0 if it would take long to find out: for a pool that is not in memory, or one of
        very many rows that may all be among them.

    Examples
    --------
    >>> X = np.arange(12).reshape(6, 2)
    >>> n_taught_before(X[:2], X), n_taught_before(X[:2], X, np.array([1, 2, 3]))
    (2, 1)
    """
    if reads_late(X):
        return 0
    rows = np.arange(n_rows(X)) if rows is None else rows
    if _are_tables(known, X):
        rows = _that_may_be_known(known, X, rows)
    if not 0 < len(rows) <= _MOST or num_samples(known) > _MOST:
        return 0
    before = set(row_keys(known) or ())
    return sum(key in before for key in row_keys(take(X, rows)) or ())


def _are_tables(*arrays):
    """Return whether these are arrays of numbers whose rows have the same shape."""
    if not all(isinstance(X, np.ndarray) and X.dtype.kind in "biuf" for X in arrays):
        return False
    shapes = {X.shape[1:] for X in arrays}
    return len(shapes) == 1 and 0 not in (shape := shapes.pop()) and shape != ()


def _that_may_be_known(known, X, rows):
    """Return the rows of which some values are among those that were taught."""
    for place in _telling_columns(known):
        column = (slice(None), *place)
        values = X[column][rows]
        rows = rows[np.isin(values, known[column]) | np.isnan(values)]
    return rows


def _telling_columns(known):
    """Return the indices of the columns with the most different values."""
    some = np.sort(known[:_ENOUGH].reshape(min(len(known), _ENOUGH), -1), axis=0)
    n_changes = (some[1:] != some[:-1]).sum(axis=0)
    best = np.argsort(-n_changes, kind="stable")[:_COLUMNS]
    return zip(*np.unravel_index(best, known.shape[1:]))
