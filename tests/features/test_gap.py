"""The number of clusters: eigenvalues with a gap at a known place."""

import numpy as np
import pytest

from skbal.features._gap import n_clusters_of


def weyl(first, n=40, dimensions=2):
    """Return eigenvalues of a smooth cloud, behind those of ``first`` clusters."""
    slow = 1e-3 * np.arange(first) / first
    fast = 0.1 * np.arange(1, n + 1 - first) ** (2 / dimensions) / n
    return 1 - np.sort(np.concatenate([slow, 0.02 + fast]))


@pytest.mark.parametrize("n_clusters", [2, 3, 5, 10, 15])
def test_the_gap_is_behind_the_clusters(n_clusters):
    assert n_clusters_of(weyl(n_clusters)) == n_clusters


@pytest.mark.parametrize("n_parts", [2, 4, 9])
def test_connected_components_are_clusters(n_parts):
    eigenvalues = np.concatenate([np.ones(n_parts), np.linspace(0.9, 0.2, 30)])
    assert n_clusters_of(eigenvalues) == n_parts


def test_no_more_than_allowed():
    for most in (2, 3, 4):
        assert n_clusters_of(weyl(10), most) <= most
    assert n_clusters_of(weyl(10), 1) == 1


@pytest.mark.parametrize(
    ("eigenvalues", "expected"),
    [([1.0], 1), ([1.0, -1.0], 1), ([1.0, 0.5, -0.5], 2), (np.ones(10), 5)],
)
def test_few_or_equal_eigenvalues(eigenvalues, expected):
    found = n_clusters_of(np.array(eigenvalues))
    assert isinstance(found, int)
    assert 1 <= found <= expected
