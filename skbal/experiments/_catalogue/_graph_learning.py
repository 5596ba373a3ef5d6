"""Laplace and Poisson learning: labels spread over a graph, without a posterior."""

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import cg

_TOLERANCE, _MAX_STEPS = 1e-6, 1000


def laplace_learning(affinity, nodes, one_hot):
    """Return the harmonic functions that have the given values at labelled nodes.

    At every other node, such a function is the mean of its neighbours, weighted by the
    edges: ``L u = 0`` with ``L`` the graph Laplacian [1]_, section 2.

    Parameters
    ----------
    affinity : sparse array of shape (n_nodes, n_nodes)
        The weights of the edges, symmetric.
    nodes : ndarray of shape (n_labels,), dtype=intp
        The labelled nodes, each once.
    one_hot : ndarray of shape (n_labels, n_classes)
        1 for the class of a label, 0 for the others.

    Returns
    -------
    values : ndarray of shape (n_nodes, n_classes)
        The largest one is the predicted class. Zero where no label is connected.

    References
    ----------
    .. [1] X. Zhu, Z. Ghahramani and J. Lafferty (2003). Semi-supervised learning using
       Gaussian fields and harmonic functions. ICML.

    Examples
    --------
    A path of four nodes, with a label at each end:

    >>> path = sp.diags_array([[1.0] * 3, [1.0] * 3], offsets=[-1, 1])
    >>> values = laplace_learning(path, np.array([0, 3]), np.eye(2))
    >>> values.round(2).tolist()
    [[1.0, 0.0], [0.67, 0.33], [0.33, 0.67], [0.0, 1.0]]
    """
    laplacian, degrees = _laplacian(affinity)
    others = np.setdiff1d(np.arange(len(degrees)), nodes)
    values = np.zeros((len(degrees), one_hot.shape[1]))
    values[nodes] = one_hot
    inside = laplacian[others][:, others]
    outside = -laplacian[others][:, nodes] @ one_hot
    for label in np.flatnonzero(one_hot.any(axis=0)):
        values[others, label] = _solve(inside, degrees[others], outside[:, label])
    return values


def poisson_learning(affinity, nodes, one_hot):
    """Return the solution of the Poisson equation with a source at each label.

    Solves ``L u = sum_i (y_i - mean of y) delta_i`` [1]_, section 2. The sum of u,
    weighted by the degrees of the nodes, is 0. The classes must have equally many
    labels. Otherwise a class with many would be favoured.

    Parameters
    ----------
    affinity : sparse array of shape (n_nodes, n_nodes)
        The weights of the edges, symmetric.
    nodes : ndarray of shape (n_labels,), dtype=intp
        The labelled nodes, each once.
    one_hot : ndarray of shape (n_labels, n_classes)
        1 for the class of a label, 0 for the others.

    Returns
    -------
    values : ndarray of shape (n_nodes, n_classes)
        The largest one is the predicted class. If the graph has several connected
        components, the sources of each are made to sum to 0, in proportion to the
        degrees: there is no solution otherwise.

    References
    ----------
    .. [1] J. Calder, B. Cook, M. Thorpe and D. Slepcev (2020). Poisson learning: graph
       based semi-supervised learning at very low label rates. ICML.

    Examples
    --------
    >>> path = sp.diags_array([[1.0] * 3, [1.0] * 3], offsets=[-1, 1])
    >>> values = poisson_learning(path, np.array([0, 3]), np.eye(2))
    >>> values.round(2).tolist()
    [[0.75, -0.75], [0.25, -0.25], [-0.25, 0.25], [-0.75, 0.75]]
    """
    laplacian, degrees = _laplacian(affinity)
    sources = np.zeros((len(degrees), one_hot.shape[1]))
    sources[nodes] = one_hot - one_hot.mean(axis=0)
    _, part = connected_components(affinity, directed=False)
    share = degrees / np.maximum(np.bincount(part, degrees)[part], 1e-300)
    values = np.zeros_like(sources)
    for label, source in enumerate(sources.T):
        total = np.bincount(part, source)[part]
        u = _solve(laplacian, degrees, source - total * share)
        values[:, label] = u - np.average(u, weights=degrees)
    return values


def _laplacian(affinity):
    """Return the graph Laplacian and the degrees of the nodes."""
    degrees = np.asarray(affinity.sum(axis=1)).ravel()
    return (sp.diags_array(degrees) - affinity).tocsr(), degrees


def _solve(matrix, degrees, right):
    """Return the solution by conjugate gradients, scaled by the degrees."""
    inverse = sp.diags_array(1 / np.maximum(degrees, 1e-300))
    found, _ = cg(matrix, right, rtol=_TOLERANCE, maxiter=_MAX_STEPS, M=inverse)
    return found
