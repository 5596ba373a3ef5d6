import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression

from skbal import ActiveLearner
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.query import TypiClust
from tests.query.fakes import random_pool


class Labelled:
    """A learner of which only the labelled rows are needed."""

    def __init__(self, X_training):
        self.X_training = X_training


def choose(X, n_instances, learner=None, **parameters):
    strategy = TypiClust(features="input", random_state=0, **parameters)
    return strategy(learner, X, n_instances)


def plain(X, labelled, n_instances, n_neighbors=20):
    """Return the choice by loops, with the clusters of a first call."""
    rows = np.concatenate([X, labelled])
    strategy = TypiClust(features="input", random_state=0)
    learner = Labelled(labelled) if len(labelled) else None
    rng = strategy._rng(learner, len(X))
    # Not found again: of features with other last bits, k-means has other clusters.
    clusters = strategy._groups(learner, X, n_instances, rng).clusters
    assert len(set(clusters.tolist())) == len(labelled) + n_instances
    priority = rng.random(len(X))  # of two mutual neighbours, for instance
    counts = {c: int((clusters[len(X) :] == c).sum()) for c in set(clusters.tolist())}
    chosen = []
    for _ in range(n_instances):
        open_rows = [row for row in range(len(X)) if row not in chosen]
        best = None
        for c in sorted(counts):
            members = np.flatnonzero(clusters == c)
            left = [row for row in members if row in open_rows]
            if not left:
                continue
            key = (len(members) < 5, counts[c], -len(members))
            for row in left:
                distances = np.sort(cdist(rows[[row]], rows[members])[0])[1:]
                typical = distances[:n_neighbors].mean() if len(members) > 1 else np.inf
                entry = (*key, round(typical, 6), priority[row])
                if best is None or entry < best[0]:
                    best = entry, row, c
        chosen.append(best[1])
        counts[best[2]] += 1
    return chosen


# Choices


@settings(max_examples=25)
@example(seed=3128, n_pool=51, n_labelled=6, n_neighbors=1)
@given(
    seed=st.integers(0, 10**6),
    n_pool=st.integers(3, 60),
    n_labelled=st.integers(0, 8),
    n_neighbors=st.integers(1, 25),
)
def test_the_rows_are_those_of_plain_loops(seed, n_pool, n_labelled, n_neighbors):
    rng = np.random.default_rng(seed)
    X, labelled = rng.normal(size=(n_pool, 3)), rng.normal(size=(n_labelled, 3))
    n_instances = int(rng.integers(1, min(n_pool, 6) + 1))
    learner = Labelled(labelled) if n_labelled else None
    chosen = choose(X, n_instances, learner, n_neighbors=n_neighbors)
    assert_array_equal(chosen, plain(X, labelled, n_instances, n_neighbors))


def test_the_first_labels_are_the_middles_of_the_groups_large_ones_first():
    sizes = [60, 40, 20]
    X, which = make_blobs(sizes, cluster_std=0.1, centers=9 * np.eye(3), random_state=0)
    chosen = choose(X, 3)
    assert_array_equal(which[chosen], [0, 1, 2])
    for row, group in zip(chosen, which[chosen]):
        rows = np.flatnonzero(which == group)
        distances = np.sort(cdist(X[rows], X[rows]), axis=1)[:, 1 : min(20, len(rows))]
        assert rows[distances.mean(axis=1).argmin()] == row or len(rows) > 20
    rows = np.flatnonzero(which == 2)  # of twenty rows, all others are neighbours
    assert rows[cdist(X[rows], X[rows]).sum(axis=1).argmin()] == chosen[2]


def test_groups_with_a_labelled_row_wait():
    X, which = make_blobs(
        [60, 40, 20], cluster_std=0.1, centers=9 * np.eye(3), random_state=0
    )
    labelled = 9 * np.eye(3)[[0, 2]]
    assert which[choose(X, 1, Labelled(labelled))[0]] == 1


def test_small_clusters_come_last():
    # Four rows far away are no group yet. Five are.
    X = random_pool(40)
    for n_far, is_last in ((4, True), (5, False)):
        far = 100 + random_pool(n_far)
        chosen = choose(np.concatenate([X, far]), 2)
        assert (chosen < 40).all() == is_last
    everything = choose(np.concatenate([X, 100 + random_pool(4)]), 44)
    assert len(set(everything.tolist())) == 44


