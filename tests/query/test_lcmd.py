import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.linear_model import LinearRegression

from skbal import ActiveLearner
from skbal.query import LCMD
from tests.query.fakes import random_pool


def taught(X):
    return ActiveLearner(LinearRegression(), X_training=X, y_training=X[:, 0])


def plain(X, centres, n):
    """Choose rows by the definition: all distances anew for each."""
    chosen = []
    for _ in range(n):
        distances = cdist(X, centres)
        nearest = distances.argmin(axis=1)
        squared = distances.min(axis=1) ** 2
        sizes = np.bincount(nearest, squared, minlength=len(centres))
        inside = nearest == sizes.argmax()
        chosen.append(int(np.where(inside, squared, -1).argmax()))
        centres = np.concatenate([centres, X[chosen[-1:]]])
    return chosen


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("convert", [np.asarray, sp.csr_matrix])
def test_batches_are_those_of_the_definition(dtype, convert):
    X = np.random.default_rng(0).gamma(1.0, size=(200, 4)).astype(dtype)
    labelled, pool = X[:5], X[5:]
    strategy = LCMD(features="input", random_state=0)
    chosen = strategy(taught(labelled), convert(pool), 30)
    assert_array_equal(chosen, plain(pool.astype(float), labelled.astype(float), 30))


def test_without_labelled_rows_the_mean_is_the_first_centre_only():
    X = random_pool(80, 3) + 5
    chosen = LCMD(features="input", random_state=0)(None, X, 12)
    first = np.linalg.norm(X - X.mean(axis=0), axis=1).argmax()
    assert_array_equal(chosen, [first, *plain(X, X[[first]], 11)])


def test_the_score_puts_clusters_before_distances():
    X, labelled = random_pool(60, 3), random_pool(70, 3)[60:]
    scores = LCMD().score_pool(taught(labelled), X)
    assert scores.argmax() == plain(X, labelled, 1)[0]
    nearest = cdist(X, labelled).argmin(axis=1)
    whole = np.floor(scores)
    assert all(len(set(whole[nearest == c])) == 1 for c in set(nearest))


def test_copies_of_labelled_rows_come_last_and_no_row_twice():
    X = np.repeat(random_pool(6), 3, axis=0)
    chosen = LCMD(features="input", random_state=0)(taught(X[:3]), X, 18)
    assert sorted(chosen) == list(range(18))
    assert len({tuple(row) for row in X[chosen[:5]]}) == 5
    assert not np.any(chosen[:5] < 3)
