"""The graph of a pool: rows found again, new rows by hand, pools of all kinds."""

import copy
import pickle
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.neighbors import KNeighborsTransformer, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from skbal.exceptions import NumericalWarning
from skbal.features import GradientHistograms, PoolGraph
from skbal.features._affinity import affinity_matrix
from skbal.models import BayesianLinearRegression, GraphClassifier
from tests._utils import pools

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 3)) + 6 * RNG.integers(0, 3, (120, 1))
NEW = RNG.normal(size=(15, 3)) + 6 * RNG.integers(0, 3, (15, 1))


def graph_of(X, *, n_components=10, **params):
    params = {"random_state": 0, **params}
    return PoolGraph(n_components=n_components, **params).fit(X)


def kernel(graph):
    """Return products of the functions, which do not depend on their signs."""
    weights = np.exp(4 * graph.eigenvalues_)
    return (graph.embedding_ * weights) @ graph.embedding_.T


GRAPH = graph_of(X)


def brute_force(X, n_neighbors=10):
    distances = cdist(X, X)
    np.fill_diagonal(distances, np.inf)
    nearest = np.argsort(distances, axis=1)[:, :n_neighbors]
    return affinity_matrix(np.take_along_axis(distances, nearest, axis=1), nearest)


# ------------------------------------------------------------------------- the graph


def test_the_graph_is_that_of_all_distances():
    expected = brute_force(X).toarray()
    np.testing.assert_allclose(GRAPH.affinity_.toarray(), expected, atol=1e-10)
    np.testing.assert_array_equal(GRAPH.node_of_row_, range(120))


def test_more_features_than_components_are_projected():
    wide = RNG.normal(size=(80, 30))
    graph = graph_of(wide, pca_components=5)
    expected = brute_force(PCA(5).fit_transform(wide))
    np.testing.assert_allclose(graph.affinity_.toarray(), expected.toarray(), atol=1e-8)
    whole = graph_of(wide, pca_components=None)
    expected = brute_force(wide).toarray()
    np.testing.assert_allclose(whole.affinity_.toarray(), expected, atol=1e-8)


def test_functions_have_weighted_squares_of_mean_1():
    degrees = np.asarray(GRAPH.affinity_.sum(axis=1)).ravel()
    gram = GRAPH.embedding_.T @ (degrees[:, np.newaxis] * GRAPH.embedding_)
    np.testing.assert_allclose(gram / degrees.sum(), np.eye(10), atol=1e-10)


def test_distances_of_a_transformer_are_as_good_as_exact_ones():
    given = KNeighborsTransformer(mode="distance")
    graph = graph_of(X, neighbors=given)
    np.testing.assert_allclose(
        graph.affinity_.toarray(), GRAPH.affinity_.toarray(), atol=1e-10
    )
    np.testing.assert_allclose(graph.transform(NEW), GRAPH.transform(NEW), atol=1e-8)
    assert not hasattr(given, "n_features_in_")


def test_a_transformer_of_distances_serves_pools_of_few_rows():
    given = KNeighborsTransformer(mode="distance")
    found = graph_of(X[:4], neighbors=given)
    np.testing.assert_allclose(kernel(found), kernel(graph_of(X[:4])), atol=1e-8)


def test_a_transformer_that_gives_no_distances_is_an_error():
    with pytest.raises(ValueError, match="neighbors of PoolGraph must give distances"):
        graph_of(X, neighbors=KNeighborsTransformer(mode="connectivity"))


def test_distances_to_too_few_neighbours_are_an_error():
    class Few(KNeighborsTransformer):
        def transform(self, X):
            return sp.csr_matrix((len(X), self.n_samples_fit_))

    with pytest.raises(ValueError, match="neighbors of PoolGraph must give 1"):
        graph_of(X, neighbors=Few(mode="distance"))


def test_without_faiss_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(ImportError, match=r"PoolGraph .* pip install 'skbal\[graph\]'"):
        graph_of(X, neighbors="approximate")


def test_approximate_neighbours_are_nearly_the_exact_ones():
    pytest.importorskip("faiss")
    found = graph_of(X, neighbors="approximate").affinity_.toarray()
    assert np.mean(np.abs(found - GRAPH.affinity_.toarray()) < 1e-3) > 0.99


