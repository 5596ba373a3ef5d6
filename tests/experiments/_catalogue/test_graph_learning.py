import numpy as np
import pytest
import scipy.sparse as sp

from skbal.experiments._catalogue._graph_learning import (
    laplace_learning,
    poisson_learning,
)

NODES, ONE_HOT = np.array([1, 4, 7]), np.eye(3)


def random_graph(seed, n=12):
    """Return the weights of a connected random graph, dense."""
    rng = np.random.default_rng(seed)
    weights = np.triu(rng.random((n, n)) * (rng.random((n, n)) < 0.3), 1)
    weights[np.arange(n - 1), np.arange(1, n)] += 0.1  # a path through all nodes
    return weights + weights.T


def laplacian(weights):
    return np.diag(weights.sum(axis=1)) - weights


@pytest.mark.parametrize("seed", range(5))
def test_laplace_learning_is_the_dense_solution(seed):
    weights = random_graph(seed)
    found = laplace_learning(sp.csr_matrix(weights), NODES, ONE_HOT)
    others = np.setdiff1d(np.arange(12), NODES)
    dense = laplacian(weights)
    right = -dense[np.ix_(others, NODES)] @ ONE_HOT
    solved = np.linalg.solve(dense[np.ix_(others, others)], right)
    np.testing.assert_allclose(found[others], solved, atol=1e-5)
    np.testing.assert_array_equal(found[NODES], ONE_HOT)
    # Each node has the values of a distribution over the classes.
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_poisson_learning_is_the_dense_solution(seed):
    weights = random_graph(seed)
    found = poisson_learning(sp.csr_matrix(weights), NODES, ONE_HOT)
    sources = np.zeros((12, 3))
    sources[NODES] = ONE_HOT - 1 / 3
    solved = np.linalg.pinv(laplacian(weights)) @ sources
    degrees = weights.sum(axis=1)
    solved -= degrees @ solved / degrees.sum()
    np.testing.assert_allclose(found, solved, atol=1e-4)
    # The sources of all classes sum to zero at every node, and so do the solutions.
    np.testing.assert_allclose(found.sum(axis=1), 0, atol=1e-4)


def test_components_are_solved_each_for_itself():
    # Two pairs of nodes, and a fifth node that has no edge.
    weights = np.zeros((5, 5))
    weights[0, 1] = weights[1, 0] = weights[2, 3] = weights[3, 2] = 1
    graph, nodes = sp.csr_matrix(weights), np.array([0, 2])
    poisson = poisson_learning(graph, nodes, np.eye(2))
    assert poisson[:4].argmax(axis=1)[[0, 2]].tolist() == [0, 1]
    # In the first pair the sources 1/2 and 0 become 1/4 and -1/4.
    assert poisson[0, 0] - poisson[1, 0] == pytest.approx(0.25)
    harmonic = laplace_learning(graph, nodes, np.eye(2))
    expected = [[1, 0], [1, 0], [0, 1], [0, 1], [0, 0]]
    np.testing.assert_allclose(harmonic, expected, atol=1e-6)
