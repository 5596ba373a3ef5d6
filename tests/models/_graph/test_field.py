"""The prior on a graph, and what a classifier and a regressor on it share."""

import copy
import pickle

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer

from skbal import ActiveLearner
from skbal.features import PoolGraph
from skbal.models import GraphClassifier, GraphRegressor
from tests.models._graph.problems import (
    GRAPH,
    NEW,
    NUMBERS,
    ROWS,
    X_LABELLED,
    X,
    Y,
    brute_force_roughness,
    dense_posterior,
)

MODELS = [GraphClassifier, GraphRegressor]
BOTH = pytest.mark.parametrize("cls", MODELS)
SETTINGS = [(None, 3.0), (0.02, 1.0), (0.5, 2.5)]


@pytest.mark.parametrize(("tau", "alpha"), SETTINGS)
def test_the_prior_variance_falls_with_the_eigenvalue_and_has_mean_1(tau, alpha):
    field = GRAPH.field(tau, alpha)
    shape = (field.tau / (field.tau + 1 - GRAPH.eigenvalues_)) ** alpha
    np.testing.assert_allclose(field.variances / field.variances[0], shape / shape[0])
    covariance = (GRAPH.embedding_ * field.variances) @ GRAPH.embedding_.T
    assert covariance.trace() / len(X) == pytest.approx(1)
    rows = field.rows(GRAPH.locate(X))
    np.testing.assert_allclose(rows @ rows.T, covariance, atol=1e-10)


def test_tau_is_one_minus_the_first_eigenvalue_behind_the_clusters():
    behind = GRAPH.eigenvalues_[GRAPH.n_clusters_]
    assert GRAPH.field().tau == pytest.approx(1 - behind)
    assert GRAPH.field(0.3).tau == 0.3


@pytest.mark.parametrize(("tau", "alpha"), SETTINGS)
def test_roughness_of_rows_of_the_pool_is_that_of_a_double_loop(tau, alpha):
    field = GRAPH.field(tau, alpha)
    expected = brute_force_roughness(GRAPH, field.variances)
    found = field.roughness(GRAPH.locate(X))
    np.testing.assert_allclose(found, expected, atol=1e-10)
    np.testing.assert_allclose(
        field.roughness(GRAPH.locate(X[7:3:-1])), expected[7:3:-1], atol=1e-10
    )


def test_roughness_of_new_rows_is_the_mean_squared_change_to_their_neighbours():
    field = GRAPH.field()
    for distances, found in zip(cdist(NEW, X), field.roughness(GRAPH.locate(NEW))):
        nearest = np.argsort(distances)[:10]
        weights = np.exp(-4 * (distances[nearest] / distances[nearest[-1]]) ** 2)
        weights /= weights.sum()
        values = GRAPH.embedding_[nearest]
        changes = (values - weights @ values) ** 2 @ field.variances
        assert found == pytest.approx(weights @ changes, abs=1e-10)


@pytest.mark.slow
def test_a_large_graph_in_float32_has_the_same_prior():
    pool = np.random.default_rng(0).normal(size=(1200, 3))
    graph = PoolGraph(n_components=20, random_state=0).fit(pool)
    field = graph.field()
    expected = brute_force_roughness(graph, field.variances)
    found = field.roughness(graph.locate(pool))
    # Eigenvalues are known to 1e-4 there.
    np.testing.assert_allclose(found, expected, atol=1e-3 * expected.max())


def test_a_field_is_found_once_and_few_are_kept():
    graph = PoolGraph(n_components=5, random_state=0).fit(X)
    assert graph.field(0.1, 2.0) is graph.field(0.1, 2.0)
    fields = [graph.field(tau, 2.0) for tau in np.linspace(0.1, 1, 30)]
    assert fields[-1] is graph.field(1.0, 2.0)
    assert len(graph._fields) < 10
    first = graph.field(0.1, 2.0)
    graph.set_params(n_components=6).fit(X)
    assert len(graph.field(0.1, 2.0).variances) == 6 != len(first.variances)


# --------------------------------------------------------------------- both models


