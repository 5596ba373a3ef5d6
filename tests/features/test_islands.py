"""Islands: against components of mutual neighbours and the walk, found by loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal.features._affinity import affinity_matrix
from skbal.features._islands import islands_of
from skbal.features._neighbours import ExactSearch, nearest_others


def graph_of(points, n_neighbors=10):
    found = nearest_others(ExactSearch(points, None), points, n_neighbors)
    return affinity_matrix(*found), *found


def components(indices):
    """Return the sets of nodes joined by mutual neighbours."""
    near = [set(row.tolist()) for row in indices]
    left, found = set(range(len(near))), []
    while left:
        part, new = set(), {min(left)}
        while new:
            part |= new
            new = {j for i in new for j in near[i] if i in near[j]} - part
        left -= part
        found.append(part)
    return found


def is_apart(part, distances, indices):
    """Return whether all neighbours elsewhere are farther than the next node within."""
    pairs = [list(zip(distances[i], indices[i])) for i in part]
    out = [d for near in pairs for d, j in near if j not in part]
    spacing = max(min(d for d, j in near if j in part) for near in pairs)
    return len(out) > 0 and min(out) >= spacing


def by_loops(affinity, distances, indices):
    """Return the islands as sets, and the probability to leave each."""
    weights, found = affinity.toarray(), {}
    for part in components(indices):
        nodes = sorted(part)
        leaves = 1 - weights[np.ix_(nodes, nodes)].sum() / weights[nodes].sum()
        is_small = 5 <= len(part) <= min(2 * indices.shape[1], len(weights) / 2 - 0.5)
        if is_small and leaves < 0.1 and is_apart(part, distances, indices):
            found[frozenset(part)] = leaves
    return found


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.lists(st.integers(1, 12), min_size=1, max_size=6),
    n_neighbors=st.integers(3, 12),
)
def test_they_are_those_of_loops(seed, sizes, n_neighbors):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(len(sizes), 2)) * 60
    points = np.repeat(centres, sizes, axis=0) + rng.normal(size=(sum(sizes), 2))
    points = np.vstack([points, rng.normal(size=(30, 2))])
    graph = graph_of(points, n_neighbors)
    islands, leaves = islands_of(*graph)
    found = {
        frozenset(np.flatnonzero(islands == i).tolist()): pytest.approx(left, abs=1e-9)
        for i, left in enumerate(leaves)
    }
    assert by_loops(*graph) == found


def test_one_cluster_has_none():
    points = np.random.default_rng(0).normal(size=(200, 2))
    islands, leaves = islands_of(*graph_of(points))
    assert (islands == -1).all()
    assert leaves.shape == (0,)


@pytest.mark.parametrize(("n_far", "n_islands"), [(1, 0), (2, 0), (5, 1), (9, 1)])
def test_a_single_far_node_or_a_pair_is_none(n_far, n_islands):
    rng = np.random.default_rng(0)
    far = np.array([30.0, 0]) + 0.3 * rng.normal(size=(n_far, 2))
    _, leaves = islands_of(*graph_of(np.vstack([rng.normal(size=(100, 2)), far])))
    assert len(leaves) == n_islands
