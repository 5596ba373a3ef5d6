"""Similarities between rows, which depend neither on units nor on the order of rows."""

import numpy as np
from scipy.spatial.distance import pdist

N_ANCHORS = 100
_WIDTH = 0.5  # of the kernel, in units of the median distance
_DIRECTION = 0  # seed of the line along which anchors are spread
_TINY = 1e-6  # standard deviation of a constant column, relative to its size


class Geometry:
    """The rows of a task in columns of equal scale, and a kernel between them.

    Parameters
    ----------
    features : ndarray of shape (n_rows, n_features)
        All rows that are known, labelled or not.

    Attributes
    ----------
    rows : ndarray of shape (n_rows, n_kept), dtype=float32
        Columns of mean 0 and standard deviation 1. Constant columns are left out.
    anchors : ndarray of int of shape (n_anchors,)
        Rows that stand for all: at most 100, spread evenly along a random line. As a
        set they do not depend on the order of the rows.
    width : float
        Length scale of the kernel: half of the median distance between anchors.

    Examples
    --------
    >>> geometry = Geometry(np.array([[0.0, 5.0], [1.0, 5.0], [2.0, 5.0]]))
    >>> geometry.rows.astype(float).round(2).tolist()
    [[-1.22], [0.0], [1.22]]
    """

    def __init__(self, features):
        self.rows = _standardised(features)
        self._squares = np.square(self.rows).sum(axis=1)
        self.anchors = _spread_rows(self.rows)
        self.width = _median_distance(self.rows[self.anchors]) * _WIDTH

    def similarity(self, rows, others):
        """Return exp(-d^2 / (2 width^2)) for the distances d between rows.

        Parameters
        ----------
        rows, others : slice or ndarray of int
            Which rows.

        Returns
        -------
        similarity : ndarray of shape (n_rows, n_others), dtype=float32
            In [0, 1]; 1 for equal rows.
        """
        found = self.rows[rows] @ self.rows[others].T
        found *= 2
        found -= self._squares[rows][:, np.newaxis]
        found -= self._squares[others]
        np.minimum(found, 0, out=found)  # minus the squared distances
        found /= 2 * self.width**2
        return np.exp(found, out=found)


def _standardised(features):
    features = np.asarray(features, dtype=np.float64)
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    largest = np.abs(features).max(axis=0, initial=0)
    varies = deviation > _TINY * largest
    rows = (features[:, varies] - mean[varies]) / deviation[varies]
    return rows.astype(np.float32)


def _spread_rows(rows):
    """Return up to `N_ANCHORS` rows at equal steps of their order along a line."""
    line = np.random.default_rng(_DIRECTION).standard_normal(rows.shape[1])
    order = np.argsort(rows @ line, kind="stable")
    n_anchors = min(N_ANCHORS, len(rows))
    steps = (np.arange(n_anchors) + 0.5) * len(rows) / n_anchors
    return order[steps.astype(np.intp)]


def _median_distance(rows):
    """Return the median distance between different rows, or 1 without any."""
    distances = pdist(rows) if rows.shape[1] else np.zeros(0)
    distances = distances[distances > 0]
    return float(np.median(distances)) if len(distances) else 1.0
