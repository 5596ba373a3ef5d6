"""The nearest points of a set, by a search of scikit-learn, faiss or the user's own."""

import numpy as np
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.neighbors import NearestNeighbors

from skbal._utils.optional import require

_LINKS = 32  # of a point in faiss's graph; more find more of the true neighbours
_EFFORT = 64  # points kept in mind while a neighbour is searched


class ExactSearch:
    """Finds the exact nearest points by scikit-learn.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_coordinates)
        The points among which neighbours are searched.
    n_jobs : int or None
        Number of threads for trees; products of matrices have threads of their own.
    """

    def __init__(self, points, n_jobs):
        self._search = NearestNeighbors(n_jobs=n_jobs).fit(points)

    def __call__(self, points, n_neighbors):
        """Return distances and indices, (n_points, n_neighbors) each, nearest first."""
        return self._search.kneighbors(points, n_neighbors)


class ApproximateSearch:
    """Finds nearly all nearest points by faiss's hierarchical graph, in less time.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_coordinates)
        The points among which neighbours are searched.
    owner : str
        Name of the graph, for messages.
    """

    def __init__(self, points, owner):
        purpose = f"{owner} with neighbors='approximate'"
        faiss = require("faiss", "graph", purpose)
        self._points = points
        self._index = faiss.IndexHNSWFlat(points.shape[1], _LINKS)
        self._index.hnsw.efConstruction = _EFFORT
        self._index.hnsw.efSearch = _EFFORT
        self._index.add(np.ascontiguousarray(points, dtype=np.float32))

    def __call__(self, points, n_neighbors):
        """Return distances and indices, (n_points, n_neighbors) each, nearest first."""
        points = np.ascontiguousarray(points, dtype=np.float32)
        squares, indices = self._index.search(points, n_neighbors)
        distances = np.sqrt(np.maximum(squares, 0))
        # Where faiss finds too few, the others are -1.
        few = (indices < 0).any(axis=1)
        if few.any():
            exact = ExactSearch(self._points, None)
            distances[few], indices[few] = exact(points[few], n_neighbors)
        return distances, indices


class GivenSearch:
    """Finds nearest points by a transformer of the user's, such as pynndescent's.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_coordinates)
        The points among which neighbours are searched.
    transformer : transformer
        Gives a sparse matrix of distances, as ``KNeighborsTransformer`` does.
    n_neighbors : int
        Number of neighbours wanted.
    owner : str
        Name of the graph, for messages.
    """

    def __init__(self, points, transformer, n_neighbors, owner):
        self._owner = owner
        self._transformer = clone(transformer)
        params = self._transformer.get_params(deep=False)
        if params.get("mode") == "connectivity":
            raise ValueError(
                f"neighbors of {owner} must give distances, got {transformer!r}. Set "
                "its mode to 'distance'."
            )
        if "n_neighbors" in params:
            # KNeighborsTransformer gives one more, which must be there.
            size = min(n_neighbors + 1, len(points) - 1)
            self._transformer.set_params(n_neighbors=size)
        self._transformer.fit(points)

    def __call__(self, points, n_neighbors):
        """Return distances and indices, (n_points, n_neighbors) each, nearest first."""
        found = sp.csr_matrix(self._transformer.transform(points))
        fewest = np.diff(found.indptr).min() if found.shape[0] == len(points) else 0
        if fewest < n_neighbors:
            raise ValueError(
                f"neighbors of {self._owner} must give {n_neighbors} distances for "
                f"each row, as KNeighborsTransformer does, got {fewest}."
            )
        return _nearest(found, n_neighbors)


def nearest_others(search, points, n_neighbors):
    """Return the nearest points of each point, without the point itself.

    Parameters
    ----------
    search : callable
        One of the searches above, over the same points.
    points : ndarray of shape (n_points, n_coordinates)
        Different points.
    n_neighbors : int
        Less than the number of points.

    Returns
    -------
    distances : ndarray of shape (n_points, n_neighbors)
    indices : ndarray of shape (n_points, n_neighbors), dtype=intp
    """
    distances, indices = search(points, n_neighbors + 1)
    own = indices == np.arange(len(points))[:, np.newaxis]
    # An approximate search may miss the point itself. Then its last one is dropped.
    own[~own.any(axis=1), -1] = True
    shape = (len(points), n_neighbors)
    return distances[~own].reshape(shape), indices[~own].reshape(shape).astype(np.intp)


def _nearest(found, n_neighbors):
    """Return the smallest entries of each row of a CSR matrix, and their columns."""
    distances = np.empty((found.shape[0], n_neighbors), dtype=found.dtype)
    indices = np.empty((found.shape[0], n_neighbors), dtype=np.intp)
    for row, (start, end) in enumerate(zip(found.indptr, found.indptr[1:])):
        order = np.argsort(found.data[start:end], kind="stable")[:n_neighbors]
        distances[row] = found.data[start:end][order]
        indices[row] = found.indices[start:end][order]
    return distances, indices
