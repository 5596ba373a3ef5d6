"""ClusterSeed: one row for each cluster, and then the rows that tell most."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs, make_moons
from sklearn.preprocessing import StandardScaler

from skbal.features import PoolGraph
from skbal.models import GraphClassifier
from skbal.seeding import ClusterSeed
from skbal.seeding._cluster import Telling, _turns

SIZES = [50, 40, 30]


def blobs(sizes, seed=0, apart=12.0):
    """Return rows of round clusters on a circle, in random order, and their cluster."""
    rng = np.random.default_rng(seed)
    groups = rng.permutation(np.repeat(range(len(sizes)), sizes))
    angles = 2 * np.pi * np.arange(len(sizes)) / len(sizes)
    size = apart / (2 * np.sin(np.pi / max(len(sizes), 2)))
    centres = size * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return centres[groups] + rng.normal(size=(len(groups), 2)), groups


X, GROUPS = blobs(SIZES)
GRAPH = PoolGraph(n_components=40, random_state=0).fit(X)


@pytest.mark.slow
@settings(max_examples=15)
@given(
    sizes=st.lists(st.integers(25, 50), min_size=2, max_size=6),
    seed=st.integers(0, 2**32 - 1),
)
def test_each_of_well_separated_clusters_gives_one_row(sizes, seed):
    pool, groups = blobs(sizes, seed)
    chosen = ClusterSeed(len(sizes), n_clusters=len(sizes), random_state=0).select(pool)
    assert sorted(groups[chosen].tolist()) == list(range(len(sizes)))


def test_the_number_of_clusters_is_found_and_large_clusters_come_first():
    chosen = ClusterSeed(10, GRAPH, random_state=0).select(X)
    assert GRAPH.n_clusters_ == 3
    assert GROUPS[chosen[:3]].tolist() == [0, 1, 2]


@pytest.mark.parametrize("n_instances", [1, 2, 3, 7, 120])
def test_as_many_different_rows_as_asked_for(n_instances):
    chosen = ClusterSeed(n_instances, GRAPH, random_state=0).select(X)
    assert len(set(chosen.tolist())) == len(chosen) == n_instances
    assert len(set(GROUPS[chosen])) == min(n_instances, 3)


def covariances():
    """Return the prior covariance of the field and the variance of a label."""
    field = GRAPH.field()
    rows = field.rows(GRAPH.locate(X))
    return rows, rows @ rows.T, 0.05 + field.roughness(GRAPH.locate(X))


def after(K, noise, row):
    return K - np.outer(K[row], K[row]) / (K[row, row] + noise[row])


def test_the_row_of_a_cluster_lowers_the_variance_of_the_cluster_most():
    rows, K, noise = covariances()
    for group in range(3):
        members = np.flatnonzero(group == GROUPS)
        part, s = K[np.ix_(members, members)], noise[members]
        left = [after(part, s, row).trace() for row in range(len(members))]
        assert Telling(rows[members], s).falls().argmax() == np.argmin(left)
    chosen = ClusterSeed(3, GRAPH, random_state=0).select(X)
    expected = [
        members[Telling(rows[members], noise[members]).falls().argmax()]
        for members in (np.flatnonzero(group == GROUPS) for group in range(3))
    ]
    assert chosen.tolist() == expected


def test_further_rows_lower_the_variance_of_the_largest_clusters_most():
    chosen = ClusterSeed(8, GRAPH, random_state=0).select(X)
    assert GROUPS[chosen].tolist() == [0, 1, 2, 0, 1, 2, 0, 1]
    _, K, noise = covariances()
    for group in range(3):
        members = np.flatnonzero(group == GROUPS)
        part, s = K[np.ix_(members, members)], noise[members]
        for row in chosen[GROUPS[chosen] == group]:
            place = np.searchsorted(members, row)
            left = [after(part, s, i).trace() for i in range(len(members))]
            assert left[place] == pytest.approx(min(left), abs=1e-8)
            part = after(part, s, place)


def test_a_cluster_of_two_classes_gets_the_label_that_is_left():
    # Two of four classes are near each other. Another one is long, so that a second
    # label there would tell more of the whole pool.
    rng = np.random.default_rng(0)
    groups = rng.permutation(np.repeat(range(4), 60))
    centres = np.array([[0.0, 0.0], [5.0, 0.0], [40.0, 0.0], [0.0, 72.0]])
    spread = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [6.0, 1.0]])
    pool = centres[groups] + spread[groups] * rng.normal(size=(240, 2))
    graph = PoolGraph(n_components=40, random_state=0).fit(pool)
    chosen = ClusterSeed(4, graph, n_clusters=3, random_state=0).select(pool)
    assert set(groups[chosen[:3]]) in ({0, 2, 3}, {1, 2, 3})
    assert set(groups[chosen]) == {0, 1, 2, 3}


def quotas(sizes, n_labels):
    """Return how many labels each cluster gets: Adams' method of apportionment."""
    quotients = sorted(
        (-size / n, k) for k, size in enumerate(sizes) for n in range(1, size)
    )
    further = [k for _, k in quotients[: n_labels - len(sizes)]]
    return (1 + np.bincount(further, minlength=len(sizes))).tolist()


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.data())
def test_labels_are_shared_out_by_size(sizes, data):
    n_labels = data.draw(st.integers(len(sizes), sum(sizes)))
    turns = _turns(sizes, n_labels)
    given_ = np.bincount(turns, minlength=len(sizes))
    assert given_.tolist() == quotas(sizes, n_labels)
    assert turns[: len(sizes)] == list(range(len(sizes)))
    assert (given_ <= sizes).all()


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_what_is_known_after_labels_is_the_dense_posterior(seed):
    rng = np.random.default_rng(seed)
    factors, noise = rng.normal(size=(7, 4)), rng.random(7) + 0.01
    K, telling = factors @ factors.T, Telling(factors, noise)
    for row in rng.permutation(7):
        falls = [K.trace() - after(K, noise, i).trace() for i in range(7)]
        np.testing.assert_allclose(telling.falls(), falls, atol=1e-9)
        K = after(K, noise, row)
        telling.label(row)
        np.testing.assert_allclose(telling.variances, np.diag(K), atol=1e-10)
        np.testing.assert_allclose(telling.squares, (K**2).sum(axis=1), atol=1e-9)


