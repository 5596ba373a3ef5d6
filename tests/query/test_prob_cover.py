import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression

from skbal import ActiveLearner
from skbal.query import KCenterGreedy, ProbCover
from skbal.query._prob_cover import _pure_radius
from skbal.query._pseudo_labels import cluster
from tests.query.fakes import random_pool
from tests.query.test_typi_clust import Labelled


def cover(delta=None, **parameters):
    return ProbCover(delta, features="input", random_state=0, **parameters)


# Choices


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10**6),
    n_pool=st.integers(1, 40),
    n_labelled=st.integers(0, 6),
    delta=st.floats(0.05, 5),
)
def test_each_row_covers_most_of_what_is_left(seed, n_pool, n_labelled, delta):
    rng = np.random.default_rng(seed)
    X, labelled = rng.normal(size=(n_pool, 2)), rng.normal(size=(n_labelled, 2))
    strategy = cover(delta)
    learner = Labelled(labelled) if n_labelled else None
    n_instances = int(rng.integers(1, n_pool + 1))
    chosen = strategy(learner, X, n_instances)
    inside = cdist(X, X) < delta
    bare = np.ones(n_pool, dtype=bool)
    if n_labelled:
        bare = ~(cdist(X, labelled) < delta).any(axis=1)
    assert_array_equal(strategy.score_pool(learner, X), inside[:, bare].sum(axis=1))
    left = np.ones(n_pool, dtype=bool)
    for place, row in enumerate(chosen):
        gains = inside[:, bare].sum(axis=1)
        assert gains[row] == gains[left].max()
        bare &= ~inside[row]
        left[row] = False
        assert_allclose(strategy.coverage_[place], 1 - bare.mean(), atol=1e-12)
    assert strategy.delta_ == delta


def test_dense_regions_come_first_and_outliers_last():
    X, which = make_blobs(
        [60, 40, 20], cluster_std=0.1, centers=9 * np.eye(3), random_state=0
    )
    X = np.concatenate([X, [[99.0, 0, 0]]])
    strategy = cover(1.0)
    chosen = strategy(None, X, 4)
    assert_array_equal(which[chosen[:3]], [0, 1, 2])
    assert chosen[3] == 120
    assert_allclose(strategy.coverage_, np.array([60, 100, 120, 121]) / 121)
    far = KCenterGreedy(features="input", random_state=0)(None, X)
    assert far[0] == 120


def test_labelled_rows_cover_what_is_near_them():
    X, which = make_blobs(
        [60, 40], cluster_std=0.1, centers=9 * np.eye(2), random_state=0
    )
    assert which[cover(1.0)(Labelled(9 * np.eye(2)[:1]), X)[0]] == 1


def test_when_all_is_covered_the_rest_is_random():
    X = random_pool(50)
    chosen = [
        ProbCover(100.0, features="input", random_state=seed)(None, X, 2)[1]
        for seed in range(40)
    ]
    assert len(set(chosen)) > 20


# The radius


@pytest.mark.parametrize("purity", [0.0, 0.5, 0.9, 0.95, 1.0])
@pytest.mark.parametrize("n_classes", [2, 5])
def test_the_radius_is_the_largest_with_pure_balls(purity, n_classes):
    X = random_pool(60, 3)
    radius = _pure_radius(X, n_classes, purity, np.random.default_rng(0))
    clusters = cluster(X, n_classes, np.random.default_rng(0))
    distances, differ = cdist(X, X), clusters[:, np.newaxis] != clusters

    def share(radius):
        return 1 - ((distances < radius) & differ).any(axis=1).mean()

    assert share(radius * (1 - 1e-9)) >= purity - 1e-12
    if purity > 0:
        assert share(radius * (1 + 1e-9)) < purity


def test_the_radius_is_found_for_the_classes_of_the_model():
    X, y = make_blobs(150, centers=9 * np.eye(3), cluster_std=0.3, random_state=0)
    model = LogisticRegression().fit(X, y)
    strategy = cover()
    chosen = strategy(model, X, 3)
    assert set(y[chosen]) == {0, 1, 2}
    found = strategy.delta_
    # Every ball is pure up to the gap between the groups.
    assert found > cdist(X, X)[y[:, np.newaxis] == y].max()
    assert strategy.coverage_[-1] == 1
    named = cover(n_classes=3)
    named(None, X, 3)
    assert named.delta_ == found
    few = cover(n_classes=3, purity=0.2)
    few(None, X)
    assert few.delta_ > found


def test_equal_rows_are_covered_by_one():
    strategy = cover(n_classes=4)
    strategy(None, np.ones((20, 2)), 2)
    assert strategy.delta_ == np.inf
    assert_array_equal(strategy.coverage_, 1)
    assert cover(n_classes=4)(None, np.ones((1, 2))).tolist() == [0]


# Order and pools


@pytest.mark.parametrize("delta", [None, 0.6])
@settings(max_examples=15)
@given(seed=st.integers(0, 10**6))
def test_a_permuted_pool_is_covered_as_well(delta, seed):
    rng = np.random.default_rng(seed)
    X, order = rng.normal(size=(50, 3)), rng.permutation(50)
    learner, one, two = (
        Labelled(rng.normal(size=(4, 3))),
        *(cover(delta, n_classes=3) for _ in range(2)),
    )
    scores = one.score_pool(learner, X)
    assert_array_equal(two.score_pool(learner, X[order]), scores[order])
    first, again = one(learner, X), two(learner, X[order])
    assert scores[first] == scores[order[again]]
    assert_allclose(one.delta_, two.delta_, rtol=1e-12)


def test_rows_far_from_the_origin_are_as_well_told_apart():
    X = random_pool(200, 3)
    assert_array_equal(cover(0.5)(None, X + 1e5, 12), cover(0.5)(None, X, 12))


def test_sparse_and_single_precision_rows_are_taken():
    X = random_pool(80, 3) * (random_pool(80, 3)[::-1] > 0)
    expected = cover(0.7)(Labelled(X[:5]), X[5:], 6)
    sparse = cover(0.7)(Labelled(sp.csr_matrix(X[:5])), sp.csr_matrix(X[5:]), 6)
    assert_array_equal(sparse, expected)
    single = cover(0.7)(Labelled(X[:5]), X[5:].astype(np.float32), 6)
    assert_array_equal(single, expected)


def test_a_learner_asks_with_it():
    X = random_pool(60)
    first = ProbCover(0.5, features="input", random_state=0)
    learner = ActiveLearner(LogisticRegression(), first)
    rows = learner.query(X, n_instances=10)[0]
    learner.teach(X[rows], X[rows, 0] > 0)
    learner.query_strategy = ProbCover(random_state=0)
    assert len(set(learner.query(X, n_instances=5)[0].tolist())) == 5


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"delta": 0}, ValueError, "delta of ProbCover must be larger than 0"),
        ({"delta": "0.5"}, TypeError, "delta of ProbCover"),
        ({"purity": 1.1}, ValueError, "purity of ProbCover"),
        ({"n_classes": 1}, ValueError, "n_classes of ProbCover"),
        ({}, ValueError, "NoneType has no classes_. Give ProbCover n_classes or delta"),
    ],
)
def test_what_is_wrong_is_said(parameters, error, message):
    with pytest.raises(error, match=message):
        cover(**parameters)(None, random_pool(), 3)
