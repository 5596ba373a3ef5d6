import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

from skbal.query._pseudo_labels import cluster, stacked
from tests.query.fakes import random_pool


def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("convert", [np.asarray, sp.csr_matrix])
@pytest.mark.parametrize("n_clusters", [7, 60])
def test_groups_are_found(convert, n_clusters):
    centers = 50 * random_pool(n_clusters, 4)
    X, truth = make_blobs(1200, centers=centers, cluster_std=0.01, random_state=0)
    found = cluster(convert(X), n_clusters, rng())
    assert adjusted_rand_score(found, truth) > (0.999 if n_clusters == 7 else 0.9)


@pytest.mark.parametrize("n_clusters", [7, 60])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clusters_do_not_depend_on_the_order_of_the_rows(n_clusters, dtype):
    X = random_pool(500, 4).astype(dtype)
    order = rng().permutation(500)
    expected = cluster(X, n_clusters, rng())
    assert_array_equal(cluster(X[order], n_clusters, rng()), expected[order])


def test_fewer_distinct_rows_than_clusters_are_no_warning():
    X = np.repeat(random_pool(3), 5, axis=0)
    found = cluster(X, 6, rng())
    assert len(set(found.tolist())) == 3
    assert_array_equal(found, np.repeat(found[::5], 5))


def test_rows_are_stacked_in_their_kind():
    X = random_pool(5)
    assert stacked(X, None) is X
    assert_array_equal(stacked(X[:2], X[2:]), X)
    both = stacked(sp.csr_matrix(X[:2]), sp.csr_matrix(X[2:]))
    assert both.format == "csr"
    assert_array_equal(both.toarray(), X)
