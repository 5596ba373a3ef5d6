"""Seeds by k-means: the row nearest the middle of each cluster, and none twice."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn import config_context
from sklearn.decomposition import PCA

from skbal.seeding import KMeansSeed
from tests._utils.pools import InFile

CENTRES = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 100.0]])
SIZES = [30, 20, 10]


def far_groups(seed=0):
    """Return rows of three groups, in random order, and the number of their group."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(range(3), SIZES)
    X = CENTRES[groups] + rng.normal(size=(60, 2))
    order = rng.permutation(60)
    return X[order], groups[order]


def nearest_to_its_mean(X, groups, group):
    rows = np.flatnonzero(groups == group)
    mean = X[rows].mean(axis=0, keepdims=True)
    return rows[cdist(X[rows], mean)[:, 0].argmin()]


@pytest.mark.parametrize("seed", range(5))
def test_of_each_group_the_row_nearest_its_mean_is_chosen_large_groups_first(seed):
    X, groups = far_groups(seed)
    chosen = KMeansSeed(n_instances=3, random_state=seed).select(X)
    assert chosen.tolist() == [nearest_to_its_mean(X, groups, g) for g in range(3)]


@pytest.mark.parametrize("names", [["no", "yes"], [3, 7]])
def test_with_labels_each_class_has_its_own_clusters(names):
    X, groups = far_groups()
    # The first class is group 0; the second one consists of groups 1 and 2.
    y = np.array(names)[(groups > 0).astype(int)]
    chosen = KMeansSeed(n_per_class=2, random_state=0).select(X, y)
    assert sorted(y[chosen].tolist()) == sorted(names * 2)
    assert {nearest_to_its_mean(X, groups, g) for g in (1, 2)} < set(chosen.tolist())
    # Of the second class, that of the larger group comes first.
    assert groups[chosen][groups[chosen] > 0].tolist() == [1, 2]


def test_one_row_of_a_class_is_the_one_nearest_its_mean():
    X, groups = far_groups()
    y = groups % 2
    chosen = KMeansSeed(n_per_class=1, random_state=0).select(X, y)
    expected = {nearest_to_its_mean(X, y, label) for label in (0, 1)}
    assert set(chosen.tolist()) == expected


def test_labels_are_not_looked_at_without_a_number_per_class():
    X, _ = far_groups()
    seed = KMeansSeed(n_per_class=None, n_instances=5, random_state=0)
    alone = KMeansSeed(n_instances=5, random_state=0).select(X)
    for y in (np.zeros(60), np.linspace(0, 1, 60), ["any"]):
        np.testing.assert_array_equal(seed.select(X, y), alone)


@pytest.mark.slow
@settings(max_examples=30)
@given(
    sizes=st.lists(st.integers(2, 9), min_size=1, max_size=5),
    n_per_class=st.integers(1, 2),
    n_values=st.integers(1, 4),
    seed=st.integers(0, 2**32 - 1),
)
def test_no_row_twice_and_every_first_part_balanced_also_with_equal_rows(
    sizes, n_per_class, n_values, seed
):
    y = np.repeat(np.arange(len(sizes)), sizes)
    X = np.random.default_rng(seed).integers(n_values, size=(len(y), 2))
    chosen = KMeansSeed(n_per_class, random_state=seed).select(X, y)
    assert len(set(chosen.tolist())) == len(chosen) == n_per_class * len(sizes)
    for end in range(1, len(chosen) + 1):
        counts = np.bincount(y[chosen[:end]], minlength=len(sizes))
        assert counts.max() - counts.min() <= 1


@pytest.mark.slow
@settings(max_examples=30)
@given(
    n_rows=st.integers(1, 30),
    n_values=st.integers(1, 40),
    features=st.sampled_from(["input", "pca"]),
    data=st.data(),
)
def test_as_many_different_rows_as_asked_for(n_rows, n_values, features, data):
    n = data.draw(st.integers(1, n_rows))
    X = np.random.default_rng(n_values).integers(n_values, size=(n_rows, 2))
    chosen = KMeansSeed(None, n, features, random_state=n).select(X)
    assert len(set(chosen.tolist())) == len(chosen) == n
    assert set(chosen.tolist()) <= set(range(n_rows))


def test_every_different_row_is_chosen_where_there_are_fewer_than_clusters():
    X = np.array([[0.0]] * 9 + [[5.0]] + [[7.0]] * 2)
    chosen = KMeansSeed(n_instances=5, random_state=0).select(X)
    assert {0.0, 5.0, 7.0} == set(X[chosen, 0].tolist())
    assert len(set(chosen.tolist())) == 5


def test_a_pool_of_as_many_rows_as_asked_for_is_taken_whole():
    chosen = KMeansSeed(n_instances=4, random_state=0).select(np.eye(4))
    assert sorted(chosen.tolist()) == [0, 1, 2, 3]


