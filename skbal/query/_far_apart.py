"""Rows far apart from each other, chosen one by one.

The next row is the one farthest from all chosen (Gonzalez' greedy k-center), or one
drawn with a chance proportional to its squared distance to the nearest chosen one
(k-means++). A row's distance to the nearest chosen one never grows, so an old distance
bounds the new one: a row is compared with what was chosen since only when its bound
might make it the next. The choice is that of comparing all rows each time.

Squared distances are |x|^2 + |c|^2 - 2 x'c in float64, also for rows held in float32:
so few rows are looked at that this costs little.

scikit-learn's ``kmeans_plusplus`` is another algorithm: of several draws a step it
takes the one that lowers the sum of distances most. It compares all rows with each.
"""

import numpy as np
from scipy.sparse import issparse
from sklearn.utils.extmath import row_norms

from skbal._utils.chunks import rows_within

_CACHED = 2**20  # bytes in float64 that stay in a processor's cache
_GROWTH = 8  # of how many rows are looked at, as long as none of them is the next


class Points:
    """Rows whose inner products are the products of those of their factors.

    Parameters
    ----------
    *factors : ndarray or CSR matrix of shape (n_rows, n_features of this factor)
        One factor is the rows themselves. Two are outer products of their rows, which
        need not be built: (a_i b_i')'(a_j b_j') = (a_i'a_j) (b_i'b_j).

    Attributes
    ----------
    squared_norms : ndarray of shape (n_rows,), dtype=float64
    rounding : float
        By how much rounding may change a squared distance: some ten times the largest
        error seen for rows of 2 to 4096 features.
    """

    def __init__(self, *factors):
        self.factors = factors
        norms = [squared_norms(factor) for factor in factors]
        self.squared_norms = np.prod(norms, axis=0)
        self.width = sum(factor.shape[1] for factor in factors)
        relative = (8 + np.sqrt(self.width)) * np.finfo(np.float64).eps
        self.rounding = float(relative * self.squared_norms.max())

    def __len__(self):
        return len(self.squared_norms)

    def squared_distances(self, rows, others):
        """Return the squared distances between some rows and others.

        Parameters
        ----------
        rows, others : ndarray of int of shape (n,) and (n_others,)
            The numbers of rows.

        Returns
        -------
        distances : ndarray of shape (n, n_others), dtype=float64
            Rounding may make those near 0 negative.
        """
        products = 1.0
        for factor in self.factors:
            products = products * inner_products(factor[rows], factor[others])
        norms = self.squared_norms[rows, np.newaxis] + self.squared_norms[others]
        return norms - 2.0 * products


def far_apart(points, n_picks, rng, *, start=None, first=None, sampled=False):
    """Return rows far apart from each other, in the order chosen, none twice.

    Parameters
    ----------
    points : Points
        At least ``n_picks`` rows.
    n_picks : int
        How many to choose.
    rng : numpy.random.Generator
        Of the order among equal rows, and of the chances.
    start : ndarray of shape (n_rows,), optional
        Squared distances to what was chosen before; None if nothing was.
    first : ndarray of shape (n_rows,), optional
        Where nothing was chosen before, the first row is the one for which this is
        largest; None takes the one farthest from the origin.
    sampled : bool, default=False
        False takes the farthest row each time, True draws each after the first with a
        chance proportional to its squared distance.

    Returns
    -------
    rows : ndarray of shape (n_picks,), dtype=intp

    Examples
    --------
    >>> line = Points(np.array([[0.0], [1.0], [4.0], [9.0]]))
    >>> far_apart(line, 3, np.random.default_rng(0))
    array([3, 0, 2])
    """
    nearest = _Nearest(points, rng.random(len(points)))
    if start is None:
        nearest.bounds = np.array(points.squared_norms if first is None else first)
        nearest.choose(nearest.best(None))
        nearest.compare_all()
    else:
        nearest.bounds = np.array(start)
    while len(nearest.chosen) < n_picks:
        weights = None
        if sampled:
            # The smallest of exponential times with rates p comes from row i with a
            # chance proportional to p_i. Not 0: something is divided by it.
            weights = 1 / (rng.standard_exponential(len(points)) + 1e-12)
        nearest.choose(nearest.best(weights))
    return np.array(nearest.chosen, dtype=np.intp)