def test_what_faiss_does_not_find_is_searched_exactly(monkeypatch):
    class Index:
        """Finds nothing for every second row."""

        def __init__(self, *size):
            self.hnsw = SimpleNamespace()

        def add(self, points):
            self.exact = NearestNeighbors().fit(points)

        def search(self, points, n_neighbors):
            distances, indices = self.exact.kneighbors(points, n_neighbors)
            indices[::2, -3:] = -1
            return distances**2, indices

    monkeypatch.setitem(sys.modules, "faiss", SimpleNamespace(IndexHNSWFlat=Index))
    found = graph_of(X, neighbors="approximate")
    np.testing.assert_allclose(kernel(found), kernel(GRAPH), atol=1e-3)


# ------------------------------------------------------------------------------- rows


def test_a_row_of_the_pool_has_its_own_value_alone_or_among_new_ones():
    np.testing.assert_array_equal(GRAPH.transform(X), GRAPH.embedding_)
    mixed = GRAPH.transform(np.vstack([NEW[:4], X[30:33], NEW[4:], X[:1]]))
    rows = [4, 5, 6, 18]
    np.testing.assert_array_equal(mixed[rows], GRAPH.embedding_[[30, 31, 32, 0]])
    expected = GRAPH.transform(NEW)
    np.testing.assert_allclose(np.delete(mixed, rows, axis=0), expected, atol=1e-12)


def test_a_new_row_has_the_weighted_mean_over_its_nearest_rows():
    distances = cdist(NEW, X)
    for row, found in zip(distances, GRAPH.transform(NEW)):
        nearest = np.argsort(row)[:10]
        weights = np.exp(-4 * (row[nearest] / row[nearest[-1]]) ** 2)
        expected = weights @ GRAPH.embedding_[nearest] / weights.sum()
        np.testing.assert_allclose(found, expected, atol=1e-10)


def test_new_rows_of_a_graph_with_one_neighbour_have_the_value_of_the_nearest():
    graph = graph_of(X, n_neighbors=1, n_components=100)
    nearest = cdist(NEW, X).argmin(axis=1)
    np.testing.assert_allclose(
        graph.transform(NEW), graph.embedding_[nearest], atol=1e-10
    )


def test_one_far_outlier_does_not_make_other_rows_equal():
    pool = np.vstack([X, [[1e9, 0, 0]]])
    graph = graph_of(pool)
    assert (graph.locate(NEW).nodes == -1).all()
    assert graph.fit(NEW).node_of_row_.shape == (15,)


def test_a_large_offset_does_not_make_rows_equal():
    graph = graph_of(X + 1e8)
    assert (graph.locate(NEW + 1e8).nodes == -1).all()
    assert (graph.locate((X + 1e8).tolist()).nodes == range(120)).all()


@pytest.mark.slow
@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_a_permuted_pool_gives_the_same_functions(seed):
    order = np.random.default_rng(seed).permutation(120)
    permuted = kernel(graph_of(X[order]))
    np.testing.assert_allclose(permuted, kernel(GRAPH)[np.ix_(order, order)], atol=1e-8)


NUMBERS = RNG.integers(0, 200, (90, 5)).astype(np.uint8)


@pytest.mark.parametrize("dtype", ["u1", "f4", "f8", "i8"])
def test_the_same_numbers_of_another_type_are_the_same_rows(dtype):
    graph = graph_of(NUMBERS)
    np.testing.assert_allclose(
        kernel(graph_of(NUMBERS.astype(dtype))), kernel(graph), rtol=1e-4, atol=1e-3
    )
    other = NUMBERS.astype(dtype)
    assert graph.locate(other).nodes.tolist() == list(range(90))
    np.testing.assert_array_equal(graph.transform(other), graph.embedding_)


