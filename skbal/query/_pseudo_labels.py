"""Clusters of rows, which stand for the classes that are not known yet."""

import numpy as np
import scipy.sparse as sp
from sklearn.cluster import KMeans, MiniBatchKMeans

from skbal._utils.clusters import fit_clusters
from skbal._utils.random import next_seed

_MANY_CLUSTERS = 50  # more are found by mini-batches
_STARTS = 3  # runs of k-means, of which the best is taken
_BATCH_SIZE = 5000


def cluster(features, n_clusters, rng):
    """Return the cluster of each row.

    It does not depend on the order of the rows.

    Parameters
    ----------
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        The rows, in float32 or float64.
    n_clusters : int
        At most n_rows. k-means by mini-batches is used for more than 50.
    rng : numpy.random.Generator
        Seeds k-means.

    Returns
    -------
    clusters : ndarray of shape (n_rows,), dtype=int
        From 0 to n_clusters - 1. With fewer distinct rows, some do not occur.

    Examples
    --------
    >>> found = cluster(np.array([[0.0], [9.0], [1.0]]), 2, np.random.default_rng(0))
    >>> bool(found[0] == found[2] != found[1])
    True
    """
    # k-means begins at positions. Along a line, rows have positions of their own, and
    # rounding does not move them far.
    along = features @ rng.standard_normal(features.shape[1]).astype(features.dtype)
    order = np.argsort(along, kind="stable")
    given = {"n_init": _STARTS, "random_state": next_seed(rng)}
    if n_clusters <= _MANY_CLUSTERS:
        clusterer = KMeans(n_clusters, **given)
    else:
        clusterer = MiniBatchKMeans(n_clusters, batch_size=_BATCH_SIZE, **given)
    clusters = np.empty(features.shape[0], dtype=int)
    clusters[order] = fit_clusters(clusterer, features[order]).labels_
    return clusters


def stacked(features, more):
    """Return the rows of one matrix of features and then those of another.

    Parameters
    ----------
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        The first rows.
    more : ndarray or CSR matrix of shape (n_more, n_features) or None
        Further rows, or None for none.

    Returns
    -------
    stacked : ndarray or CSR matrix of shape (n_rows + n_more, n_features)
    """
    if more is None:
        return features
    if sp.issparse(features):
        return sp.vstack([features, more], format="csr")
    return np.concatenate([features, more])