def test_a_row_without_variance_tells_nothing():
    telling = Telling(np.array([[0.0, 0.0], [1.0, 2.0]]), np.array([0.1, 0.1]))
    before = telling.falls()
    telling.label(0)
    np.testing.assert_array_equal(telling.falls(), before)
    assert before[0] == 0


def test_the_covariance_is_that_of_a_classifier_on_the_rows():
    chosen = ClusterSeed(6, GRAPH, random_state=0).select(X)
    model = GraphClassifier(GRAPH).fit(X[chosen], np.arange(6) % 2)
    factor = model.covariance_factor(X)
    _, K, noise = covariances()
    for row in chosen:
        K = after(K, noise, row)
    np.testing.assert_allclose(factor @ factor.T, K, atol=1e-8)


# Small clusters far from all others


def far_from(pool, n_rows, seed=0):
    """Return the pool and some rows 8 standard deviations away, and which these are."""
    rng, spread = np.random.default_rng(seed), pool.std(axis=0).mean()
    far = pool.mean(axis=0) + spread * np.array([8, 0])
    rows = far + 0.3 * spread * rng.normal(size=(n_rows, 2))
    is_far = np.arange(len(pool) + n_rows) >= len(pool)
    return np.vstack([pool, rows]), is_far


POOLS = {
    "one cluster": np.random.default_rng(0).normal(size=(290, 2)),
    "three clusters": blobs([120, 100, 70])[0],
    "moons": make_moons(290, noise=0.05, random_state=0)[0],
}
EACH_POOL = pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS.keys())


@EACH_POOL
@pytest.mark.parametrize("n_far", [5, 8, 10, 12, 20])
def test_a_small_cluster_far_away_gets_one_of_four_rows(pool, n_far):
    rows, is_far = far_from(pool, n_far)
    chosen = ClusterSeed(4, random_state=0).select(rows)
    assert is_far[chosen].sum() == 1