# Features


def test_principal_components_are_those_of_scikit_learn():
    X, _ = far_groups()
    X = np.column_stack((X, np.random.default_rng(1).normal(size=(60, 4)) * 0.1))
    reduced = PCA(2).fit_transform(X)
    seed = KMeansSeed(n_instances=3, random_state=0)
    expected = seed.select(reduced)
    seed.set_params(features="pca", n_components=2)
    np.testing.assert_array_equal(np.sort(seed.select(X)), np.sort(expected))


def test_what_lies_in_later_components_is_not_looked_at():
    rng = np.random.default_rng(0)
    X = np.repeat([[100.0, 0.0], [-100.0, 0.0]], 20, axis=0)
    X[:, 1] = 10 * rng.normal(size=40)
    X[:, 0] += rng.normal(size=40)
    groups = np.repeat([0, 1], 20)
    first = PCA(1).fit_transform(X)
    seed = KMeansSeed(None, 2, features="pca", n_components=1, random_state=0)
    expected = {nearest_to_its_mean(first, groups, group) for group in (0, 1)}
    assert set(seed.select(X).tolist()) == expected
    assert expected != {nearest_to_its_mean(X, groups, group) for group in (0, 1)}


def test_features_may_be_made_by_a_function_or_given():
    X, _ = far_groups()
    hidden = np.random.default_rng(1).normal(size=(60, 3, 3))
    expected = KMeansSeed(n_instances=3, random_state=0).select(X)
    given = KMeansSeed(n_instances=3, features=X, random_state=0)
    np.testing.assert_array_equal(given.select(hidden), expected)
    sparse = KMeansSeed(n_instances=3, features=sp.coo_array(X), random_state=0)
    np.testing.assert_array_equal(sparse.select(hidden), expected)
    numbered = np.arange(60)[:, np.newaxis]
    made = KMeansSeed(
        n_instances=3, features=lambda rows: X[rows[:, 0]], random_state=0
    )
    np.testing.assert_array_equal(made.select(numbered), expected)


def test_rows_with_several_axes_are_flattened():
    X, _ = far_groups()
    images = np.stack((X, X), axis=1)[:, :, :, np.newaxis]
    seed = KMeansSeed(n_instances=3, random_state=0)
    np.testing.assert_array_equal(seed.select(images), seed.select(np.hstack((X, X))))


def test_integers_are_measured_as_numbers():
    pixels = np.array([[0], [1], [2], [250], [251], [255]], dtype=np.uint8)
    chosen = KMeansSeed(n_instances=2, random_state=0).select(pixels)
    assert sorted(chosen.tolist()) == [1, 4]


# Large pools


def test_only_some_rows_of_a_large_pool_are_looked_at():
    X = InFile(np.arange(300.0)[:, np.newaxis])
    KMeansSeed(n_instances=3, pool_subsample=50, random_state=0).select(X)
    assert sum(X.read) <= 51  # one to see how large a row is


def test_a_rare_class_is_there_however_few_rows_are_looked_at():
    y = np.array([0] * 998 + [1] * 2)
    X = np.random.default_rng(0).normal(size=(1000, 2))
    chosen = KMeansSeed(2, pool_subsample=10, random_state=0).select(X, y)
    assert sorted(y[chosen].tolist()) == [0, 0, 1, 1]
    assert {998, 999} < set(chosen.tolist())


def test_a_pool_of_any_size_is_looked_at_whole_if_asked():
    X = np.zeros((12_000, 1))
    X[[7, 8_000, 11_999]] = [[500.0], [900.0], [990.0]]
    seed = KMeansSeed(None, 4, pool_subsample=None, random_state=0)
    assert {7, 8_000, 11_999} < set(seed.select(X).tolist())


def test_the_result_does_not_depend_on_the_size_of_chunks(monkeypatch):
    X, y = far_groups()
    seeds = [KMeansSeed(2, random_state=0), KMeansSeed(None, 7, random_state=0)]
    whole = [seed.select(X, y).tolist() for seed in seeds]
    monkeypatch.setattr("skbal._utils.walk.rows_at_once", lambda *a, **k: 7)
    assert [seed.select(X, y).tolist() for seed in seeds] == whole


def test_frames_as_output_of_transformers_change_nothing():
    pytest.importorskip("pandas")
    X, _ = far_groups()
    seed = KMeansSeed(n_instances=3, n_per_class=None, features="pca", random_state=0)
    expected = seed.select(X)
    with config_context(transform_output="pandas"):
        np.testing.assert_array_equal(seed.select(X), expected)


def test_rows_that_are_no_array_are_named_and_not_the_features():
    with pytest.raises(ValueError, match="X given to KMeansSeed must be an array"):
        KMeansSeed(n_instances=2, n_per_class=None).select([[1, 2], [3], [4, 5]])
