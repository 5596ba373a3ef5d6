"""Clusters of rows by k-means, and a row for each."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import pairwise_distances_argmin


def fit_clusters(clusterer, features, **given):
    """Fit a clusterer, also to fewer different rows than it has clusters.

    Parameters
    ----------
    clusterer : estimator
        Takes the features in ``fit``.
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        The rows.
    **given : object
        Other arguments of ``fit``.

    Returns
    -------
    clusterer : estimator
        The same, fitted.
    """
    with warnings.catch_warnings():
        # Fewer different rows than clusters are no reason to choose fewer rows.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clusterer.fit(features, **given)


def nearest_rows(centres, features):
    """Return the row nearest to each centre, none twice.

    Parameters
    ----------
    centres : ndarray of shape (n_centres, n_features)
        No more than there are rows.
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        The rows.

    Returns
    -------
    rows : ndarray of shape (n_centres,), dtype=intp
        Of centres that share their nearest row, the first gets it, and the others get
        the nearest of those that are left.

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
