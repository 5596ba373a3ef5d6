"""The smoothest functions on a graph: eigenfunctions of its random walk."""

import numpy as np
import scipy.sparse as sp
from scipy import linalg
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import LinearOperator, eigsh

_DENSE = 1_000  # nodes: below, all eigenfunctions take less time than a few
_TOLERANCE = 1e-4  # of an eigenvalue, in float32
_DOWN = 3.0  # takes an eigenvalue of 1 to -2, behind all others


def eigenfunctions(affinity, n_components, rng):
    """Return the leading eigenvalues and eigenfunctions of the random walk on a graph.

    With degrees d and affinity W, the eigenfunctions solve ``W phi = lambda d phi``.
    They are the smoothest functions that are orthogonal to each other, where each node
    counts as much as its degree. Those of eigenvalue 1 are constant on one connected
    component each, and 0 elsewhere, the largest component first.

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
        In [-1, 1], largest first: 1 once for each connected component.
    functions : ndarray of shape (n_nodes, n_components)
        Columns whose squares have mean 1, weighted by the degrees. float32 for more
        than 1,000 nodes.
    """
    degrees = np.asarray(affinity.sum(axis=1), dtype=np.float64).ravel()
    root = np.sqrt(degrees)
    scale = sp.diags(1 / root)
    walk = scale @ affinity @ scale  # symmetric, with the eigenvalues of the walk
    constant = _constant_on_parts(affinity, degrees, n_components)
    n_constant = constant.shape[1]
    values, vectors = _leading(walk, constant, n_components - n_constant, rng)
    order = np.argsort(-values, kind="stable")
    values = np.concatenate([np.ones(n_constant), values[order]])
    vectors = np.hstack([constant.toarray(), vectors[:, order]])
    vectors *= (np.sqrt(degrees.sum()) / root)[:, np.newaxis]
    dtype = np.float64 if len(root) <= _DENSE else np.float32
    # Rows are read together, so each is in one piece of memory.
    vectors = vectors.astype(dtype, order="C", copy=False)
    return np.clip(values, -1, 1), _with_fixed_signs(vectors)


def _constant_on_parts(affinity, degrees, most):
    """Return the eigenvectors of eigenvalue 1: the root of the degrees on each part.

    A search that starts from one vector would find but one of many equal eigenvalues.
    Of more than ``most`` parts these are the largest.
    """
    n_parts, part = connected_components(affinity, directed=False)
    sizes = np.bincount(part, degrees)
    kept = np.argsort(-sizes, kind="stable")[:most]
    nodes = np.arange(len(part))
    all_parts = sp.csc_matrix(
        (np.sqrt(degrees / sizes[part]), (nodes, part)), shape=(len(part), n_parts)
    )
    return all_parts[:, kept]


def _leading(walk, known, n_components, rng):
    """Return the leading eigenvalues and eigenvectors that are orthogonal to some."""
    n_nodes = walk.shape[0]
    if n_components == 0:
        return np.empty(0), np.empty((n_nodes, 0))
    if n_nodes <= _DENSE or n_components >= n_nodes - 1:
        known = known.toarray()
        without = walk.toarray() - _DOWN * known @ known.T
        return linalg.eigh(
            without, subset_by_index=(n_nodes - n_components, n_nodes - 1)
        )
    start = rng.standard_normal(n_nodes).astype(np.float32)
    walk, known = walk.astype(np.float32).tocsr(), known.astype(np.float32)
    back = (_DOWN * known).T.tocsr()

    def times(vector):
        return walk @ vector - known @ (back @ vector)

    without = LinearOperator(walk.shape, matvec=times, dtype=np.float32)
    return eigsh(without, n_components, which="LA", v0=start, tol=_TOLERANCE)


def _with_fixed_signs(vectors):
    """Return vectors whose largest entries are positive."""
    largest = np.abs(vectors).argmax(axis=0)
    return vectors * np.sign(vectors[largest, np.arange(vectors.shape[1])])
