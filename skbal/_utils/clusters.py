"""Clusters of rows, and one row for each cluster."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import pairwise_distances_argmin, pairwise_distances_chunked

# Part of a distance that rounding of float32 features may change.
EQUALLY_NEAR = 1e-4
_MEGABYTES = 32  # of distances at once


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


def nearest_rows(centres, features, tolerance=None):
    """Return the row nearest to each centre, without repeats.

    Parameters
    ----------
    centres : ndarray of shape (n_centres, n_features)
        At most as many as there are rows.
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        The rows.
    tolerance : float, optional
        Rows whose distance to a centre is larger than the smallest one by no more than
        this part of it are equally near, and the first of them is taken. The mean of
        two rows is as far from one as from the other, and rounding must not decide
        between them. ``None`` lets it.

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
        found = left[_nearest(centres[waiting], part, tolerance)]
        found, first = np.unique(found, return_index=True)
        rows[waiting[first]] = found
        left = np.setdiff1d(left, found, assume_unique=True)
        waiting = np.delete(waiting, first)
    return rows


def _nearest(centres, features, tolerance):
    if tolerance is None:
        return pairwise_distances_argmin(centres, features)
    parts = pairwise_distances_chunked(
        centres,
        features,
        reduce_func=lambda distances, start: _first_near(distances, tolerance),
        working_memory=_MEGABYTES,
    )
    return np.concatenate(list(parts))


def _first_near(distances, tolerance):
    """Return the first column of each row that is about the smallest."""
    least = distances.min(axis=1, keepdims=True)
    return (distances <= (1 + tolerance) * least).argmax(axis=1)
