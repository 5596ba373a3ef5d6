"""GraphRegressor: against a dense Gaussian process with the kernel of the graph."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import multivariate_normal
from sklearn.model_selection import GridSearchCV

from skbal import ActiveLearner, predict_samples
from skbal.exceptions import NumericalWarning
from skbal.models import GraphRegressor
from skbal.query import ExpectedVarianceReduction, PredictiveVariance
from tests.models._graph.problems import (
    GRAPH,
    NEW,
    NUMBERS,
    ROWS,
    X_LABELLED,
    X,
    dense_posterior,
    prior_kernel,
)

LABELS = np.concatenate([NUMBERS[ROWS], NUMBERS[:4]]) + 3
TWO = np.stack([LABELS, np.cos(5 * LABELS)], axis=1)
MODEL = GraphRegressor(GRAPH).fit(X_LABELLED, TWO)


def prior_mean(model, A, targets, weights=None):
    weights = np.ones(len(A)) if weights is None else weights
    return np.average(targets, axis=0, weights=weights / model.label_variance(A))


def test_the_mean_is_that_of_a_dense_gaussian_process():
    middle = prior_mean(MODEL, X_LABELLED, TWO)
    mean, covariance = dense_posterior(MODEL, X_LABELLED, TWO - middle, NEW)
    found, std = MODEL.predict(NEW, return_std=True)
    np.testing.assert_allclose(found, mean + middle, atol=1e-8)
    variance = np.diag(covariance) + MODEL.label_variance(NEW)
    expected = np.outer(variance, np.diag(MODEL.output_covariance_))
    np.testing.assert_allclose(std**2, expected, atol=1e-8)


@pytest.mark.parametrize("output", [0, 1])
def test_the_scale_is_that_of_largest_evidence(output):
    target = TWO[:, output] - prior_mean(MODEL, X_LABELLED, TWO)[output]
    K = prior_kernel(MODEL, X_LABELLED, X_LABELLED)
    K += np.diag(MODEL.label_variance(X_LABELLED))

    def loss(log_scale):
        return -multivariate_normal(None, np.exp(log_scale) * K).logpdf(target)

    best = minimize_scalar(loss, bracket=(-3, 3), options={"xtol": 1e-10}).x
    assert MODEL.output_covariance_[output, output] == pytest.approx(
        np.exp(best), rel=1e-6
    )
    closed = target @ np.linalg.solve(K, target) / len(target)
    assert MODEL.output_covariance_[output, output] == pytest.approx(closed, rel=1e-8)


def test_draws_have_the_moments_of_the_posterior():
    n_draws, rows = 20_000, NEW[:6]
    draws = predict_samples(MODEL, rows, n_draws=n_draws, random_state=0)
    factor, mean = MODEL.covariance_factor(rows), MODEL.predict(rows)
    for output, scale in enumerate(np.diag(MODEL.output_covariance_)):
        covariance = scale * factor @ factor.T
        error = np.sqrt(np.diag(covariance) / n_draws)
        away = draws[:, :, output].mean(axis=1) - mean[:, output]
        assert (np.abs(away) < 5 * error).all()
        variance = np.diag(covariance)
        spread = np.sqrt((np.outer(variance, variance) + covariance**2) / n_draws)
        found = np.cov(draws[:, :, output])
        assert (np.abs(found - covariance) < 5 * spread).all()


@pytest.mark.parametrize("cut", [1, 6, 14])
@pytest.mark.filterwarnings("ignore:All targets:skbal.exceptions.NumericalWarning")
def test_pieces_equal_the_whole(cut):
    pieces = GraphRegressor(GRAPH).partial_fit(X_LABELLED[:cut], TWO[:cut])
    pieces.partial_fit(X_LABELLED[cut:], TWO[cut:])
    np.testing.assert_allclose(pieces.predict(NEW), MODEL.predict(NEW), atol=1e-9)
    np.testing.assert_allclose(
        pieces.covariance_factor(NEW), MODEL.covariance_factor(NEW), atol=1e-9
    )
    np.testing.assert_allclose(pieces.output_covariance_, MODEL.output_covariance_)


def test_predictions_follow_the_units_of_the_targets():
    model = GraphRegressor(GRAPH).fit(X_LABELLED, LABELS)
    other = GraphRegressor(GRAPH).fit(X_LABELLED, 1e6 + 100 * LABELS)
    mean, std = model.predict(NEW, return_std=True)
    found = other.predict(NEW, return_std=True)
    np.testing.assert_allclose(found[0], 1e6 + 100 * mean, atol=1e-6)
    np.testing.assert_allclose(found[1], 100 * std, rtol=1e-4)
    assert mean.shape == std.shape == (len(NEW),)


@pytest.mark.parametrize("tau", [None, "evidence"])
@pytest.mark.parametrize("offset", [2_459_000.5, -1.7e9])  # a Julian date, for one
def test_targets_far_from_0_keep_their_scale(offset, tau):
    near, far = (GraphRegressor(GRAPH, tau=tau) for _ in range(2))
    near.fit(X_LABELLED, LABELS)
    far.fit(X_LABELLED[:6], offset + LABELS[:6], np.r_[0, np.ones(5)])
    far.partial_fit(X_LABELLED[6:], offset + LABELS[6:])
    far.partial_fit(X_LABELLED[:1], offset + LABELS[:1])
    mean, std = near.predict(NEW, return_std=True)
    found = far.predict(NEW, return_std=True)
    np.testing.assert_allclose(found[0], offset + mean, rtol=0, atol=1e-4)
    np.testing.assert_allclose(found[1], std, rtol=1e-4)
    assert far.tau_ == near.tau_


@pytest.mark.filterwarnings("error")
def test_a_warning_that_is_an_error_changes_nothing():
    model = GraphRegressor(GRAPH).fit(X_LABELLED, LABELS)
    before = model.predict(NEW, return_std=True)
    with pytest.raises(NumericalWarning):
        model.fit(X_LABELLED, np.ones(15))
    np.testing.assert_array_equal(model.predict(NEW, return_std=True), before)


@pytest.mark.parametrize("y", [np.full(15, 7.0), np.zeros(15), np.full(15, 0.1 + 1e6)])
def test_equal_targets_are_predicted_everywhere_with_a_warning(y):
    with pytest.warns(NumericalWarning, match="All targets given to GraphRegressor"):
        model = GraphRegressor(GRAPH).fit(X_LABELLED, y)
    np.testing.assert_allclose(model.predict(NEW), y[0], rtol=1e-12)
    assert model.output_covariance_.tolist() == [[1.0]]


def test_the_number_of_outputs_stays():
    model = GraphRegressor(GRAPH).fit(X_LABELLED, TWO)
    with pytest.raises(ValueError, match="must have 2 outputs as before, got 1"):
        model.partial_fit(X[:2], LABELS[:2])


def test_a_grid_search_chooses_the_smoothness():
    grid = {"alpha": [1.0, 3.0], "tau": [None, 0.1]}
    search = GridSearchCV(GraphRegressor(GRAPH), grid, cv=3).fit(X, NUMBERS)
    assert search.best_estimator_.graph is GRAPH
    assert search.best_score_ > 0.3


@pytest.mark.parametrize("strategy", [ExpectedVarianceReduction, PredictiveVariance])
def test_a_learner_asks_and_teaches(strategy):
    learner = ActiveLearner(
        GraphRegressor(GRAPH, random_state=0),
        strategy(random_state=0),
        X_training=X[:5],
        y_training=NUMBERS[:5],
    )
    rows, _ = learner.query(X, n_instances=3)
    learner.teach(X[rows], NUMBERS[rows])
    whole = GraphRegressor(GRAPH).fit(
        np.vstack([X[:5], X[rows]]), np.r_[NUMBERS[:5], NUMBERS[rows]]
    )
    np.testing.assert_allclose(learner.predict(NEW), whole.predict(NEW), atol=1e-9)
