"""The smoothness of largest evidence: against densities of dense Gaussians."""

import pickle

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm
from sklearn.base import clone

from skbal.exceptions import NumericalWarning
from skbal.features import PoolGraph
from skbal.models import GraphClassifier, GraphRegressor
from skbal.models._graph._labelled import LabelledRows
from tests.models._graph.problems import (
    GRAPH,
    NEW,
    NUMBERS,
    ROWS,
    X_LABELLED,
    X,
    Y,
    prior_kernel,
)

TWO = np.stack([NUMBERS, 3 * X[:, 1]], axis=1)
TARGETS = {GraphClassifier: Y, GraphRegressor: TWO}
LABELS = {cls: np.concatenate([y[ROWS], y[:4]]) for cls, y in TARGETS.items()}
BOTH = pytest.mark.parametrize("cls", TARGETS)
FIELD = GRAPH.field(None, 2.0)


def one_hot(y):
    return np.equal.outer(y, np.unique(y)).astype(float)


def dense_log_evidence(cls, tau, X, y):
    """Return the log density of labels, of SciPy's multivariate normal."""
    alpha = cls().alpha
    model = cls(GRAPH, tau=tau, alpha=alpha).fit(X_LABELLED, LABELS[cls])
    N = np.diag(model.label_variance(X))
    K = prior_kernel(model, X, X) + N
    if cls is GraphClassifier:
        targets, n_classes = one_hot(y), len(np.unique(y))
        mean = np.full(n_classes, 1 / n_classes)
        scales = mean * (1 - mean)
    else:
        targets = y
        precision = 1 / N.diagonal()
        mean = precision @ targets / precision.sum()
        away = targets - mean
        scales = (away * np.linalg.solve(K, away)).sum(axis=0) / len(y)
    return sum(
        multivariate_normal(np.full(len(y), m), s * K).logpdf(column)
        for column, m, s in zip(targets.T, mean, scales)
    )


def log_evidence(cls, tau, X, y, weights=None):
    targets = one_hot(y) if cls is GraphClassifier else y
    weights = np.ones(len(y)) if weights is None else weights
    field = GRAPH.field(None, cls().alpha)
    rows = LabelledRows.of(field, GRAPH.locate(X), targets, weights)
    return cls()._log_evidence(
        rows.evidence(field.variances_with(tau), cls().noise_variance)
    )


@BOTH
@pytest.mark.parametrize("tau", [0.002, 0.1, 3.0])
def test_the_evidence_is_the_density_of_a_dense_gaussian(cls, tau):
    y = LABELS[cls]
    expected = dense_log_evidence(cls, tau, X_LABELLED, y)
    found = log_evidence(cls, tau, X_LABELLED, y)
    assert found == pytest.approx(expected, abs=1e-8)


@BOTH
def test_a_row_of_weight_2_is_two_rows_and_one_of_weight_0_is_none(cls):
    y, weights = LABELS[cls], np.ones(15)
    weights[2], weights[5] = 2, 0
    rows = np.repeat(np.arange(15), weights.astype(int))
    found = log_evidence(cls, 0.1, X_LABELLED, y, weights)
    expected = log_evidence(cls, 0.1, X_LABELLED[rows], y[rows])
    assert found == pytest.approx(expected, abs=1e-9)


def test_changes_of_functions_add_up_to_the_roughness():
    for rows in (X, NEW, X_LABELLED):
        places = GRAPH.locate(rows)
        found = FIELD.changes_of_functions(places) @ FIELD.variances
        np.testing.assert_allclose(found, FIELD.roughness(places), atol=1e-10)


def test_prior_variances_with_another_tau_are_those_of_its_field():
    for tau in (0.01, 0.5):
        expected = GRAPH.field(tau, 2.0).variances
        np.testing.assert_allclose(FIELD.variances_with(tau), expected)


def test_taus_are_from_the_smoothest_to_the_roughest_field():
    slowness, taus = 1 - GRAPH.eigenvalues_, FIELD.taus()
    assert taus[0] == pytest.approx(slowness[slowness > 1e-5].min())
    assert taus[-1] == pytest.approx(4 * slowness.max())
    ratios = taus[1:] / taus[:-1]
    assert (ratios > 1.2).all()
    assert (ratios < 1.5).all()


@BOTH
@pytest.mark.slow
def test_tau_is_the_most_probable_one(cls):
    model = cls(GRAPH, tau="evidence").fit(X_LABELLED, LABELS[cls])
    rule = GRAPH.field().tau
    taus = GRAPH.field(None, cls().alpha).taus()
    # A normal prior of log(tau) around the graph's own, with standard deviation 2.
    found = [
        dense_log_evidence(cls, tau, X_LABELLED, LABELS[cls])
        + norm(np.log(rule), 2).logpdf(np.log(tau))
        for tau in taus
    ]
    assert model.tau_ == taus[np.argmax(found)]