SLOW_KINDS = ["TensorDataset", "Subset", "Dataset", "dask"]  # they import much
KINDS = [
    pytest.param(kind, marks=pytest.mark.slow if kind in SLOW_KINDS else ())
    for kind in pools.KINDS
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_pool_of_any_kind_is_as_an_array(kind):
    pool = pools.make(kind, X)
    graph = graph_of(pool)
    np.testing.assert_allclose(kernel(graph), kernel(GRAPH), atol=1e-8)
    np.testing.assert_array_equal(graph.transform(pool), graph.embedding_)
    assert graph.fit(pool) is graph
    new = graph.transform(pools.make(kind, NEW))
    np.testing.assert_allclose(np.abs(new), np.abs(GRAPH.transform(NEW)), atol=1e-8)


def test_sparse_rows_of_many_columns():
    wide = sp.random_array((100, 300), density=0.1, format="csr", rng=0)
    graph = graph_of(wide, pca_components=20)
    np.testing.assert_array_equal(graph.transform(wide), graph.embedding_)
    assert np.isfinite(graph.transform(wide[:3] * 1.5)).all()


def test_a_memory_mapped_pool_is_as_an_array(tmp_path):
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    graph = graph_of(mapped)
    np.testing.assert_array_equal(kernel(graph), kernel(GRAPH))
    np.testing.assert_array_equal(graph.transform(mapped[5:9]), graph.embedding_[5:9])


def test_a_pool_in_a_file_is_read_in_pieces():
    pool = pools.InFile(X)
    graph = graph_of(pool, batch_size=7)
    np.testing.assert_allclose(kernel(graph), kernel(GRAPH), atol=1e-8)
    pool.read.clear()
    graph.transform(pool)
    assert max(pool.read) <= 8


@pytest.mark.parametrize("shape", [(8, 8), (3, 8, 8)])
def test_images_by_their_gradient_histograms(shape):
    images = RNG.random((40, *shape))
    histograms = GradientHistograms(n_cells=2)
    graph = graph_of(images, features=histograms)
    expected = graph_of(histograms.fit(images).transform(images))
    np.testing.assert_allclose(kernel(graph), kernel(expected), atol=1e-5)
    np.testing.assert_array_equal(graph.transform(images[3:7]), graph.embedding_[3:7])
    assert graph.features_ is not histograms
    flat = graph_of(images).affinity_
    np.testing.assert_allclose(
        flat.toarray(),
        graph_of(images.reshape(40, -1)).affinity_.toarray(),
        atol=1e-8,
    )


def test_a_function_as_features():
    graph = graph_of(X, features=lambda rows: 2 * rows)
    np.testing.assert_allclose(kernel(graph), kernel(GRAPH), atol=1e-8)


FRAME = pd.DataFrame(
    {
        "text": [f"word{i % 7} word{i % 5} common" for i in range(60)],
        "kind": np.array(["a", "b", "c"])[np.arange(60) % 3],
        "size": RNG.normal(size=60),
    }
)
COLUMNS = ColumnTransformer(
    [
        ("text", TfidfVectorizer(), "text"),
        ("kind", OneHotEncoder(), ["kind"]),
        ("size", StandardScaler(), ["size"]),
    ]
)


def test_a_data_frame_of_texts_and_categories():
    graph = graph_of(FRAME, features=COLUMNS)
    assert graph.feature_names_in_.tolist() == ["text", "kind", "size"]
    np.testing.assert_array_equal(graph.transform(FRAME), graph.embedding_)
    np.testing.assert_array_equal(
        graph.transform(FRAME[10:20]), graph.embedding_[10:20]
    )
    assert graph.fit(FRAME[:5]) is graph
    other = FRAME.rename(columns={"size": "length"})
    with pytest.raises(ValueError, match="feature names"):
        graph.transform(other)


def test_dates_in_a_frame_are_the_business_of_the_features():
    days = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(60), unit="D")
    frame = FRAME.assign(day=days)
    number = FunctionTransformer(lambda days: days.to_numpy().astype(float) / 1e18)
    both = ColumnTransformer([*COLUMNS.transformers, ("day", number, ["day"])])
    graph = graph_of(frame, features=both)
    np.testing.assert_array_equal(graph.transform(frame[:9]), graph.embedding_[:9])
    with pytest.raises(
        TypeError, match="X given to PoolGraph must hold numbers, got d"
    ):
        graph_of(frame[["day"]])


@pytest.mark.parametrize("kind", [list, np.array, pd.Series])
def test_texts_are_rows_of_features_that_take_them(kind):
    texts, words = kind(FRAME["text"].tolist()), np.arange(14) % 7
    counts = TfidfVectorizer().fit_transform(texts).toarray()
    graph, same = graph_of(texts, features=TfidfVectorizer()), graph_of(counts)
    np.testing.assert_allclose(kernel(graph), kernel(same), atol=1e-8)
    found = GraphClassifier(graph).fit(texts[:14], words).predict_proba(texts)
    expected = GraphClassifier(same).fit(counts[:14], words).predict_proba(counts)
    np.testing.assert_allclose(found, expected, atol=1e-8)
    with pytest.raises(ValueError, match="Expected 2D array, got 1D array"):
        graph_of(texts)


# ------------------------------------------------------------------------ odd pools


def test_equal_rows_are_one_node_however_many():
    pool = np.vstack([X, np.repeat(X[:2], 30, axis=0)])
    graph = graph_of(pool)
    np.testing.assert_allclose(kernel(graph)[:120, :120], kernel(GRAPH), atol=1e-8)
    assert graph.affinity_.shape == (120, 120)
    assert graph.node_of_row_[120:].tolist() == [0] * 30 + [1] * 30
    np.testing.assert_array_equal(graph.transform(pool), graph.embedding_)


