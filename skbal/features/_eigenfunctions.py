"""The smoothest functions on a graph: eigenfunctions of its random walk."""

import numpy as np
import scipy.sparse as sp
from scipy import linalg
from scipy.sparse.linalg import eigsh

_DENSE = 1_000  # nodes: below, all eigenfunctions take less time than a few
_TOLERANCE = 1e-4  # of an eigenvalue, in float32


def eigenfunctions(affinity, n_components, rng):
    """Return the leading eigenvalues and eigenfunctions of the random walk on a graph.

    With degrees d and affinity W, the eigenfunctions solve ``W phi = lambda d phi``.
    They are the smoothest functions that are orthogonal to each other, where each node
    counts as much as its degree.

    Parameters
    ----------
    affinity : CSR matrix of shape (n_nodes, n_nodes)
        Symmetric, with positive degrees.
    n_components : int
        At most ``n_nodes``.
    rng : numpy.random.Generator
        Starts the search.

    Returns
    -------
    values : ndarray of shape (n_components,)
        In [-1, 1], largest first. The first is 1.
    functions : ndarray of shape (n_nodes, n_components)
        Columns whose squares have mean 1, weighted by the degrees. float32 for more
        than 1,000 nodes.
    """
    n_nodes = affinity.shape[0]
    degrees = np.asarray(affinity.sum(axis=1), dtype=np.float64).ravel()
    root = np.sqrt(degrees)
    scale = sp.diags(1 / root)
    walk = scale @ affinity @ scale  # symmetric, with the eigenvalues of the walk
    if n_nodes <= _DENSE or n_components >= n_nodes - 1:
        first = n_nodes - n_components
        values, vectors = linalg.eigh(
            walk.toarray(), subset_by_index=(first, n_nodes - 1)
        )
    else:
        start = rng.standard_normal(n_nodes).astype(np.float32)
        walk = walk.astype(np.float32).tocsr()
        values, vectors = eigsh(
            walk, n_components, which="LA", v0=start, tol=_TOLERANCE
        )
    order = np.argsort(-values, kind="stable")
    vectors = vectors[:, order] * (np.sqrt(degrees.sum()) / root)[:, np.newaxis]
    vectors = _with_fixed_signs(vectors.astype(walk.dtype, copy=False))
    return np.clip(values[order].astype(np.float64), -1, 1), vectors


def _with_fixed_signs(vectors):
    """Return vectors whose largest entries are positive."""
    largest = np.abs(vectors).argmax(axis=0)
    return vectors * np.sign(vectors[largest, np.arange(vectors.shape[1])])
