"""Rows chosen one by one by a score less a penalty for likeness to those before.

The value of a row is s - penalty * g, with s its score and g its similarity to the rows
chosen before: the largest, or the mean. The first row is the one with the highest
score. Similarities lie in [-1, 1], so those that are not known yet bound the value, and
a row is compared with what was chosen since it was looked at last only when its bound
might make it the next. The choice is that of comparing all rows each time.
"""

import numpy as np

from skbal._utils.chunks import rows_within

_CACHED = 2**20  # bytes in float64 that stay in a processor's cache
_GROWTH = 8  # of how many rows are looked at, as long as none of them is the next
_ROUNDING = 1e-6  # by which the last bits of features in float32 change a similarity


def within_reach(scores, n_picks, penalty):
    """Return the rows that can be among the first ``n_picks``, whatever is alike.

    Of the ``n_picks`` rows with the highest scores one is left until the last pick, and
    loses to no row that scores lower by more than the penalty can make good.

    Parameters
    ----------
    scores : ndarray of shape (n_rows,)
        Higher is better; no NaN.
    n_picks : int
        How many are to be chosen, at most n_rows.
    penalty : float
        Of a similarity of 1.

    Returns
    -------
    rows : ndarray of shape (n,), dtype=intp
        In rising order.

    Examples
    --------
    >>> within_reach(np.array([0.2, 1.0, 0.9, 0.6]), 2, 0.2)
    array([1, 2, 3])
    """
    last = np.partition(scores, -n_picks)[-n_picks]
    return np.flatnonzero(scores >= last - (2 + _ROUNDING) * abs(penalty))


def penalised_greedy(scores, similarity, n_picks, *, penalty, priority, mean=False):
    """Return the rows with the best values one after the other, none twice.

    Parameters
    ----------
    scores : ndarray of shape (n_rows,)
        Finite.
    similarity : Cosines or Similarities
        Of the rows.
    n_picks : int
        How many to choose, at most n_rows.
    penalty : float
        Of a similarity of 1; a negative one is a reward.
    priority : ndarray of shape (n_rows,)
        Among equal values the smallest comes first.
    mean : bool, default=False
        Whether the mean similarity to the rows chosen counts, or the largest.

    Returns
    -------
    rows : ndarray of shape (n_picks,), dtype=intp
        In the order chosen.

    Examples
    --------
    >>> from skbal.query._similarities import Cosines
    >>> cosines = Cosines(np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]]))
    >>> scores, order = np.array([1.0, 0.9, 0.8]), np.arange(3)
    >>> penalised_greedy(scores, cosines, 2, penalty=0.2, priority=order)
    array([0, 2])
    """
    kind = _MeanValues if mean else _LargestValues
    values = kind(scores, similarity, penalty)
    while len(values.chosen) < n_picks:
        values.choose(_next(values, priority))
    return np.array(values.chosen, dtype=np.intp)


def _next(values, priority):
    bounds, n_looked_at = values.bounds(), 1
    while True:
        close = np.flatnonzero(bounds >= bounds.max() - values.rounding)
        if not len(values.behind(close)):
            # Rows that rounding cannot tell from the best are equal to it.
            return int(close[np.argmin(priority[close])])
        rows = values.behind(_largest(bounds, max(n_looked_at, len(close))))
        values.compare(rows)
        bounds[rows] = values.bounds(rows)
        n_looked_at *= _GROWTH


def _largest(bounds, n):
    n_others = max(len(bounds) - n, 0)
    return np.argpartition(bounds, n_others)[n_others:]


class _Values:
    """Bounds of what each row is worth next to those chosen.

    ``n_seen`` says with how many of them a row was compared, in the order chosen, and
    ``seen`` what these comparisons left.
    """

    def __init__(self, scores, similarity, penalty):
        self.scores, self.similarity, self.penalty = scores, similarity, penalty
        self.chosen = []
        self.is_left = np.ones(len(scores), dtype=bool)
        self.n_seen = np.zeros(len(scores), dtype=np.intp)
        self.seen = np.full(len(scores), self._nothing_seen)

    @property
    def rounding(self):
        """By how much rounding may change a value."""
        return _ROUNDING * abs(self.penalty) if self.chosen else 0.0

    def choose(self, row):
        """Let one more row be chosen."""
        self.chosen.append(row)
        self.is_left[row] = False

    def behind(self, rows):
        """Return those of the rows whose value is not known."""
        return rows[self.n_seen[rows] < len(self.chosen)]

    def bounds(self, rows=slice(None)):
        """Return what the rows are worth at most; nothing if they were chosen."""
        values = self.scores[rows]
        if self.chosen:
            values = values - self.penalty * self._similarities(rows)
        return np.where(self.is_left[rows], values, -np.inf)

    def compare(self, rows):
        """Compare rows with all chosen ones that they were not compared with."""
        n_seen = self.n_seen[rows]
        for n in np.unique(n_seen):
            others = np.array(self.chosen[n:])
            same = rows[n_seen == n]
            for piece in self._pieces(same, len(others)):
                self._see(piece, self.similarity(piece, others))
        self.n_seen[rows] = len(self.chosen)

    def _pieces(self, rows, n_others):
        size = rows_within(8 * (self.similarity.width + n_others), max_memory=_CACHED)
        return np.split(rows, range(size, len(rows), size))


class _LargestValues(_Values):
    """Where the largest similarity counts."""

    _nothing_seen = -1.0

    def _similarities(self, rows):
        if self.penalty > 0:
            return self.seen[rows]
        return np.where(self.n_seen[rows] < len(self.chosen), 1.0, self.seen[rows])

    def _see(self, rows, similarities):
        self.seen[rows] = np.maximum(self.seen[rows], similarities.max(axis=1))


class _MeanValues(_Values):
    """Where the mean similarity counts; ``seen`` is a sum."""

    _nothing_seen = 0.0

    def _similarities(self, rows):
        unknown = len(self.chosen) - self.n_seen[rows]
        extreme = -np.sign(self.penalty) * unknown
        return (self.seen[rows] + extreme) / len(self.chosen)

    def _see(self, rows, similarities):
        self.seen[rows] += similarities.sum(axis=1)
