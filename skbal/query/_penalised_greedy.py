"""Greedy choice of rows by score minus a penalty for similarity to earlier rows.

The value of a row is s - penalty * g, where s is its score and g the maximum or the
mean of its similarities to the chosen rows. The first row is the one with the highest
score. Similarities lie in [-1, 1], so unknown similarities bound the value. A row is
compared with the rows chosen since its last comparison only if its bound may make it
the next one. The choice is the same as that of comparing all rows each time.

Few rows are all compared: that is faster than to find out which ones need it. Where
bounds leave out too few of many rows, pivots give tighter ones, see `_pivots`. Where
these do not help, all rows are compared, see `_nearly_all`.
"""

import numpy as np

from skbal._utils.chunks import rows_within
from skbal.query._nearly_all import NearlyAll
from skbal.query._pivots import Pivots

_CACHED = 2**20  # bytes in float64 that stay in a processor's cache
_GROWTH = 8  # factor by which the number of compared rows grows
_ROUNDING = 1e-6  # error of a similarity of float32 features
_TRIED = 4  # rows chosen before bounds are given up; the first pivots
_SLACK = 1.5  # products of all rows for each chosen one, in whose time pivots must do
_PAYS = 0.5  # products in whose time rows were compared before another pivot pays
_PICKED = 5, 1 / 3  # time of a picked row and of each pair, in rows of such a product


def within_reach(scores, n_picks, penalty):
    """Return the rows that can be chosen, whatever the similarities are.

    Before the last pick, at least one of the ``n_picks`` rows with the highest scores
    is left. A row that scores lower by more than twice the penalty cannot beat it.

    Parameters
    ----------
    scores : ndarray of shape (n_rows,)
        Higher is better; not NaN.
    n_picks : int
        Number of rows to choose, at most n_rows.
    penalty : float
        Penalty for a similarity of 1.

    Returns
    -------
    rows : ndarray of shape (n,), dtype=intp
        In ascending order.

    Examples
    --------
    >>> within_reach(np.array([0.2, 1.0, 0.9, 0.6]), 2, 0.2)
    array([1, 2, 3])
    """
    last = np.partition(scores, -n_picks)[-n_picks]
    return np.flatnonzero(scores >= last - (2 + _ROUNDING) * abs(penalty))


