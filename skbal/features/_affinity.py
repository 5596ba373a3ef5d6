"""Weights of the edges between neighbours, and averages over them."""

import numpy as np
import scipy.sparse as sp

_DECAY = 4.0  # the weight of the farthest neighbour is exp(-4)


def edge_weights(distances):
    """Return the weights of the edges from points to their neighbours.

    A point's own distance to its farthest neighbour is its unit of length (Zelnik-Manor
    and Perona 2004): ``exp(-4 d**2 / d_k**2)``.

    Parameters
    ----------
    distances : ndarray of shape (n_points, n_neighbors)
        Distances, nearest first.

    Returns
    -------
    weights : ndarray of shape (n_points, n_neighbors)
        In [exp(-4), 1]. They are 1 if all neighbours are at distance 0.
    """
    farthest = distances[:, -1:]
    scaled = np.divide(
        distances, farthest, out=np.zeros_like(distances), where=farthest > 0
    )
    return np.exp(-_DECAY * scaled**2)


def affinity_matrix(distances, indices):
    """Return the symmetric matrix of edge weights, with a zero diagonal.

    The weight of an edge is the larger of its two ends' weights.

    Parameters
    ----------
    distances : ndarray of shape (n_points, n_neighbors)
        Distances to the neighbours, nearest first.
    indices : ndarray of shape (n_points, n_neighbors)
        The neighbours.

    Returns
    -------
    affinity : CSR matrix of shape (n_points, n_points)
    """
    n_points, n_neighbors = indices.shape
    starts = np.arange(0, n_points * n_neighbors + 1, n_neighbors)
    entries = (edge_weights(distances).ravel(), indices.ravel(), starts)
    one_way = sp.csr_matrix(entries, shape=(n_points, n_points))
    affinity = one_way.maximum(one_way.T).tocsr()
    affinity.sort_indices()
    return affinity


def neighbour_means(values, distances, indices):
    """Return weighted means of the values of neighbours.

    Parameters
    ----------
    values : ndarray of shape (n_points, n_values)
        The values of the points.
    distances, indices : ndarray of shape (n_rows, n_neighbors)
        The neighbours of some rows, nearest first.

    Returns
    -------
    means : ndarray of shape (n_rows, n_values)
    """
    weights = edge_weights(distances).astype(values.dtype, copy=False)
    weights /= weights.sum(axis=1, keepdims=True)
    means = np.zeros((len(indices), values.shape[1]), dtype=values.dtype)
    for weight, index in zip(weights.T, indices.T):
        means += weight[:, np.newaxis] * values[index]
    return means