def test_there_are_never_more_clusters_than_said():
    X = random_pool(60)
    scores = TypiClust(features="input", max_clusters=3, random_state=0).score_pool(
        Labelled(X[:20]), X[20:]
    )
    assert set(np.floor(scores)) <= {0, 1, 2}
    assert len(set(choose(X, 30, max_clusters=1).tolist())) == 30


@pytest.mark.parametrize("n_labelled", [0, 6])
def test_the_best_score_is_the_choice_of_one_row(n_labelled):
    X = random_pool(80, 3)
    learner = Labelled(X[:n_labelled]) if n_labelled else None
    pool = X[n_labelled:]
    strategy = TypiClust(features="input", random_state=0)
    scores = strategy.score_pool(learner, pool)
    assert strategy(learner, pool)[0] == scores.argmax()


def test_the_rest_of_a_score_says_how_near_the_neighbours_are():
    X = random_pool(30, 3)
    strategy = TypiClust(features="input", n_neighbors=4, random_state=0)
    distances = np.sort(cdist(X, X), axis=1)[:, 1:5].mean(axis=1)
    expected = np.median(distances) / (np.median(distances) + distances)
    assert_allclose(strategy.score_pool(None, X), expected, rtol=1e-5)


# Order, copies, pools


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), n_instances=st.integers(1, 9))
def test_a_permuted_pool_gives_the_same_rows(seed, n_instances):
    rng = np.random.default_rng(seed)
    X, order = rng.normal(size=(50, 3)), rng.permutation(50)
    learner = Labelled(rng.normal(size=(4, 3)))
    chosen = choose(X, n_instances, learner)
    assert_array_equal(order[choose(X[order], n_instances, learner)], chosen)


def test_copies_are_one_group_and_each_may_be_chosen():
    X = np.concatenate([np.zeros((30, 2)), 50 + random_pool(20)])
    chosen = [
        TypiClust(features="input", random_state=seed)(None, X, 2)[0]
        for seed in range(40)
    ]
    assert max(chosen) < 30
    assert len(set(chosen)) > 15


def test_rows_far_from_the_origin_are_as_well_told_apart():
    X = random_pool(200, 3)
    assert_array_equal(choose(X + 1e5, 12), choose(X, 12))


def test_sparse_rows_are_taken():
    X = random_pool(80, 3) * (random_pool(80, 3)[::-1] > 0)
    learner = Labelled(sp.csr_matrix(X[:5]))
    chosen = choose(sp.csr_matrix(X[5:]), 6, learner)
    assert len(set(chosen.tolist())) == 6


def test_a_learner_without_labels_gets_its_first_ones():
    X = random_pool(60)
    y = (X[:, 0] > 0).astype(int)
    initial = TypiClust(features="input", random_state=0)(None, X, n_instances=8)
    loop = ActiveLearningLoop(
        ActiveLearner(LogisticRegression(), TypiClust(random_state=0)),
        X,
        LabelOracle(y),
        n_queries=2,
        initial=initial,
    )
    history = loop.run().history_
    assert history[0].indices == tuple(initial.tolist())
    learner = ActiveLearner(LogisticRegression(), TypiClust(features="input"))
    assert len(learner.query(X, n_instances=5)[0]) == 5


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"n_neighbors": 0}, ValueError, "n_neighbors of TypiClust"),
        ({"max_clusters": 1.5}, TypeError, "max_clusters of TypiClust"),
    ],
)
def test_wrong_parameters_are_refused(parameters, error, message):
    with pytest.raises(error, match=message):
        choose(random_pool(), 3, **parameters)


def test_values_that_are_not_finite_are_refused():
    X = random_pool()
    X[3, 1] = np.nan
    message = "rows of X_pool given to TypiClust are not valid: .* by a SimpleImputer"
    with pytest.raises(ValueError, match=message):
        choose(X, 3)


@pytest.mark.parametrize("seed", [26, 243, 868320])
def test_the_last_digits_of_the_mean_do_not_matter(seed):
    # k-means has two optima here, and found another one for another order of the rows.
    rng = np.random.default_rng(seed)
    X, order = rng.normal(size=(50, 3)), rng.permutation(50)
    learner = Labelled(rng.normal(size=(4, 3)))
    assert_array_equal(order[choose(X[order], 7, learner)], choose(X, 7, learner))
