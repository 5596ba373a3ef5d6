"""Regression on frozen features, against the head fitted on them by hand."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import BayesianRidge, Ridge
from sklearn.model_selection import GridSearchCV

from skbal import ActiveLearner
from skbal.models import (
    BayesianLinearRegression,
    LastLayerRegressor,
    MCDropoutRegressor,
    MeanFieldLinearRegression,
)
from skbal.query import PredictiveVariance
from tests.models._last_layer.networks import mlp

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 4))
NEW = RNG.normal(size=(9, 4))
Y = 100.0 + X[:, 0] * X[:, 1] + 0.1 * RNG.normal(size=80)
TARGETS = {"one": Y, "column": Y[:, None], "three": np.c_[Y, -Y, X[:, 2]]}


def network(**changes):
    return MCDropoutRegressor(
        **{"module__hidden_units": (8,), "max_epochs": 5, **changes}
    )


@pytest.fixture(scope="module", params=TARGETS)
def pair(request):
    """A fitted model, and its head fitted by hand on the features."""
    y = TARGETS[request.param]
    head = BayesianLinearRegression(optimize="evidence")
    model = LastLayerRegressor(network(), random_state=0).fit(X, y)
    return model, clone(head).fit(model.transform(X).astype(np.float64), y)


def test_the_head_is_that_fitted_on_the_features(pair):
    model, head = pair
    features = model.transform(NEW).astype(np.float64)
    assert model.head_.get_params() == head.get_params()
    for words in ({}, {"return_std": True}, {"return_cov": True}):
        results = model.predict(NEW, **words)
        expected = head.predict(features, **words)
        if not words:
            results, expected = [results], [expected]
        for result, right in zip(results, expected, strict=True):
            np.testing.assert_allclose(result, right, rtol=1e-10)
    np.testing.assert_allclose(
        model.predict_samples(NEW, 7, random_state=1),
        head.predict_samples(features, 7, random_state=1),
        rtol=1e-10,
    )
    np.testing.assert_allclose(
        model.covariance_factor(NEW), head.covariance_factor(features), rtol=1e-10
    )
    np.testing.assert_allclose(
        model.log_marginal_likelihood(), head.log_marginal_likelihood(), rtol=1e-10
    )
    assert model.noise_variance_ == head.noise_variance_
    np.testing.assert_array_equal(model.output_covariance_, head.output_covariance_)


def test_predictions_have_the_shape_of_y(pair):
    model, head = pair
    n_outputs = head.coef_mean_.shape[1]
    mean, std = model.predict(NEW, return_std=True)
    assert mean.shape == std.shape == head.predict(model.transform(NEW)).shape
    assert model.predict(NEW, return_cov=True)[1].shape == (9, n_outputs, n_outputs)
    assert model.predict_samples(NEW).shape == (9, 100, n_outputs)


def test_the_mean_is_ridge_regression_on_the_features():
    head = BayesianLinearRegression(prior_variance=2.0, noise_variance=0.5)
    model = LastLayerRegressor(network(), head, random_state=0).fit(X, Y)
    features, new = (model.transform(rows).astype(np.float64) for rows in (X, NEW))
    ridge = Ridge(alpha=0.25).fit(features, Y)
    np.testing.assert_allclose(model.predict(NEW), ridge.predict(new), rtol=1e-8)


def test_the_variance_is_that_of_the_dense_inverse():
    head = BayesianLinearRegression(2.0, 0.5, fit_intercept=False)
    model = LastLayerRegressor(network(), head, random_state=0).fit(X, Y)
    features, new = (model.transform(rows).astype(np.float64) for rows in (X, NEW))
    covariance = np.linalg.inv(features.T @ features / 0.5 + np.eye(8) / 2.0)
    _, std = model.predict(NEW, return_std=True)
    expected = 0.5 + np.einsum("ij,jk,ik->i", new, covariance, new)
    np.testing.assert_allclose(std**2, expected, rtol=1e-8)
    factor = model.covariance_factor(NEW)
    np.testing.assert_allclose(factor @ factor.T, new @ covariance @ new.T, rtol=1e-8)


def test_float32_rows_give_float32_and_others_float64():
    model = LastLayerRegressor(network(), random_state=0).fit(X, Y)
    for dtype, expected in ((np.float32, np.float32), (np.float64, np.float64)):
        rows = NEW.astype(dtype)
        assert model.predict(rows).dtype == expected
        assert model.predict_samples(rows, 2).dtype == expected
        assert model.transform(rows).dtype == np.float32
    # 100 and more with a noise of 0.1: float64 keeps all its digits.
    assert model.predict(NEW.tolist()).dtype == np.float64


def test_a_head_taught_in_pieces_is_the_head_of_the_whole():
    frozen = FrozenEstimator(network(random_state=0).fit(X, Y))
    head = BayesianLinearRegression(noise_variance=0.1)
    pieces = LastLayerRegressor(frozen, head).partial_fit(X[:30], Y[:30])
    taken = pieces.network_
    pieces.partial_fit(X[30:33], Y[30:33]).partial_fit(X[33:], Y[33:])
    whole = LastLayerRegressor(frozen, head).fit(X, Y)
    assert pieces.network_ is taken
    np.testing.assert_allclose(pieces.predict(NEW), whole.predict(NEW), rtol=1e-10)


def test_pieces_train_the_network_once():
    model = LastLayerRegressor(network(), random_state=0).partial_fit(X[:40], Y[:40])
    trained, n_steps = model.network_, model.network_.n_steps_
    model.partial_fit(X[40:], Y[40:])
    assert model.network_ is trained
    assert trained.n_steps_ == n_steps


def test_a_grid_search_tunes_the_prior_on_one_frozen_network():
    frozen = FrozenEstimator(network(random_state=0).fit(X, Y))
    model = LastLayerRegressor(frozen, BayesianLinearRegression(noise_variance=0.1))
    grid = {"head__prior_variance": [1e-6, 10.0]}
    search = GridSearchCV(model, grid, cv=3).fit(X, X[:, 0])
    assert search.best_params_["head__prior_variance"] == 10.0
    assert search.best_estimator_.network_ is frozen.estimator
    assert search.best_estimator_.head_.prior_variance_ == 10.0


def test_a_grid_search_reaches_the_head_that_is_none():
    model = LastLayerRegressor(FrozenEstimator(mlp(n_outputs=1)))
    search = GridSearchCV(model, {"head__optimize": [None]}, cv=2).fit(X, Y)
    assert not hasattr(search.best_estimator_.head_, "evidence_path_")


def test_a_learner_teaches_the_head_alone():
    learner = ActiveLearner(
        LastLayerRegressor(network(), random_state=0),
        PredictiveVariance(),
        X[:40],
        Y[:40],
    )
    model = learner.estimator
    trained = model.network_
    n_steps = trained.n_steps_
    weights = [w.clone() for w in trained.net_.module_.parameters()]
    learner.teach(X[40:], Y[40:], refit_network=False)
    assert model.network_ is trained
    assert trained.n_steps_ == n_steps
    after = trained.net_.module_.parameters()
    assert all(bool((a == b).all()) for a, b in zip(weights, after, strict=True))
    again = BayesianLinearRegression(optimize="evidence").fit(model.transform(X), Y)
    np.testing.assert_allclose(
        model.predict(NEW), again.predict(model.transform(NEW)), rtol=1e-5
    )
    learner.teach(NEW, NEW.sum(axis=1))
    assert model.network_ is not trained


def test_another_head_will_do():
    model = LastLayerRegressor(mlp(n_outputs=1), MeanFieldLinearRegression()).fit(X, Y)
    head = MeanFieldLinearRegression().fit(model.transform(X), Y)
    np.testing.assert_allclose(
        model.predict(NEW, return_std=True)[1],
        head.predict(model.transform(NEW), return_std=True)[1],
        rtol=1e-5,
    )


class MeanOnly:
    """The least that a head may be: no error bars, one draw."""

    def get_params(self, deep=True):
        return {}

    def fit(self, X, y):
        self.mean_ = y.mean()
        return self

    def predict(self, X):
        return np.full(len(X), self.mean_)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        return np.full((len(X), n_draws or 1, 1), self.mean_)


def test_a_head_offers_what_it_has():
    model = LastLayerRegressor(mlp(n_outputs=1), MeanOnly()).fit(X, Y)
    assert model.predict(NEW) == pytest.approx(Y.mean())
    assert model.predict_samples(NEW, 3).shape == (9, 3, 1)
    for name in ("partial_fit", "covariance_factor", "log_marginal_likelihood"):
        assert not hasattr(model, name)
        assert hasattr(LastLayerRegressor(), name)


@pytest.mark.parametrize("head", [BayesianRidge(), BayesianLinearRegression, 3])
def test_a_head_must_make_draws(head):
    with pytest.raises(
        TypeError, match="head of LastLayerRegressor must be an object with fit"
    ):
        LastLayerRegressor(network(), head).fit(X, Y)


def test_wrong_requests_are_named():
    model = LastLayerRegressor(mlp(n_outputs=1)).fit(X, Y)
    with pytest.raises(ValueError, match="predict of LastLayerRegressor"):
        model.predict(X, return_std=True, return_cov=True)
    with pytest.raises(ValueError, match="but LastLayerRegressor is expecting 4"):
        model.predict(X[:, :3])
    with pytest.raises(
        ValueError, match="random_state of predict_samples of LastLayer"
    ):
        model.predict_samples(X, random_state=-1)
    with pytest.raises(ValueError, match="n_draws of LastLayerRegressor"):
        model.predict_samples(X, 0)
    with pytest.raises(TypeError, match="n_draws of LastLayerRegressor"):
        model.predict_samples(X, 2.5)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.partial_fit(X, Y[:-1])
