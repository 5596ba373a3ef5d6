import tracemalloc

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits

from skbal.seeding import KMeansSeed, _centres
from skbal.seeding._centres import centres_of


@pytest.fixture
def short_way(monkeypatch):
    """Any rows count as many."""
    monkeypatch.setattr(_centres, "_MANY", 0)


def sum_of_squares(X, centres):
    return (cdist(X, centres).min(axis=1) ** 2).sum()


@pytest.mark.parametrize("convert", [np.asarray, sp.csr_array])
def test_few_rows_are_clustered_by_k_means_as_they_are(convert):
    X = load_digits().data
    centres, sizes = centres_of(convert(X), 10, seed=3)
    expected = KMeans(10, n_init=3, random_state=3).fit(X)
    assert_allclose(centres, expected.cluster_centers_, atol=1e-8)
    assert_array_equal(sizes, np.bincount(expected.labels_))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_many_rows_have_as_small_a_sum_of_squares(short_way, dtype):
    X = load_digits().data.astype(dtype)
    X = np.hstack((X, X[:, ::-1] / 2))  # more columns than directions
    for seed in range(3):
        centres, sizes = centres_of(X, 10, seed)
        expected = KMeans(10, n_init=3, random_state=seed).fit(X).inertia_
        assert sum_of_squares(X, centres) < 1.005 * expected
        assert centres.dtype == dtype
        assert sizes.sum() == len(X)


def test_a_step_goes_to_the_means_of_the_nearest_rows():
    X, rng = load_digits().data, np.random.default_rng(0)
    start, offset = X[:10] + rng.random((10, 64)), X.mean(axis=0)
    moved, sizes = _centres._moved(X, offset, start - offset)
    nearest = cdist(X, start).argmin(axis=1)
    means = [X[nearest == cluster].mean(axis=0) for cluster in range(10)]
    assert_allclose(moved + offset, means, atol=1e-8)
    assert_array_equal(sizes, np.bincount(nearest, minlength=10))


def test_numbers_far_from_zero_are_clustered_like_others(short_way):
    X = load_digits().data.astype(np.float32)
    found = sum_of_squares(X, centres_of(X, 10, 0)[0])
    far = centres_of(X + 2**16, 10, 0)[0] - 2**16
    assert sum_of_squares(X, far) < 1.01 * found


@pytest.mark.parametrize("n_values", [1, 3])
def test_fewer_different_rows_than_clusters_are_all_found(short_way, n_values):
    X = np.repeat(np.eye(4)[:n_values], 30, axis=0)
    chosen = KMeansSeed(n_instances=5, random_state=0).select(X)
    assert len(set(chosen.tolist())) == 5
    assert len(np.unique(X[chosen], axis=0)) == n_values


def test_as_many_clusters_as_rows(short_way):
    X = np.random.default_rng(0).normal(size=(20, 3))
    chosen = KMeansSeed(n_instances=20, random_state=0).select(X)
    assert_array_equal(np.sort(chosen), np.arange(20))


def test_many_rows_are_not_copied():
    X = np.random.default_rng(0).standard_normal((12_000, 1000), dtype=np.float32)
    tracemalloc.start()
    centres_of(X, 5, seed=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.6 * X.nbytes