def test_with_fewer_rows_than_clusters_each_group_of_clusters_gets_one():
    groups = np.array([[0, 0], [16, 0], [0, 16], [16, 16]])
    parts = np.array([[0, 0], [5, 0], [0, 5]])
    centers = (groups[:, np.newaxis] + parts).reshape(-1, 2)
    X, part = make_blobs(600, centers=centers, random_state=0)
    graph = PoolGraph(random_state=0).fit(X)
    assert graph.n_clusters_ == 12
    for seed in range(10):
        rows = ClusterSeed(4, graph, random_state=seed).select(X)
        assert set(part[rows] // 3) == {0, 1, 2, 3}


@EACH_POOL
@pytest.mark.parametrize("n_instances", [4, 8])
def test_isolated_rows_are_no_clusters(pool, n_instances):
    rng = np.random.default_rng(1)
    directions = rng.normal(size=(6, 2))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    alone = pool.mean(axis=0) + 12 * pool.std() * directions
    rows = np.vstack([pool, alone])
    graph = PoolGraph(random_state=0).fit(rows)
    assert (graph.islands(graph.locate(rows))[0] < 0).all()
    chosen = ClusterSeed(n_instances, graph, random_state=0).select(rows)
    assert (chosen < len(pool)).all()


def test_at_most_half_of_the_rows_are_of_small_clusters():
    sizes = [7, 9, 6, 10, 8]
    others = np.repeat(
        [[0.0, 40], [40, 0], [-40, 0], [0, -40], [40, 40]], sizes, axis=0
    )
    others += 0.3 * np.random.default_rng(0).normal(size=others.shape)
    rows = np.vstack([POOLS["one cluster"], others])
    group = np.concatenate([np.full(290, -1), np.repeat(range(5), sizes)])
    chosen = ClusterSeed(4, random_state=0).select(rows)
    assert group[chosen].tolist() == [-1, -1, 3, 1]  # the largest ones
    chosen = ClusterSeed(12, random_state=0).select(rows)
    assert set(group[chosen]) == {-1, 0, 1, 2, 3, 4}


def test_a_small_cluster_is_one_of_the_clusters_of_a_given_number():
    rows, is_far = far_from(POOLS["three clusters"], 8)
    chosen = ClusterSeed(4, n_clusters=4, random_state=0).select(rows)
    assert is_far[chosen].tolist() == [False, False, False, True]


def test_a_pool_of_small_clusters_only():
    sizes = [8, 7, 7, 6]
    rows = np.repeat([[0.0, 0], [9, 0], [0, 9], [9, 9]], sizes, axis=0)
    rows += 0.3 * np.random.default_rng(0).normal(size=rows.shape)
    chosen = ClusterSeed(8, random_state=0).select(rows)
    group = np.repeat(range(4), sizes)
    assert set(group[chosen[:4]]) == {0, 1, 2, 3}


def test_labels_are_not_looked_at():
    alone = ClusterSeed(5, GRAPH, random_state=0).select(X)
    for y in (np.zeros(120), np.arange(120), ["any"]):
        found = ClusterSeed(5, GRAPH, random_state=0).select(X, y)
        np.testing.assert_array_equal(found, alone)


def test_some_rows_of_the_pool_of_a_graph():
    rows = np.flatnonzero(GROUPS < 2)[::2]
    chosen = ClusterSeed(2, GRAPH, n_clusters=2, random_state=0).select(X[rows])
    assert chosen.max() < len(rows)
    assert set(GROUPS[rows][chosen]) == {0, 1}


@pytest.mark.parametrize(
    "features",
    [None, StandardScaler(), PoolGraph(n_neighbors=8), PoolGraph(StandardScaler())],
    ids=["none", "transformer", "graph", "graph with features"],
)
def test_without_a_fitted_graph_one_of_the_rows_is_built(features):
    chosen = ClusterSeed(3, features, n_clusters=3, random_state=0).select(X)
    assert GROUPS[chosen].tolist() == [0, 1, 2]
    assert not hasattr(features, "mean_")
    assert not hasattr(features, "embedding_") or not features.__sklearn_is_fitted__()


def test_a_graph_that_was_changed_after_fit_is_an_error():
    graph = PoolGraph(n_components=9, random_state=0).fit(X).set_params(n_neighbors=3)
    with pytest.raises(
        ValueError, match="features of ClusterSeed was fitted with other"
    ):
        ClusterSeed(3, graph).select(X)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_pools_of_few_rows_are_taken_whole(n):
    pool = np.arange(2.0 * n).reshape(n, 2) ** 2
    chosen = ClusterSeed(n, random_state=0).select(pool)
    assert sorted(chosen.tolist()) == list(range(n))


def test_equal_rows_are_chosen_when_no_others_are_left():
    pool = np.array([[0.0]] * 4 + [[1.0]] * 2 + [[5.0]])
    chosen = ClusterSeed(5, random_state=0).select(pool)
    assert set(pool[chosen, 0]) == {0.0, 1.0, 5.0}
    assert len(set(chosen.tolist())) == 5


def test_more_rows_than_there_are_is_an_error():
    with pytest.raises(ValueError, match="n_instances of ClusterSeed is 200, but X"):
        ClusterSeed(200).select(X)
