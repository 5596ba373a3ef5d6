"""Weights of edges and means over neighbours, worked by hand on four points."""

import numpy as np
import pytest

from skbal.features._affinity import affinity_matrix, edge_weights, neighbour_means

# Points at 0, 1, 3 and 7, and the two nearest others of each.
DISTANCES = np.array([[1.0, 3.0], [1.0, 2.0], [2.0, 3.0], [4.0, 6.0]])
INDICES = np.array([[1, 2], [0, 2], [1, 0], [2, 1]])


def test_the_farthest_neighbour_has_the_weight_exp_minus_4():
    expected = np.exp([[-4 / 9, -4], [-1, -4], [-16 / 9, -4], [-16 / 9, -4]])
    np.testing.assert_allclose(edge_weights(DISTANCES), expected, rtol=1e-12)


def test_neighbours_at_no_distance_count_alike():
    np.testing.assert_array_equal(edge_weights(np.zeros((2, 3))), np.ones((2, 3)))


def test_an_edge_has_the_larger_weight_of_its_two_ends():
    affinity = affinity_matrix(DISTANCES, INDICES)
    expected = np.zeros((4, 4))
    expected[0, 1] = np.exp(-4 / 9)  # from 0; from 1 it is exp(-1)
    expected[0, 2] = np.exp(-4)  # from both
    expected[1, 2] = np.exp(-16 / 9)  # from 2; from 1 it is exp(-4)
    expected[2, 3] = np.exp(-16 / 9)  # from 3 only
    expected[1, 3] = np.exp(-4)
    expected += expected.T
    np.testing.assert_allclose(affinity.toarray(), expected, rtol=1e-12)


def test_means_are_weighted_by_the_edges():
    values = np.array([[1.0, 0.0], [2.0, 5.0], [4.0, 0.0], [8.0, 0.0]])
    found = neighbour_means(values, np.array([[1.0, 2.0]]), np.array([[1, 3]]))
    a, b = np.exp(-1), np.exp(-4)
    expected = [[(2 * a + 8 * b) / (a + b), 5 * a / (a + b)]]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_means_have_the_type_of_the_values(dtype):
    values = np.ones((4, 2), dtype=dtype)
    assert neighbour_means(values, DISTANCES, INDICES).dtype == dtype
