"""The nodes of a graph: different points, and which of them are near others."""

import numpy as np

from skbal.features._neighbours import (
    ApproximateSearch,
    ExactSearch,
    GivenSearch,
    nearest_others,
)

_SAME = 1e-4  # of the distance to the next node: a row this near to a node is there
_ROUNDING = 16  # units of rounding of a point, by which numbers of other types differ
_AT_ONCE = 4_096  # rows whose neighbours are searched together


class Nodes:
    """Different points, among which the nearest ones are found.

    Parameters
    ----------
    points : ndarray of shape (n_nodes, n_coordinates)
        At least two different points.
    neighbors, n_neighbors, n_jobs : object
        Parameters of `PoolGraph`.
    owner : str
        Name of the graph, for messages.
    """

    def __init__(self, points, neighbors, n_neighbors, n_jobs, owner):
        self._points, self._n_neighbors = points, n_neighbors
        if not isinstance(neighbors, str):
            self._find = GivenSearch(points, neighbors, self._n_others(), owner)
        elif neighbors == "approximate":
            self._find = ApproximateSearch(points, owner)
        else:
            self._find = ExactSearch(points, n_jobs)

    def neighbours(self):
        """Return the distances and indices of the nearest other nodes of each node."""
        return nearest_others(self._find, self._points, self._n_others())

    def nearest(self, points):
        """Return the node of each point or -1, and its nearest nodes.

        Parameters
        ----------
        points : ndarray of shape (n_rows, n_coordinates)

        Returns
        -------
        nodes : ndarray of shape (n_rows,), dtype=intp
        distances, indices : ndarray of shape (n_rows, n_neighbors)
        """
        # Two at least, to see how far from each other nodes are.
        n_neighbors = min(max(self._n_neighbors, 2), len(self._points))
        found = [
            self._find(points[start : start + _AT_ONCE], n_neighbors)
            for start in range(0, len(points), _AT_ONCE)
        ]
        distances, indices = (np.concatenate(parts) for parts in zip(*found))
        is_same = self._are_at(indices[:, 0], points, distances[:, 1])
        nodes = np.where(is_same, indices[:, 0], -1)
        kept = slice(min(self._n_neighbors, n_neighbors))
        return nodes, distances[:, kept], indices[:, kept]

    def _n_others(self):
        return min(self._n_neighbors, len(self._points) - 1)

    def _are_at(self, nodes, points, to_next):
        """Return which points are at nodes, but for what rounding changes."""
        away = np.linalg.norm(points - self._points[nodes], axis=1)
        coarser = max(np.finfo(a.dtype).eps for a in (points, self._points))
        rounding = _ROUNDING * coarser * np.linalg.norm(points, axis=1)
        return away <= np.maximum(_SAME * to_next, rounding)


def different(points):
    """Return the different points, first seen first, and which of them each row is.

    Parameters
    ----------
    points : ndarray of shape (n_rows, n_coordinates)

    Returns
    -------
    points : ndarray of shape (n_different, n_coordinates)
    places : ndarray of shape (n_rows,), dtype=intp
    """
    points = np.ascontiguousarray(points) + 0.0  # -0.0 and 0.0 are the same
    as_bytes = points.view(np.dtype((np.void, points.itemsize * points.shape[1])))
    _, first, places = np.unique(
        as_bytes.ravel(), return_index=True, return_inverse=True
    )
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return points[first[order]], rank[places]