def penalised_greedy(scores, similarity, n_picks, *, penalty, priority, mean=False):
    """Return greedily chosen rows, without repetition.

    Parameters
    ----------
    scores : ndarray of shape (n_rows,)
        Finite.
    similarity : Cosines or Similarities
        Computes similarities of the rows.
    n_picks : int
        Number of rows to choose, at most n_rows.
    penalty : float
        Penalty for a similarity of 1. A negative penalty is a reward.
    priority : ndarray of shape (n_rows,)
        Among equal values, the row with the smallest priority comes first.
    mean : bool, default=False
        Whether the mean similarity to the chosen rows is used. Otherwise the maximum.

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
    if similarity.directions is not None:
        return _of_few(scores, similarity, n_picks, penalty, priority, mean)
    kind = _MeanValues if mean else _LargestValues
    values, nearly = kind(scores, similarity, penalty), None
    while len(values.chosen) < n_picks:
        if nearly is None and values.pivots is None and _compares_too_many(values):
            nearly = _tighten(values)
        row = _next(values, priority) if nearly is None else nearly.next(priority)
        if row is None:
            nearly = NearlyAll(values)
        else:
            values.choose(row, bound=nearly is None)
    return np.array(values.chosen, dtype=np.intp)


def _tighten(values):
    """Give values pivots, or return what compares all rows if that is not possible."""
    if Pivots.pay_for(values.similarity):
        values.use_pivots()
        return None
    return NearlyAll(values)


def _of_few(scores, similarity, n_picks, penalty, priority, mean):
    """Return the rows by comparing all rows with each chosen one."""
    left = scores.copy()
    seen = np.full(len(scores), 0.0 if mean else -1.0)
    add, rounding = np.add if mean else np.maximum, 0.0
    chosen = np.empty(n_picks, dtype=np.intp)
    values = scores.copy()
    for step in range(n_picks):
        if step:
            add(seen, similarity.to(chosen[step - 1]), out=seen)
            np.multiply(seen, -penalty / step if mean else -penalty, out=values)
            values += left
            rounding = _ROUNDING * abs(penalty)
        row = values.argmax()
        best, values[row] = values[row], -np.inf
        # A second search takes less time than to compare all values with the best.
        if values[values.argmax()] >= best - rounding:
            values[row] = best
            close = (values >= best - rounding).nonzero()[0]
            row = close[priority[close].argmin()]
        chosen[step] = row
        left[row] = -np.inf
    return chosen


def _compares_too_many(values):
    n_chosen, n_rows = len(values.chosen), len(values.scores)
    if values.similarity.error is None or n_chosen == 0:
        return False
    if values.penalty < 0 and not values.mean:
        return True  # any row may be like the row chosen last
    return n_chosen >= _TRIED and values.cost > n_rows * (n_chosen - 2)


def _next(values, priority):
    """Return the next row, or None if it takes too long to find with these pivots."""
    bounds, n_looked_at, best = values.bounds(), 1, -np.inf
    while True:
        close = np.flatnonzero(bounds >= bounds.max() - values.rounding)
        if not len(values.behind(close)):
            # Rows that differ from the best only by rounding count as equal.
            return int(close[np.argmin(priority[close])])
        n_possible = np.count_nonzero(bounds >= best - values.rounding)
        n_looked_at = min(max(n_looked_at, len(close)), n_possible)
        rows = values.behind(_largest(bounds, n_looked_at))
        if values.pivots is not None and _costs_too_much(values, rows):
            return None
        values.compare(rows)
        bounds[rows] = values.bounds(rows)
        best = max(best, bounds[rows].max())
        n_looked_at *= _GROWTH


def _costs_too_much(values, rows):
    """Return whether products of all rows would have taken less time."""
    most = _SLACK * len(values.chosen) * len(values.scores)
    return values.cost + values.cost_of(rows) > most


def _largest(bounds, n):
    n_others = max(len(bounds) - n, 0)
    return np.argpartition(bounds, n_others)[n_others:]


class _Values:
    """Upper bounds of the value of each row, given the chosen rows.

    ``n_seen`` is the number of chosen rows that a row has been compared with, in the
    order chosen. ``seen`` is the maximum or the sum of these similarities, to which
    ``add`` adds another one. With ``pivots``, ``bound`` is the maximum or the sum of
    bounds of the other similarities. ``cost`` is the time taken, as the number of rows
    that a product of all rows with one would have compared in that time.
    """

    def __init__(self, scores, similarity, penalty):
        self.scores, self.similarity, self.penalty = scores, similarity, penalty
        self.chosen = []
        self.is_left = np.ones(len(scores), dtype=bool)
        self.n_seen = np.zeros(len(scores), dtype=np.intp)
        self.seen = np.full(len(scores), self.nothing_seen)
        self.cost, self.pivots, self.bound = 0, None, None

    @property
    def rounding(self):
        """Bound of the rounding error of a value."""
        return _ROUNDING * abs(self.penalty) if self.chosen else 0.0

    def choose(self, row, bound):
        """Add a row to the chosen ones, and bound the similarities to it by pivots."""
        self.chosen.append(row)
        self.is_left[row] = False
        if self.pivots is not None and bound:
            self._bound(len(self.chosen) - 1)
        elif len(self.chosen) == 2:
            self.cost = 0  # most rows must be compared with the first in any case

    def use_pivots(self):
        """Bound similarities from now on by pivots, the chosen rows first of all."""
        self.pivots, self.cost = Pivots(self.similarity), 0
        self.bound = np.full(len(self.scores), self.nothing_seen)
        for n in range(len(self.chosen)):
            self._bound(n, where=self.n_seen <= n)

    def _bound(self, n, where=True):
        """Bound the similarities to the n-th chosen row that are not known."""
        pivots, n_rows = self.pivots, len(self.scores)
        n_pivots = len(pivots.rows)
        add = n_pivots < _TRIED or self.cost > n_rows * (n_pivots + _PAYS)
        middle, distance = pivots.cosines(self.chosen[n], add)
        self.cost += n_rows * (len(pivots.rows) - n_pivots)
        bound = middle - distance if self.penalty > 0 else middle + distance
        self.add(self.bound, bound, out=self.bound, where=where)

    def behind(self, rows):
        """Return the rows whose value is only bounded."""
        return rows[self.n_seen[rows] < len(self.chosen)]

    def bounds(self, rows=slice(None)):
        """Return upper bounds of the values; minus infinity for chosen rows."""
        values = self.scores[rows]
        if self.chosen:
            values = values - self.penalty * self._similarities(rows)
        return np.where(self.is_left[rows], values, -np.inf)

    def cost_of(self, rows):
        """Return the time that `compare` takes, in the unit of ``cost``."""
        n_pairs = len(rows) * len(self.chosen) - self.n_seen[rows].sum()
        row, pair = _PICKED
        return row * len(rows) + pair * n_pairs

    def compare(self, rows):
        """Compare rows with the chosen rows that they have not been compared with."""
        self.cost += self.cost_of(rows)
        n_seen = self.n_seen[rows]
        for n in np.unique(n_seen):
            others = np.array(self.chosen[n:])
            same = rows[n_seen == n]
            for chunk in self._chunks(same, len(others)):
                self._see(chunk, self.similarity(chunk, others))
        self.n_seen[rows] = len(self.chosen)
        if self.pivots is not None:
            self.bound[rows] = self.nothing_seen

    def _chunks(self, rows, n_others):
        size = rows_within(8 * (self.similarity.width + n_others), max_memory=_CACHED)
        return np.split(rows, range(size, len(rows), size))


class _LargestValues(_Values):
    """Values by the maximum similarity."""

    mean, nothing_seen, add = False, -1.0, np.maximum

    def _similarities(self, rows):
        if self.pivots is not None:
            return np.maximum(self.seen[rows], self.bound[rows])
        if self.penalty > 0:
            return self.seen[rows]
        return np.where(self.n_seen[rows] < len(self.chosen), 1.0, self.seen[rows])

    def _see(self, rows, similarities):
        self.seen[rows] = np.maximum(self.seen[rows], similarities.max(axis=1))


class _MeanValues(_Values):
    """Values by the mean similarity. ``seen`` holds the sums of similarities."""

    mean, nothing_seen, add = True, 0.0, np.add

    def _similarities(self, rows):
        if self.pivots is not None:
            return (self.seen[rows] + self.bound[rows]) / len(self.chosen)
        unknown = len(self.chosen) - self.n_seen[rows]
        extreme = -np.sign(self.penalty) * unknown
        return (self.seen[rows] + extreme) / len(self.chosen)

    def _see(self, rows, similarities):
        self.seen[rows] += similarities.sum(axis=1)
