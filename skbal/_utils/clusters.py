"""Clusters of rows, and one row for each cluster."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import pairwise_distances_argmin


def fit_clusters(clusterer, features, **given):
    """Fit a clusterer without a warning if there are fewer distinct rows than clusters.

    Parameters
    ----------
    clusterer : estimator
        Its ``fit`` is called with the features.
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        The rows.
    **given : object
        Further arguments of ``fit``.

    Returns
    -------
    clusterer : estimator
        The same object, fitted.
    """
    with warnings.catch_warnings():
        # Even with fewer distinct rows than clusters, as many rows must be chosen.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clusterer.fit(features, **given)


def nearest_rows(centres, features):
    """Return the row nearest to each centre, without repeats.

    Parameters
    ----------
    centres : ndarray of shape (n_centres, n_features)
        At most as many as there are rows.
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        The rows.

    Returns
    -------
    rows : ndarray of shape (n_centres,), dtype=intp
        If centres share their nearest row, the first centre gets it. The others get the
        nearest of the remaining rows.

    Examples
    --------
    >>> nearest_rows(np.array([[0.0], [0.1]]), np.array([[0.0], [5.0], [1.0]]))
    array([0, 2])
    """
    rows = np.empty(len(centres), dtype=np.intp)
    centres = centres.astype(features.dtype, copy=False)
    left, waiting = np.arange(features.shape[0]), np.arange(len(centres))
    while len(waiting):
        part = features if len(left) == features.shape[0] else features[left]
        found = left[pairwise_distances_argmin(centres[waiting], part)]
        found, first = np.unique(found, return_index=True)
        rows[waiting[first]] = found
        left = np.setdiff1d(left, found, assume_unique=True)
        waiting = np.delete(waiting, first)
    return rows
