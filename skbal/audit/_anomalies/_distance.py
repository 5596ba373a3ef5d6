"""Distances to the labelled rows, on the scale of the labelled rows nearby.

Where labelled rows are dense, a small distance to them is odd already. So the mean
distance to the nearest labelled rows is divided by the same mean of these rows
themselves. This is the idea of the local outlier factor [1]_, with distances in place
of reachability.

References
----------
.. [1] M. M. Breunig, H.-P. Kriegel, R. T. Ng and J. Sander (2000), LOF: Identifying
   Density-Based Local Outliers, SIGMOD.
"""

import numpy as np
from sklearn.neighbors import NearestNeighbors


def local_distances(labelled, rows, n_neighbors):
    """Return how far rows are from the labelled ones, on the scale of these.

    Parameters
    ----------
    labelled : ndarray of shape (n_labelled, n_features)
        The labelled rows.
    rows : ndarray of shape (n_samples, n_features)
        Other rows.
    n_neighbors : int
        Number of nearest labelled rows, below ``n_labelled``.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Mean distance to the nearest labelled rows, divided by the mean of theirs. It is
        about 1 for a row like them, and at least 0.
    own : ndarray of shape (n_labelled,)
        The same of each labelled row, computed from the others.

    Examples
    --------
    Labelled rows are 1 apart, and a row is 3 away from the nearest of them:

    >>> labelled = np.array([[0.0], [1.0], [2.0]])
    >>> local_distances(labelled, np.array([[5.0], [1.0]]), 1)[0]
    array([3., 0.])
    """
    search = NearestNeighbors(n_neighbors=n_neighbors).fit(labelled)
    own_distances, own_nearest = search.kneighbors()  # without the row itself
    scale = own_distances.mean(axis=1)
    distances, nearest = search.kneighbors(rows)
    scores = _ratio(distances.mean(axis=1), scale[nearest].mean(axis=1))
    return scores, _ratio(scale, scale[own_nearest].mean(axis=1))


def _ratio(distance, scale):
    """Return the ratio. Rows equal to their neighbours are not far, any other is."""
    far = np.where(distance > 0, np.inf, 1.0)
    return np.divide(distance, scale, out=far, where=scale > 0)
