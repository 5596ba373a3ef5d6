"""Eigenfunctions of the random walk: against SciPy's dense solver."""

import numpy as np
import pytest
import scipy.sparse as sp
from scipy import linalg
from sklearn.neighbors import kneighbors_graph

from skbal.features._eigenfunctions import eigenfunctions


def affinity(n_nodes, n_parts=1, n_neighbors=8):
    """Return the graph of a plane in several parts that are not connected."""
    rng = np.random.default_rng(n_nodes)
    sizes = [len(part) for part in np.array_split(np.arange(n_nodes), n_parts)]
    parts = []
    for size in sizes:
        near = kneighbors_graph(rng.random((size, 2)), n_neighbors)
        near.data = rng.random(len(near.data)) + 0.1
        parts.append(near.maximum(near.T))
    return sp.block_diag(parts, format="csr")


def dense(graph):
    """Return all eigenvalues of W phi = lambda d phi, the largest first."""
    W = graph.toarray()
    values, functions = linalg.eigh(W, np.diag(W.sum(axis=1)))
    return values[::-1], functions[:, ::-1] * np.sqrt(W.sum())


# (n_nodes, n_components, tolerance): all, some, and the sparse search in float32.
CASES = [(40, 40, 1e-9), (300, 20, 1e-9), (400, 5, 1e-9)]
CASES += [pytest.param(1000, 5, 1e-9, marks=pytest.mark.slow)]
CASES += [pytest.param(1500, 30, 2e-3, marks=pytest.mark.slow)]
ALL_CASES = pytest.mark.parametrize(("n_nodes", "n_components", "tolerance"), CASES)


def found(graph, n_components):
    return eigenfunctions(graph, n_components, np.random.default_rng(0))


@ALL_CASES
def test_they_are_those_of_the_dense_random_walk(n_nodes, n_components, tolerance):
    graph = affinity(n_nodes)
    values, functions = found(graph, n_components)
    expected, exact = dense(graph)
    np.testing.assert_allclose(values, expected[:n_components], atol=tolerance)
    # Both span the same space: the mixed products are a rotation.
    degrees = np.asarray(graph.sum(axis=1)).ravel()
    mixed = functions.T @ (degrees[:, np.newaxis] * exact) / degrees.sum()
    inner = n_components - 3 if n_components < n_nodes else n_components
    sizes = np.linalg.norm(mixed[:inner, : n_components + 3], axis=1)
    np.testing.assert_allclose(sizes, 1, atol=max(tolerance, 1e-8))


@ALL_CASES
def test_they_solve_the_equation_and_are_orthonormal(n_nodes, n_components, tolerance):
    graph = affinity(n_nodes)
    values, functions = found(graph, n_components)
    degrees = np.asarray(graph.sum(axis=1)).ravel()
    gram = functions.T @ (degrees[:, np.newaxis] * functions) / degrees.sum()
    np.testing.assert_allclose(gram, np.eye(n_components), atol=1e-4)
    step = (graph @ functions) / degrees[:, np.newaxis]
    away = np.square(step - values * functions)
    assert np.sqrt(np.average(away, axis=0, weights=degrees)).max() < 10 * tolerance
    assert values[0] == pytest.approx(1, abs=1e-6)
    assert np.ptp(functions[:, 0]) < 0.01


@pytest.mark.parametrize(
    ("n_nodes", "n_parts"),
    [(300, 7), pytest.param(1500, 30, marks=pytest.mark.slow)],
)
def test_each_connected_component_has_an_eigenvalue_of_one(n_nodes, n_parts):
    graph = affinity(n_nodes, n_parts)
    values, functions = found(graph, n_parts + 5)
    np.testing.assert_allclose(values[:n_parts], 1, atol=1e-5)
    assert values[n_parts] < 1 - 1e-4
    parts = np.concatenate(
        [
            np.full(len(p), i)
            for i, p in enumerate(np.array_split(range(n_nodes), n_parts))
        ]
    )
    levels = np.array(
        [functions[parts == part].mean(axis=0) for part in range(n_parts)]
    )
    np.testing.assert_allclose(
        functions[:, :n_parts], levels[parts, :n_parts], atol=0.02
    )
    assert np.linalg.matrix_rank(levels[:, :n_parts], tol=1e-2) == n_parts


def test_the_entry_farthest_from_0_is_positive():
    _, functions = found(affinity(100), 10)
    largest = np.abs(functions).argmax(axis=0)
    assert (functions[largest, range(10)] > 0).all()


def test_two_nodes_have_two_functions():
    values, functions = found(sp.csr_matrix([[0.0, 0.3], [0.3, 0.0]]), 2)
    np.testing.assert_allclose(values, [1, -1], atol=1e-12)
    np.testing.assert_allclose(np.abs(functions), 1, atol=1e-12)