@BOTH
def test_predictions_are_those_with_this_tau_given(cls):
    model = cls(GRAPH, tau="evidence", random_state=0).fit(X_LABELLED, LABELS[cls])
    other = cls(GRAPH, tau=model.tau_, random_state=0).fit(X_LABELLED, LABELS[cls])
    for name in ("covariance_factor", "label_variance", "predict"):
        np.testing.assert_allclose(
            getattr(model, name)(NEW), getattr(other, name)(NEW), atol=1e-9
        )
    np.testing.assert_allclose(model.output_covariance_, other.output_covariance_)


@BOTH
@pytest.mark.parametrize("cut", [1, 6, 14])
@pytest.mark.filterwarnings("ignore:All targets:skbal.exceptions.NumericalWarning")
def test_pieces_equal_the_whole(cls, cut):
    y = LABELS[cls]
    whole = cls(GRAPH, tau="evidence").fit(X_LABELLED, y)
    pieces = cls(GRAPH, tau="evidence").partial_fit(X_LABELLED[:cut], y[:cut])
    pieces.partial_fit(X_LABELLED[cut:], y[cut:])
    assert pieces.tau_ == whole.tau_
    np.testing.assert_allclose(
        pieces.covariance_factor(NEW), whole.covariance_factor(NEW), atol=1e-9
    )


def ring(n_rows=300):
    angles = np.linspace(0, 2 * np.pi, n_rows, endpoint=False)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1), np.sin(angles)


def test_a_smooth_function_without_clusters_is_found_from_fewer_labels():
    rows, y = ring()
    graph = PoolGraph(n_components=60, random_state=0).fit(rows)
    few = np.random.default_rng(0).permutation(300)[:12]
    errors = {
        tau: np.abs(
            GraphRegressor(graph, tau=tau).fit(rows[few], y[few]).predict(rows) - y
        ).mean()
        for tau in (None, "evidence")
    }
    assert errors["evidence"] < errors[None] / 2


@pytest.mark.parametrize(
    ("cls", "y"),
    [
        (GraphClassifier, [1]),
        (GraphClassifier, [1, 1, 1]),
        (GraphRegressor, [2.5]),
        (GraphRegressor, [2.5, 2.5, 2.5]),
    ],
)
@pytest.mark.filterwarnings("ignore:All targets:skbal.exceptions.NumericalWarning")
def test_labels_that_tell_nothing_leave_the_value_of_the_graph(cls, y):
    model = cls(GRAPH, tau="evidence").fit(X[: len(y)], y)
    assert model.tau_ == GRAPH.field().tau
    assert np.isfinite(model.covariance_factor(NEW)).all()
    np.testing.assert_allclose(model.predict(NEW), y[0])


@BOTH
@pytest.mark.parametrize("n", [2, 3])
def test_few_labels_are_enough(cls, n):
    rows = np.array([0, 1, 5])[:n]
    model = cls(GRAPH, tau="evidence", random_state=0).fit(X[rows], TARGETS[cls][rows])
    assert np.isfinite(model.covariance_factor(NEW)).all()
    assert np.isfinite(model.tau_)


def test_an_output_without_a_scale_is_left_out():
    both = np.stack([NUMBERS[ROWS], np.ones(len(ROWS))], axis=1)
    with pytest.warns(NumericalWarning, match="All targets"):
        model = GraphRegressor(GRAPH, tau="evidence").fit(X[ROWS], both)
    alone = GraphRegressor(GRAPH, tau="evidence").fit(X[ROWS], NUMBERS[ROWS])
    assert model.tau_ == alone.tau_


@BOTH
def test_no_labels_are_an_error(cls):
    model = cls(GRAPH, tau="evidence")
    with pytest.raises(ValueError, match="the target y is None"):
        model.fit(X, None)
    with pytest.raises(ValueError, match="at least one"):
        model.fit(X[:3], TARGETS[cls][:3], sample_weight=np.zeros(3))


@BOTH
def test_another_word_is_an_error(cls):
    with pytest.raises(ValueError, match=f"tau of {cls.__name__} must be a real"):
        cls(GRAPH, tau="likelihood").fit(X_LABELLED, LABELS[cls])


def test_a_new_class_is_added_and_a_pickle_learns_on():
    model = GraphClassifier(GRAPH, tau="evidence", random_state=0)
    known = np.isin(Y, [0, 1, 2])
    model.partial_fit(X[known][:20], Y[known][:20])
    other = pickle.loads(pickle.dumps(model))
    for one in (model, other):
        one.partial_fit(X[~known][:5], Y[~known][:5])
    rows, labels = (np.concatenate([a[known][:20], a[~known][:5]]) for a in (X, Y))
    whole = clone(model).fit(rows, labels)
    assert model.tau_ == other.tau_ == whole.tau_
    assert model.classes_.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(model._moments(NEW)[0], whole._moments(NEW)[0])