def test_zeros_of_both_signs_are_equal():
    graph = graph_of(np.array([[0.0], [-0.0], [1.0], [2.0]]))
    assert graph.node_of_row_.tolist() == [0, 0, 1, 2]


def test_isolated_points_have_finite_values():
    pool = np.vstack([X, [[500, 0, 0]], [[0, 9000, 0]]])
    graph = graph_of(pool)
    assert np.isfinite(graph.embedding_).all()
    assert graph.n_connected_components_ >= 1
    assert np.isfinite(graph.transform([[1e6, 1e6, 1e6]])).all()


@pytest.mark.parametrize("n_parts", [1, 2, 4])
def test_components_are_counted_and_told_apart(n_parts):
    parts = np.repeat(range(n_parts), 30)
    pool = RNG.normal(size=(30 * n_parts, 2)) + 1000 * parts[:, np.newaxis]
    graph = graph_of(pool)
    assert graph.n_connected_components_ == n_parts
    np.testing.assert_allclose(graph.eigenvalues_[:n_parts], 1)
    for column in graph.embedding_[:, :n_parts].T:
        assert len(np.unique(np.round(column, 6))) <= 2
    if n_parts > 1:
        assert graph.n_clusters_ == n_parts


def test_more_components_than_functions_are_warned_of():
    parts = np.repeat(range(4), 20)
    pool = RNG.normal(size=(80, 2)) + 1000 * parts[:, np.newaxis]
    with pytest.warns(NumericalWarning, match="has 4 connected components, and n_comp"):
        graph = graph_of(pool, n_components=3)
    np.testing.assert_allclose(graph.eigenvalues_, 1)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_pools_of_few_rows(n):
    pool = np.arange(2.0 * n).reshape(n, 2) ** 2
    graph = PoolGraph(random_state=0).fit(pool)
    assert graph.embedding_.shape == (n, n)
    np.testing.assert_array_equal(graph.transform(pool), graph.embedding_)
    assert np.isfinite(graph.transform([[0.3, 0.7]])).all()
    assert 1 <= graph.n_clusters_ <= n


@pytest.mark.parametrize("pool", [np.ones((9, 3)), np.ones((1, 3)), np.ones((40, 99))])
def test_rows_that_are_all_equal_are_an_error(pool):
    with pytest.raises(ValueError, match="PoolGraph must have at least 2 different"):
        graph_of(pool)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("width", [3, 99])
def test_what_is_not_finite_is_an_error(value, width):
    pool = RNG.normal(size=(30, width))
    pool[4, 1] = value
    with pytest.raises(ValueError, match="rows of X given to PoolGraph are not valid"):
        graph_of(pool)
    pool[4, 1] = 0
    graph = graph_of(pool)
    pool[4, 1] = value
    for method in (graph.transform, graph.fit):
        with pytest.raises(
            ValueError, match="rows of X given to PoolGraph are not valid"
        ):
            method(pool)


def test_rows_of_another_shape_are_an_error():
    with pytest.raises(
        ValueError, match="X has 2 features, but PoolGraph is expecting"
    ):
        GRAPH.transform(NEW[:, :2])
    images = graph_of(RNG.random((20, 4, 4)))
    with pytest.raises(ValueError, match=r"of the shape \(4, 4\) of the pool"):
        images.transform(np.zeros((2, 4, 5)))
    with pytest.raises(ValueError, match="Expected 2D array, got 1D array"):
        GRAPH.transform(np.zeros(3))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"features": PCA}, "features of PoolGraph must be a transformer"),
        ({"features": 3}, "features of PoolGraph must be .*, got 3"),
        ({"n_neighbors": 0}, "n_neighbors of PoolGraph must be an integer >= 1, got 0"),
        ({"neighbors": "near"}, "neighbors of PoolGraph must be"),
    ],
)
def test_wrong_parameters(params, message):
    with pytest.raises((ValueError, TypeError), match=message):
        graph_of(X, **params)


# --------------------------------------------------------- a graph that stays fitted


def test_fit_on_rows_of_the_pool_keeps_the_graph():
    graph = graph_of(X)
    before = graph.affinity_
    assert graph.fit(X[40:60]).affinity_ is before
    assert graph.fit(X[::-1], np.zeros(120)).affinity_ is before
    assert graph.fit(np.vstack([X[:5], NEW])).affinity_ is not before


