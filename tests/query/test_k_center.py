from itertools import combinations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.linear_model import LogisticRegression

from skbal import ActiveLearner
from skbal.query import KCenterGreedy
from tests.query.fakes import random_pool
from tests.query.test_far_apart import plain


def taught(X):
    return ActiveLearner(LogisticRegression(), X_training=X, y_training=X[:, 0] > 0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_row_is_the_farthest_from_all_labelled_and_chosen_ones(dtype):
    X, labelled = random_pool(300, 4).astype(dtype), random_pool(320, 4)[300:]
    chosen = KCenterGreedy(random_state=0)(taught(labelled), X, 25)
    known = labelled
    for row in chosen:
        distances = cdist(X, known).min(axis=1)
        assert distances[row] > distances.max() * (1 - 1e-6)
        known = np.concatenate([known, X[[row]]])


def test_the_score_is_the_distance_to_the_nearest_labelled_row():
    X, labelled = random_pool(50, 4), random_pool(60, 4)[50:]
    scores = KCenterGreedy().score_pool(taught(labelled), X)
    assert_allclose(scores, cdist(X, labelled).min(axis=1))


@pytest.mark.parametrize("convert", [np.asarray, sp.csr_matrix])
def test_without_labelled_rows_the_first_is_the_farthest_from_the_mean(convert):
    X = random_pool(200, 4) + 3
    strategy = KCenterGreedy(features="input", random_state=0)
    expected = np.linalg.norm(X - X.mean(axis=0), axis=1)
    assert_allclose(strategy.score_pool(None, convert(X)), expected)
    # The mean is no labelled row: from the second on, it does not count.
    chosen = strategy(None, convert(X), 20)
    seed = np.random.default_rng(0)
    assert_array_equal(chosen, plain(X - X.mean(axis=0), 20, seed))


def test_a_row_that_is_labelled_already_comes_last():
    X = random_pool(30)
    chosen = KCenterGreedy(random_state=0)(taught(X[:10]), X, 30)
    assert set(chosen[20:].tolist()) == set(range(10))


def test_rows_far_from_the_origin_are_as_well_told_apart():
    X = random_pool(200, 3)
    strategy = KCenterGreedy(features="input", random_state=0)
    near = strategy(None, X, 30)
    assert_array_equal(strategy(None, X + 1e6, 30), near)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_the_largest_distance_left_is_at_most_twice_the_best(seed):
    X = np.random.default_rng(seed).normal(size=(9, 2))
    distances = cdist(X, X)
    chosen = KCenterGreedy(features="input", random_state=0)(None, X, 3)
    best = min(
        distances[:, list(rows)].min(axis=1).max() for rows in combinations(range(9), 3)
    )
    assert distances[:, chosen].min(axis=1).max() <= 2 * best * (1 + 1e-9)