def labels_of(cls):
    return Y if cls is GraphClassifier else NUMBERS


def fitted(cls, graph=GRAPH, rows=ROWS, **params):
    return cls(graph, random_state=0, **params).fit(X[rows], labels_of(cls)[rows])


@BOTH
@pytest.mark.parametrize("noise_variance", [0.02, 1.0])
def test_the_covariance_is_that_of_a_dense_gaussian_process(cls, noise_variance):
    y = np.concatenate([labels_of(cls)[ROWS], labels_of(cls)[:4]])
    model = cls(GRAPH, noise_variance=noise_variance).fit(X_LABELLED, y)
    both = np.vstack([X[:30], NEW])
    factor = model.covariance_factor(both)
    _, expected = dense_posterior(model, X_LABELLED, np.zeros(len(y)), both)
    np.testing.assert_allclose(factor @ factor.T, expected, atol=1e-8)


@BOTH
def test_the_variance_of_a_label_is_noise_plus_roughness(cls):
    model = fitted(cls, noise_variance=0.3)
    expected = 0.3 + brute_force_roughness(GRAPH, model.prior_variances_)
    np.testing.assert_allclose(model.label_variance(X), expected, atol=1e-10)


@BOTH
@pytest.mark.filterwarnings("ignore:All targets:skbal.exceptions.NumericalWarning")
def test_a_row_of_weight_2_is_two_rows_and_one_of_weight_0_is_none(cls):
    y, weights = labels_of(cls)[ROWS], np.ones(len(ROWS))
    weights[2], weights[5] = 2, 0
    rows = np.repeat(ROWS, weights.astype(int))
    twice = cls(GRAPH).fit(X[ROWS], y, sample_weight=weights)
    once = cls(GRAPH).fit(X[rows], labels_of(cls)[rows])
    for name in ("covariance_factor", "predict"):
        np.testing.assert_allclose(
            getattr(twice, name)(NEW), getattr(once, name)(NEW), atol=1e-10
        )
    np.testing.assert_allclose(twice.output_covariance_, once.output_covariance_)


@BOTH
def test_predictions_do_not_depend_on_the_order_of_the_pool(cls):
    order = np.random.default_rng(1).permutation(len(X))
    other = fitted(cls, PoolGraph(n_components=40, random_state=0).fit(X[order]))
    model = fitted(cls)
    np.testing.assert_allclose(
        other._moments(NEW)[0], model._moments(NEW)[0], atol=1e-7
    )
    np.testing.assert_allclose(
        other._moments(NEW)[1], model._moments(NEW)[1], atol=1e-7
    )


@BOTH
def test_parameters_that_are_changed_after_fit_count_at_the_next_fit(cls):
    model, y = fitted(cls), labels_of(cls)
    before = model.label_variance(NEW)
    model.set_params(noise_variance=1.0, alpha=1.0)
    np.testing.assert_array_equal(model.label_variance(NEW), before)
    model.partial_fit(X[100:110], y[100:110])
    whole = fitted(cls, rows=np.r_[ROWS, 100:110])
    np.testing.assert_allclose(
        model.covariance_factor(NEW), whole.covariance_factor(NEW), atol=1e-9
    )
    model.fit(X[ROWS], y[ROWS])
    assert model.noise_variance_ == 1.0
    assert (model.label_variance(NEW) > before).all()


@BOTH
def test_clone_keeps_the_graph(cls):
    model = fitted(cls)
    assert clone(model).graph is GRAPH
    assert not hasattr(clone(model), "graph_")


@BOTH
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))]
)
def test_a_copy_predicts_the_same_and_learns_on(cls, copied):
    model, y = fitted(cls), labels_of(cls)
    other = copied(model)
    np.testing.assert_array_equal(other.predict(NEW), model.predict(NEW))
    before = model.covariance_factor(NEW)
    other.partial_fit(X[100:110], y[100:110])
    np.testing.assert_array_equal(model.covariance_factor(NEW), before)
    expected = fitted(cls, rows=np.r_[ROWS, 100:110]).covariance_factor(NEW)
    np.testing.assert_allclose(other.covariance_factor(NEW), expected, atol=1e-9)


