"""Small clusters far from all others, which eigenfunctions may not show.

A node of a cluster with no more than ``n_neighbors`` nodes has neighbours elsewhere,
however far away. So the cluster is no connected component, and its eigenfunction may
come behind those of larger clusters. But the far nodes do not have it as their
neighbour. In the graph of mutual neighbours the cluster is a component of its own [1]_.

Fringes of larger clusters, pairs and single far nodes are such components, too. A
random walk leaves them almost at once, but stays among several nodes that are near each
other.

References
----------
.. [1] M. R. Brito, E. L. Chávez, A. J. Quiroz and J. E. Yukich (1997), Connectivity of
   the mutual k-nearest-neighbor graph in clustering and outlier detection.
"""

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

_FEWEST = 5  # nodes
_LARGE = 2  # times n_neighbors: larger clusters have eigenfunctions of their own
_LEAVES = 0.1  # probability to leave an island in a step, at most


def islands_of(affinity, distances, indices):
    """Return the island of each node, and how easily a walk leaves each island.

    An island is a component of mutual neighbours with at least 5 nodes. Some have
    neighbours elsewhere, and all of these are farther away than the next node of the
    island is for any of its nodes.

    Parameters
    ----------
    affinity : CSR matrix of shape (n_nodes, n_nodes)
        Weights of the edges.
    distances, indices : ndarray of shape (n_nodes, n_neighbors)
        The neighbours of each node, nearest first.

    Returns
    -------
    islands : ndarray of shape (n_nodes,), dtype=int32
        The number of the island, or -1.
    leaves : ndarray of shape (n_islands,)
        Probability that a step of the random walk leaves the island, below 0.1.
    """
    n_nodes, n_neighbors = indices.shape
    n_parts, part = connected_components(_mutual(indices), directed=False)
    sizes = np.bincount(part)
    is_small = (sizes >= _FEWEST) & (sizes <= _LARGE * n_neighbors)
    nodes = np.flatnonzero(is_small[part] & (2 * sizes < n_nodes)[part])
    leaves = _leaves(affinity, part, nodes, n_parts)
    is_island = (leaves < _LEAVES) & _are_apart(
        distances[nodes], part[indices[nodes]], part[nodes], n_parts
    )
    number = np.full(n_parts, -1, dtype=np.int32)
    number[is_island] = np.arange(np.count_nonzero(is_island))
    return number[part], leaves[is_island]


def _mutual(indices):
    """Return the graph of nodes that are neighbours of each other."""
    n_nodes, n_neighbors = indices.shape
    starts = np.arange(0, n_nodes * n_neighbors + 1, n_neighbors)
    ones = np.ones(indices.size, dtype=np.int8)
    one_way = sp.csr_matrix((ones, indices.ravel(), starts), shape=(n_nodes, n_nodes))
    return one_way.minimum(one_way.T)


def _leaves(affinity, part, nodes, n_parts):
    """Return the probability to leave the part of some nodes; 1 for other parts."""
    edges = affinity[nodes].tocoo()
    starts = part[nodes[edges.row]]
    is_out = starts != part[edges.col]
    out = np.bincount(starts, edges.data * is_out, n_parts)
    total = np.bincount(starts, edges.data, n_parts)
    return np.divide(out, total, out=np.ones(n_parts), where=total > 0)


def _are_apart(distances, ends, starts, n_parts):
    """Return which parts are farther from others than their nodes from each other.

    ``starts`` are the parts of some nodes, and ``ends`` those of their neighbours. A
    part without neighbours elsewhere is a connected component, and not apart here.
    """
    is_out = ends != starts[:, np.newaxis]
    gap, spacing = np.full(n_parts, np.inf), np.zeros(n_parts)
    np.minimum.at(gap, starts, np.where(is_out, distances, np.inf).min(axis=1))
    np.maximum.at(spacing, starts, np.where(is_out, np.inf, distances).min(axis=1))
    return (gap >= spacing) & np.isfinite(gap)
