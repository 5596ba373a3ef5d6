"""Greedy choice of rows that are far apart.

The next row is the one farthest from all chosen rows (Gonzalez' greedy k-center), or it
is drawn with a probability proportional to its squared distance to the nearest chosen
row (k-means++). The distance of a row to the nearest chosen row never increases, so an
earlier distance is an upper bound. A row is compared with the rows chosen since then
only if its bound may make it the next one. The choice is the same as that of comparing
all rows each time.

Squared distances are |x|^2 + |c|^2 - 2 x'c in float64, also for float32 rows. This
costs little, because few rows are compared.

scikit-learn's ``kmeans_plusplus`` is another algorithm: it draws several rows per step,
takes the one that lowers the sum of distances most, and compares all rows with each.
"""

import numpy as np
from scipy.sparse import issparse
from sklearn.utils.extmath import row_norms

from skbal._utils.chunks import rows_within

_CACHED = 2**20  # bytes in float64 that stay in a processor's cache
_GROWTH = 8  # factor by which the number of compared rows grows


class Points:
    """Points that are rows of a matrix, or outer products of the rows of two.

    The inner product of two points is the product of the inner products of their
    factors: (a_i b_i')'(a_j b_j') = (a_i'a_j) (b_i'b_j). So outer products need not be
    built.

    Parameters
    ----------
    *factors : ndarray or CSR matrix of shape (n_rows, n_features of this factor)
        With one factor, its rows are the points.

    Attributes
    ----------
    squared_norms : ndarray of shape (n_rows,), dtype=float64
    rounding : float
        Bound of the rounding error of a squared distance: about ten times the largest
        error observed for rows of 2 to 4096 features.
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
            Row numbers.

        Returns
        -------
        distances : ndarray of shape (n, n_others), dtype=float64
            Distances near 0 may be negative by rounding.
        """
        products = 1.0
        for factor in self.factors:
            products = products * inner_products(factor[rows], factor[others])
        norms = self.squared_norms[rows, np.newaxis] + self.squared_norms[others]
        return norms - 2.0 * products


def far_apart(points, n_picks, rng, *, start=None, first=None, sampled=False):
    """Return rows that are far apart, in the order chosen, without repetition.

    Parameters
    ----------
    points : Points
        At least ``n_picks`` rows.
    n_picks : int
        Number of rows to choose.
    rng : numpy.random.Generator
        Orders equal rows, and draws rows if ``sampled``.
    start : ndarray of shape (n_rows,), optional
        Squared distances to the rows chosen before. ``None`` if there are none.
    first : ndarray of shape (n_rows,), optional
        If no rows were chosen before, the first row is the one with the largest value.
        ``None`` takes the row farthest from the origin.
    sampled : bool, default=False
        Whether each row after the first is drawn with a probability proportional to its
        squared distance. Otherwise it is the farthest row.

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
            # The smallest of exponential times with rates p belongs to row i with a
            # probability proportional to p_i. The addition prevents a division by 0.
            weights = 1 / (rng.standard_exponential(len(points)) + 1e-12)
        nearest.choose(nearest.best(weights))
    return np.array(nearest.chosen, dtype=np.intp)


class _Nearest:
    """Upper bounds of each row's squared distance to the nearest chosen row."""

    def __init__(self, points, priority):
        self.points, self.priority = points, priority
        self.bounds = None
        self.chosen = []
        # Number of chosen rows that each row has been compared with.
        self._n_seen = np.zeros(len(points), dtype=np.intp)

    def choose(self, row):
        """Add a row to the chosen ones."""
        self.chosen.append(row)
        self.bounds[row] = -np.inf

    def compare_all(self):
        """Replace all bounds by the distances to the chosen rows."""
        self.bounds[:] = np.inf
        self._compare(np.arange(len(self.points)))
        self.bounds[self.chosen] = -np.inf

    def best(self, weights):
        """Return the row with the largest distance times weight (None: weights 1)."""
        scores = self.bounds if weights is None else weights * self.bounds
        n_looked_at = 1
        while True:
            rows = self._largest(scores, n_looked_at)
            if len(rows):
                n_looked_at *= _GROWTH
            else:
                # Rows that differ from the best only by rounding count as equal.
                close = self._close(scores, weights)
                rows = self._behind(close)
                if not len(rows):
                    return int(close[np.argmin(self.priority[close])])
            self._compare(rows)
            if weights is not None:
                scores[rows] = weights[rows] * self.bounds[rows]

    def _largest(self, scores, n):
        """Return rows to compare before the largest score is certain."""
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
        """Return the rows whose distance may be less than their bound."""
        behind = self._n_seen[rows] < len(self.chosen)
        # A distance of 0 remains 0.
        return rows[behind & (self.bounds[rows] > self.points.rounding)]

    def _compare(self, rows):
        """Replace the bounds of some rows by their distances."""
        rows = rows[np.argsort(self._n_seen[rows], kind="stable")]
        n_new = len(self.chosen) - self._n_seen[rows[0]]
        size = rows_within(8 * (self.points.width + 2 * n_new), max_memory=_CACHED)
        for begin in range(0, len(rows), size):
            chunk = rows[begin : begin + size]
            new = np.array(self.chosen[self._n_seen[chunk[0]] :])
            distances = self.points.squared_distances(chunk, new).min(axis=1)
            self.bounds[chunk] = np.minimum(self.bounds[chunk], distances)
            self._n_seen[chunk] = len(self.chosen)


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
    # To be told the dtype that it has, einsum takes twice as long.
    dtype = None if rows.dtype == np.float64 else np.float64
    return np.einsum("ij,ij->i", rows, rows, dtype=dtype)


def inner_products(rows, others):
    """Return the inner products of rows with others, in float64.

    Parameters
    ----------
    rows, others : ndarray or CSR matrix of shape (n, n_features)
        Both dense or both sparse, in float32 or float64. Their numbers may differ.

    Returns
    -------
    products : ndarray of shape (n, n_others), dtype=float64
    """
    if issparse(rows):
        return (rows @ others.T).toarray()
    others = others.astype(np.float64, copy=False)
    return rows.astype(np.float64, copy=False) @ others.T