@BOTH
def test_a_deep_copy_holds_the_arrays_of_the_graph_once(cls):
    model = fitted(cls)
    other = copy.deepcopy(model)
    assert other.graph_.affinity_ is model.graph_.affinity_
    assert other._field.functions is model._field.functions


@BOTH
def test_a_graph_fitted_to_another_pool_leaves_models_as_they_were(cls):
    graph = PoolGraph(n_components=20, random_state=0).fit(X)
    model = fitted(cls, graph)
    before = model.predict(NEW)
    graph.fit(X[:, ::-1] + 3)
    np.testing.assert_array_equal(model.predict(NEW), before)


@BOTH
@pytest.mark.parametrize("graph", [None, PoolGraph(n_neighbors=5, random_state=0)])
def test_without_a_fitted_graph_one_of_the_labelled_rows_is_built(cls, graph):
    model = fitted(cls, graph)
    assert len(model.graph_.embedding_) == len(ROWS)
    assert model.graph is graph
    assert graph is None or not graph.__sklearn_is_fitted__()


@BOTH
def test_a_graph_that_was_changed_after_fit_is_an_error(cls):
    graph = PoolGraph(n_components=20, random_state=0).fit(X)
    graph.set_params(n_neighbors=4)
    with pytest.raises(
        NotFittedError, match=f"graph of {cls.__name__} was fitted with"
    ):
        fitted(cls, graph)


@BOTH
@pytest.mark.parametrize("graph", ["near", PoolGraph, 3])
def test_what_is_no_graph_is_an_error(cls, graph):
    with pytest.raises(TypeError, match=f"graph of {cls.__name__} must be a PoolGraph"):
        fitted(cls, graph)


@BOTH
def test_no_labels_are_an_error_before_a_graph_is_built(cls, monkeypatch):
    monkeypatch.setattr(PoolGraph, "fit", None)
    with pytest.raises(
        ValueError, match="requires y to be passed, but the target y is"
    ):
        cls().fit(X, None)
    with pytest.raises(ValueError, match="must have equally many rows"):
        cls().fit(X, np.arange(3) % 2)


@BOTH
def test_rows_of_another_shape_are_an_error(cls):
    with pytest.raises(
        ValueError, match="X has 2 features, but PoolGraph is expecting"
    ):
        fitted(cls).predict(X[:, :2])


@BOTH
@pytest.mark.parametrize("name", ["tau", "alpha", "noise_variance"])
def test_numbers_must_be_positive(cls, name):
    with pytest.raises(ValueError, match=f"{name} of {cls.__name__} must be"):
        fitted(cls, **{name: 0.0})


@BOTH
@pytest.mark.parametrize("method", ["predict", "covariance_factor", "label_variance"])
def test_a_model_that_is_not_fitted_says_so(cls, method):
    with pytest.raises(NotFittedError, match=cls.__name__):
        getattr(cls(GRAPH), method)(X)


@BOTH
def test_a_failed_fit_leaves_the_model_as_it_was(cls):
    model = fitted(cls)
    before = model.predict(NEW)
    bad = X[:3].copy()
    bad[0, 0] = np.nan
    for method in (model.fit, model.partial_fit):
        with pytest.raises(ValueError, match="not valid"):
            method(bad, labels_of(cls)[:3])
    np.testing.assert_array_equal(model.predict(NEW), before)


@BOTH
def test_a_learner_leaves_missing_values_to_features_that_fill_them(cls):
    holes, labels = X.copy(), labels_of(cls)[ROWS]
    holes[::7, 0] = np.nan
    graph = PoolGraph(SimpleImputer(), n_components=20, random_state=0).fit(holes)
    learner = ActiveLearner(cls(graph), X_training=holes[ROWS], y_training=labels)
    direct = cls(graph).fit(holes[ROWS], labels)
    np.testing.assert_array_equal(learner.predict(holes), direct.predict(holes))
    with pytest.raises(ValueError, match=r"X given to ActiveLearner .* contains NaN"):
        ActiveLearner(cls(GRAPH), X_training=holes[ROWS], y_training=labels)