class _Nearest:
    """Bounds of each row's squared distance to the nearest chosen one."""

    def __init__(self, points, priority):
        self.points, self.priority = points, priority
        self.bounds = None
        self.chosen = []
        self._n_seen = np.zeros(len(points), dtype=np.intp)  # of those chosen

    def choose(self, row):
        """Let one more row be chosen."""
        self.chosen.append(row)
        self.bounds[row] = -np.inf

    def compare_all(self):
        """Let only distances to the chosen rows count."""
        self.bounds[:] = np.inf
        self._compare(np.arange(len(self.points)))
        self.bounds[self.chosen] = -np.inf

    def best(self, weights):
        """Return the row with the largest distance times its weight; None is 1."""
        scores = self.bounds if weights is None else weights * self.bounds
        n_looked_at = 1
        while True:
            rows = self._largest(scores, n_looked_at)
            if len(rows):
                n_looked_at *= _GROWTH
            else:
                # Rows that rounding cannot tell from the best are equal to it.
                close = self._close(scores, weights)
                rows = self._behind(close)
                if not len(rows):
                    return int(close[np.argmin(self.priority[close])])
            self._compare(rows)
            if weights is not None:
                scores[rows] = weights[rows] * self.bounds[rows]

    def _largest(self, scores, n):
        """Return what must be compared before the largest score is known to be so."""
        best = np.array([np.argmax(scores)])
        behind = self._behind(best)
        if n == 1 or not len(behind):
            return behind
        n_others = max(len(scores) - n, 0)
        return self._behind(np.argpartition(scores, n_others)[n_others:])

    def _close(self, scores, weights):
        best, error = np.argmax(scores), self.points.rounding
        if weights is None:
            return np.flatnonzero(scores >= scores[best] - 2 * error)
        least = weights[best] * (self.bounds[best] - error)
        return np.flatnonzero(scores + weights * error >= least)

    def _behind(self, rows):
        """Return those of the rows whose distance may be less than their bound."""
        behind = self._n_seen[rows] < len(self.chosen)
        # What is 0 already stays 0.
        return rows[behind & (self.bounds[rows] > self.points.rounding)]

    def _compare(self, rows):
        """Bring the bounds of some rows down to their distances."""
        rows = rows[np.argsort(self._n_seen[rows], kind="stable")]
        n_new = len(self.chosen) - self._n_seen[rows[0]]
        size = rows_within(8 * (self.points.width + 2 * n_new), max_memory=_CACHED)
        for begin in range(0, len(rows), size):
            piece = rows[begin : begin + size]
            new = np.array(self.chosen[self._n_seen[piece[0]] :])
            distances = self.points.squared_distances(piece, new).min(axis=1)
            self.bounds[piece] = np.minimum(self.bounds[piece], distances)
            self._n_seen[piece] = len(self.chosen)


def squared_norms(rows):
    """Return the squared lengths of rows, in float64.

    Parameters
    ----------
    rows : ndarray or CSR matrix of shape (n_rows, n_features)
        In float32 or float64.

    Returns
    -------
    squares : ndarray of shape (n_rows,), dtype=float64
    """
    if issparse(rows):
        return row_norms(rows, squared=True).astype(np.float64)
    return np.einsum("ij,ij->i", rows, rows, dtype=np.float64)


def inner_products(rows, others):
    """Return the products of rows with others, in float64.

    Parameters
    ----------
    rows, others : ndarray or CSR matrix of shape (n, n_features)
        Both dense or both sparse, in float32 or float64; the others can be more or
        fewer.

    Returns
    -------
    products : ndarray of shape (n, n_others), dtype=float64
    """
    if issparse(rows):
        return (rows @ others.T).toarray()
    others = others.astype(np.float64, copy=False)
    return rows.astype(np.float64, copy=False) @ others.T
