"""Draws of the rows that are likely to be evaluated.

Draws of other rows are made again when they are needed. One seed makes all draws, so
they are the same numbers.
"""

import numpy as np

from skbal._utils.chunks import chunks
from skbal.query._batch_bald._posteriors import SMALLEST

FEWEST_HELD = 64
_FEWEST_MADE = 256  # rows predicted at once, because each call has a fixed cost
_AT_ONCE = 2**20  # numbers transposed at once


class HeldDraws:
    """Draws of a limited number of rows, those with the largest bounds.

    Parameters
    ----------
    load : callable
        Takes ascending row numbers and returns their draws of shape (n_rows, n_draws,
        n_classes).
    rows : ndarray of shape (n_held,), dtype=intp
        Rows whose draws are given.
    draws : ndarray of shape (n_held, n_draws, n_classes)
        Their draws, contiguous. Overwritten, so that nothing is held twice.
    bounds : ndarray of shape (n_rows,)
        Upper bounds of the gains of all rows of the pool. Not copied: they are read
        when a row must give way, so they have to be up to date.
    """

    def __init__(self, load, rows, draws, bounds):
        self._load = load
        self._bounds = bounds
        self._draws = to_columns(draws)
        self._rows = rows.copy()
        self._place = np.full(len(bounds), -1, dtype=np.int64)
        self._place[rows] = np.arange(len(rows))

    @property
    def n_held(self):
        """Number of rows that are held."""
        return len(self._rows)

    @property
    def bytes_per_row(self):
        """Bytes of the draws of a row."""
        return self._draws[0].nbytes

    def get(self, rows):
        """Return the draws of some rows.

        Parameters
        ----------
        rows : ndarray of shape (n,), dtype=intp
            Without repetition, and no more than ``n_held``.

        Returns
        -------
        draws : ndarray of shape (n, n_classes, n_draws)
        """
        missing = rows[self._place[rows] < 0]
        if len(missing):
            self._fetch(missing, keep=rows)
        return self._draws[self._place[rows]]

    def _fetch(self, missing, keep):
        missing = self._with_next_best(missing, len(keep))
        bounds = self._bounds[self._rows]
        bounds[self._place[keep[self._place[keep] >= 0]]] = np.inf
        places = np.argpartition(bounds, len(missing) - 1)[: len(missing)]
        self._place[self._rows[places]] = -1
        self._place[missing] = places
        self._rows[places] = missing
        self._draws[places] = to_columns(np.array(self._load(missing)))

    def _with_next_best(self, missing, n_wanted):
        n_more = min(_FEWEST_MADE, len(self._rows) - n_wanted) - len(missing)
        if n_more <= 0:
            return np.sort(missing)
        bounds = np.where(self._place < 0, self._bounds, -np.inf)
        bounds[missing] = -np.inf
        n_more = min(n_more, np.count_nonzero(bounds > -np.inf))
        if n_more <= 0:
            return np.sort(missing)
        best = np.argpartition(-bounds, n_more - 1)[:n_more]
        return np.sort(np.concatenate([missing, best]))


def to_columns(draws):
    """Return draws of shape (n_rows, n_classes, n_draws), in the same memory.

    The probabilities are normalised, and subnormal numbers, which slow products down,
    are replaced by 0.
    """
    n_rows, n_draws, n_classes = draws.shape
    if draws.dtype not in (np.float32, np.float64):
        draws = draws.astype(np.float64)
    # The same memory with another shape; each part is read before it is overwritten.
    columns = draws.reshape(n_rows, n_classes, n_draws)
    for rows in chunks(n_rows, max(_AT_ONCE // (n_draws * n_classes), 1)):
        part = draws[rows].transpose(0, 2, 1)
        part = part / part.sum(axis=1, keepdims=True)
        part[part < SMALLEST] = 0.0
        columns[rows] = part
    return columns
