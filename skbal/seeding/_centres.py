"""Centres of clusters, found by k-means, also of rows that hold many numbers.

k-means compares every row with every centre in each of a hundred steps. Many rows go a
shorter way to centres that are as good:

1. The rows are projected on the directions in which some of them vary most.
2. k-means begins several times, on some of the projected rows.
3. From the best centres it goes on for a few steps, on all projected rows.
4. Its last steps use all rows as they are.

The projections are short, and distances between them are nearly those of the rows [1]_.
A row is nearest to the same centre before and after the projection if centres are in
the span of the directions. So the first step on the rows needs no labels.

References
----------
.. [1] C. Boutsidis, A. Zouzias, M. W. Mahoney and P. Drineas (2015), Randomized
   Dimensionality Reduction for k-means Clustering.
"""

import numpy as np
import scipy.sparse as sp
from sklearn.cluster import KMeans
from sklearn.utils.extmath import randomized_svd

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.clusters import fit_clusters

_STARTS = 3  # runs of k-means, of which the best is taken
_MANY = 2**22  # numbers; fewer are clustered as they are
_DIRECTIONS = 64
_SEEN = 2000  # rows that show the directions
_STARTED = 10_000, 50  # rows on which k-means begins, at least so many per cluster
_SHORT_STEPS = 10  # steps on all projected rows
_STEPS = 2  # steps on all rows as they are
_CACHED = 2**22  # bytes of a chunk of rows


def centres_of(features, n_clusters, seed):
    """Return the centres of clusters of rows, and the number of rows of each.

    Parameters
    ----------
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        The rows, in float32 or float64.
    n_clusters : int
        At most n_rows.
    seed : int
        Seeds the choice of rows and directions, and the starts of k-means.

    Returns
    -------
    centres : ndarray of shape (n_clusters, n_features)
    sizes : ndarray of shape (n_clusters,), dtype=int

    Examples
    --------
    >>> centres, sizes = centres_of(np.array([[0.0], [1.0], [8.0]]), 2, seed=0)
    >>> sorted(zip(sizes.tolist(), centres.ravel().tolist()))
    [(1, 8.0), (2, 0.5)]
    """
    if sp.issparse(features) or features.size <= _MANY:
        clusters = _clusters(features, n_clusters, seed, n_init=_STARTS)
        sizes = np.bincount(clusters.labels_, minlength=n_clusters)
        return clusters.cluster_centers_, sizes
    return _centres_of_many(features, n_clusters, seed)


def _centres_of_many(features, n_clusters, seed):
    rng = np.random.default_rng(seed)
    offset, directions = _directions(features, rng, seed)
    short = _projected(features, offset, directions)
    some = _some(short, max(_STARTED[0], _STARTED[1] * n_clusters), rng)
    start = _clusters(some, n_clusters, seed, n_init=_STARTS).cluster_centers_
    how = {"init": start, "n_init": 1, "max_iter": _SHORT_STEPS}
    centres = _clusters(short, n_clusters, seed, **how).cluster_centers_ @ directions.T
    for _ in range(_STEPS):
        centres, sizes = _moved(features, offset, centres)
    return centres + offset, sizes


def _clusters(features, n_clusters, seed, **how):
    return fit_clusters(KMeans(n_clusters, random_state=seed, **how), features)


def _directions(features, rng, seed):
    """Return the mean of some rows, and the directions in which they vary most."""
    most = max(_CACHED // features.shape[1], 4 * _DIRECTIONS)
    some = _some(features, min(_SEEN, most), rng)
    offset = some.mean(axis=0)
    size = min(_DIRECTIONS, *some.shape)
    right = randomized_svd(some - offset, size, n_iter=2, random_state=seed)[2]
    return offset, np.ascontiguousarray(right.T)


def _projected(features, offset, directions):
    short = np.empty((len(features), directions.shape[1]), features.dtype)
    for rows in _chunks(features):
        np.matmul(features[rows] - offset, directions, out=short[rows])
    return short


def _moved(features, offset, centres):
    """Return the means of the rows nearest to each centre, and the numbers of rows.

    Centres and means are measured from ``offset``. A centre that is nearest to no row
    stays.
    """
    sums, sizes = np.zeros(centres.shape), np.zeros(len(centres), dtype=int)
    halves = np.einsum("ij,ij->i", centres, centres) / 2
    for rows in _chunks(features):
        chunk = features[rows] - offset
        nearest = (chunk @ centres.T - halves).argmax(axis=1)
        sums += _members(nearest, len(centres), chunk.dtype) @ chunk
        sizes += np.bincount(nearest, minlength=len(centres))
    has_rows = sizes > 0
    centres = centres.copy()
    centres[has_rows] = sums[has_rows] / sizes[has_rows, np.newaxis]
    return centres, sizes


def _members(nearest, n_clusters, dtype):
    """Return the matrix that adds up the rows of each cluster."""
    entries = np.ones(len(nearest), dtype), (nearest, np.arange(len(nearest)))
    return sp.csr_array(entries, shape=(n_clusters, len(nearest)))


def _chunks(features):
    size = rows_within(features[0].nbytes, max_memory=_CACHED)
    return chunks(len(features), size)


def _some(rows, most, rng):
    if len(rows) <= most:
        return rows
    return rows[np.sort(rng.choice(len(rows), most, replace=False))]