@pytest.mark.parametrize(
    ("name", "value"),
    [("n_neighbors", 5), ("features", PCA(1)), ("features__with_mean", False)],
)
def test_fit_with_changed_parameters_builds_another_graph(name, value):
    graph = graph_of(X, features=StandardScaler())
    before = graph.affinity_
    assert graph.is_up_to_date()
    graph.set_params(**{name: value})
    assert not graph.is_up_to_date()
    graph.fit(X)
    assert graph.affinity_ is not before
    assert graph.is_up_to_date()


def test_a_failed_fit_leaves_the_graph_as_it_was():
    graph = graph_of(X)
    before = graph.transform(NEW)
    with pytest.raises(ValueError, match="at least 2 different rows"):
        graph.fit(np.ones((5, 8)))
    np.testing.assert_array_equal(graph.transform(NEW), before)


def test_fit_on_rows_of_another_kind_builds_another_graph():
    graph = graph_of(pools.Items(X))
    graph.fit(pools.Items(X[:, :2]))
    assert graph.transform(X[:, :2]).shape == (120, 10)


def test_clone_of_a_fitted_graph_is_the_graph_itself():
    assert clone(GRAPH) is GRAPH
    new = PoolGraph(n_neighbors=3)
    assert clone(new) is not new
    assert clone(new).n_neighbors == 3
    again = PoolGraph(**GRAPH.get_params())
    assert not again.__sklearn_is_fitted__()


@pytest.mark.parametrize(
    "copied",
    [copy.deepcopy, copy.copy, lambda graph: pickle.loads(pickle.dumps(graph))],
)
def test_a_copy_gives_the_same_and_has_parameters_of_its_own(copied):
    graph = graph_of(X, features=StandardScaler())
    other = copied(graph)
    np.testing.assert_array_equal(other.transform(NEW), graph.transform(NEW))
    assert other.is_up_to_date()
    assert other.fit(X[:9]) is other
    before = graph.transform(NEW)
    other.set_params(n_components=4).fit(X)
    np.testing.assert_array_equal(graph.transform(NEW), before)
    assert graph.is_up_to_date()


def test_a_deep_copy_shares_what_was_learned_and_no_parameter():
    graph = graph_of(X, features=StandardScaler())
    other = copy.deepcopy(graph)
    assert other.affinity_ is graph.affinity_
    assert other.features is not graph.features
    other.set_params(features__with_mean=False)
    assert graph.is_up_to_date()
    assert not other.is_up_to_date()


def test_a_fitted_graph_as_a_step_of_a_pipeline_is_kept():
    graph = graph_of(X)
    before, rows = graph.embedding_, np.arange(0, 120, 9)
    pipe = make_pipeline(graph, BayesianLinearRegression(0.1, 0.01))
    pipe.fit(X[rows], X[rows, 0])
    head = BayesianLinearRegression(0.1, 0.01).fit(before[rows], X[rows, 0])
    np.testing.assert_allclose(pipe.predict(X), head.predict(before))
    np.testing.assert_array_equal(graph.embedding_, before)
    assert clone(pipe)[0] is graph


def test_names_of_the_functions_and_data_frames_as_output():
    names = [f"poolgraph{i}" for i in range(10)]
    assert GRAPH.get_feature_names_out().tolist() == names
    found = copy.copy(GRAPH).set_output(transform="pandas").transform(NEW)
    assert found.columns.tolist() == names


def test_a_graph_that_is_not_fitted_says_so():
    for method in ("transform", "locate"):
        with pytest.raises(NotFittedError, match="PoolGraph"):
            getattr(PoolGraph(), method)(X)


def test_the_pool_and_the_parameters_stay_as_they_are():
    mine = X.copy()
    mine.flags.writeable = False
    scaler = StandardScaler()
    graph_of(mine, features=scaler).transform(mine)
    np.testing.assert_array_equal(mine, X)
    assert not hasattr(scaler, "mean_")


def test_the_same_random_state_gives_the_same_graph():
    pool = RNG.normal(size=(1200, 4))
    first, second = (graph_of(pool, n_components=5) for _ in range(2))
    np.testing.assert_array_equal(first.embedding_, second.embedding_)
    assert first.embedding_.dtype == np.float32
    np.testing.assert_array_equal(first.transform(pool), first.embedding_)


def test_a_graph_is_up_to_date_on_the_second_day():
    # Its missing_values is NaN, which is not equal to what pickle makes of it.
    graph = graph_of(X, features=make_pipeline(SimpleImputer(), StandardScaler()))
    later = pickle.loads(pickle.dumps(graph))
    assert later.is_up_to_date()
    assert len(later.fit(X[:5]).embedding_) == len(X)
    later.set_params(features__simpleimputer__missing_values=0)
    assert not later.is_up_to_date()
