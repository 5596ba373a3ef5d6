"""Regression of one-hot labels on frozen features, and its class probabilities."""

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner
from skbal.models import (
    BayesianLinearRegression,
    LastLayerClassifier,
    MCDropoutClassifier,
    MeanFieldLinearRegression,
)
from skbal.models._last_layer._labels import label_probabilities
from skbal.query import BALD
from tests.models._last_layer.networks import mlp
from tests.models._last_layer.test_regressor import MeanOnly

IRIS = load_iris()
X = StandardScaler().fit_transform(IRIS.data)
LABELS = IRIS.target_names[IRIS.target]
ONE_HOT = np.eye(3)[IRIS.target]


def network(**changes):
    return MCDropoutClassifier(
        **{"module__hidden_units": (16,), "max_steps": 60, **changes}
    )


@pytest.fixture(scope="module")
def frozen():
    return FrozenEstimator(network(random_state=0, lr=0.01).fit(X, LABELS))


@pytest.fixture(scope="module")
def model(frozen):
    return LastLayerClassifier(frozen, random_state=0).fit(X, LABELS)


@pytest.fixture(scope="module")
def head(model):
    head = BayesianLinearRegression(optimize="evidence")
    return head.fit(model.transform(X).astype(np.float64), ONE_HOT)


def test_it_learns(model):
    assert model.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert model.score(X, LABELS) > 0.9


def test_the_head_regresses_one_hot_labels(model, head):
    features = model.transform(X).astype(np.float64)
    np.testing.assert_allclose(
        model.decision_function(X), head.predict(features), rtol=1e-8, atol=1e-10
    )
    best = head.predict(features).argmax(axis=1)
    np.testing.assert_array_equal(model.predict(X), model.classes_[best])
    np.testing.assert_allclose(
        model.covariance_factor(X), head.covariance_factor(features), rtol=1e-8
    )
    assert model.noise_variance_ == pytest.approx(head.noise_variance_, rel=1e-8)


def test_draws_are_the_heads_draws_by_the_rule(model, head):
    features = model.transform(X).astype(np.float64)
    values = head.predict_samples(features, 6, random_state=2)
    np.testing.assert_allclose(
        model.predict_samples(X, 6, random_state=2),
        label_probabilities(values, head.noise_variance_),
        rtol=1e-6,
    )


@pytest.mark.parametrize(
    ("covariance", "factor"),
    [(None, 1.0), (4.0 * np.eye(3), 4.0), (np.diag([1.0, 2.0, 6.0]), 3.0)],
)
def test_the_noise_is_that_of_an_average_class(frozen, covariance, factor):
    head = BayesianLinearRegression(noise_variance=0.2, output_covariance=covariance)
    model = LastLayerClassifier(frozen, head).fit(X, LABELS)
    values = model.head_.predict_samples(model.transform(X), 4, random_state=0)
    np.testing.assert_allclose(
        model.predict_samples(X, 4, random_state=0),
        label_probabilities(values, 0.2 * factor),
        rtol=1e-4,
        atol=1e-6,
    )


def test_predict_proba_is_the_mean_of_draws_of_the_fitted_seed(model):
    probabilities = model.predict_proba(X)
    draws = model.predict_samples(X, random_state=model.draw_seed_)
    assert draws.shape == (150, 100, 3)
    np.testing.assert_allclose(probabilities, draws.mean(axis=1), rtol=1e-10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-14)
    single = model.predict_proba(X.astype(np.float32))
    assert single.dtype == np.float64
    np.testing.assert_allclose(single.sum(axis=1), 1.0, rtol=1e-14)


def test_predict_agrees_with_clear_probabilities(model):
    probabilities = model.predict_proba(X)
    ranked = np.sort(probabilities, axis=1)
    clear = ranked[:, -1] - ranked[:, -2] > 0.05
    assert clear.mean() > 0.8
    best = model.classes_[probabilities.argmax(axis=1)]
    np.testing.assert_array_equal(model.predict(X)[clear], best[clear])


def test_two_classes_have_one_decision_value(frozen):
    two = LABELS != "setosa"
    model = LastLayerClassifier(frozen).fit(X[two], LABELS[two])
    decision = model.decision_function(X[two])
    assert decision.shape == (100,)
    # Rows are ranked as by predict_proba, and nearly as by the regression, which does
    # not know how sure it is.
    chance = model.predict_proba(X[two])[:, 1]
    np.testing.assert_allclose(decision, 2 * chance - 1)
    features = model.transform(X[two])
    mean = model.head_.predict(features.astype(np.float64))
    assert spearmanr(decision, mean[:, 1] - mean[:, 0]).statistic > 0.8
    expected = np.where(decision > 0, "virginica", "versicolor")
    np.testing.assert_array_equal(model.predict(X[two]), expected)


@pytest.mark.parametrize(
    "labels",
    [IRIS.target, IRIS.target * 10 - 7, LABELS.astype(object), IRIS.target > 0],
)
def test_labels_may_be_of_any_kind(frozen, labels):
    model = LastLayerClassifier(frozen, BayesianLinearRegression(noise_variance=0.1))
    model.fit(X, labels)
    np.testing.assert_array_equal(model.classes_, np.unique(labels))
    assert model.predict(X).dtype == np.asarray(labels).dtype
    assert model.score(X, labels) > 0.9


def test_means_are_least_squares_where_the_prior_is_wide(frozen):
    head = BayesianLinearRegression(prior_variance=1e10, noise_variance=1.0)
    few = make_pipeline(LastLayerClassifier(frozen, head)).fit(X, LABELS)
    features = few[0].transform(X).astype(np.float64)
    expected = LinearRegression().fit(features, ONE_HOT).predict(features)
    np.testing.assert_allclose(few.decision_function(X), expected, atol=1e-5)


# ----------------------------------------------------------------------- teaching


def test_a_head_taught_in_pieces_is_the_head_of_the_whole(frozen):
    head = BayesianLinearRegression(noise_variance=0.1)
    whole = LastLayerClassifier(frozen, head, random_state=0).fit(X, LABELS)
    pieces = LastLayerClassifier(frozen, head, random_state=0)
    pieces.partial_fit(
        X[:60], LABELS[:60], classes=["virginica", "setosa", "versicolor"]
    )
    pieces.partial_fit(X[60:], LABELS[60:], classes=whole.classes_)
    assert pieces.classes_.tolist() == whole.classes_.tolist()
    np.testing.assert_allclose(
        pieces.predict_proba(X), whole.predict_proba(X), rtol=1e-6
    )


def test_a_class_that_is_not_known_is_refused_and_named(frozen):
    model = LastLayerClassifier(frozen).fit(X[:100], LABELS[:100])
    before = model.predict_proba(X)
    for arguments in ((X, LABELS), (X[:50], LABELS[:50], ["setosa", "virginica"])):
        with pytest.raises(ValueError, match=r"classes \['virginica'\], but known are"):
            model.partial_fit(*arguments)
    np.testing.assert_array_equal(model.predict_proba(X), before)
    with pytest.raises(ValueError, match=r"y given to partial_fit .* \['setosa'\]"):
        LastLayerClassifier(frozen).partial_fit(X, LABELS, ["versicolor", "virginica"])
    with pytest.raises(ValueError, match=r"classes given to .* NaN, but row 1 has it"):
        LastLayerClassifier(frozen).partial_fit(X, LABELS, [0.0, np.nan])


def test_a_learner_teaches_the_head_alone():
    model = LastLayerClassifier(network(), random_state=0)
    learner = ActiveLearner(model, BALD(random_state=0), X[::3], LABELS[::3])
    trained, seed = model.network_, model.draw_seed_
    n_steps = trained.n_steps_
    weights = [w.clone() for w in trained.net_.module_.parameters()]
    learner.query(X, n_instances=3)
    learner.teach(X[1::3], LABELS[1::3], refit_network=False)
    assert model.network_ is trained
    assert trained.n_steps_ == n_steps
    after = trained.net_.module_.parameters()
    assert all(torch.equal(a, b) for a, b in zip(weights, after, strict=True))
    assert model.draw_seed_ == seed
    features = model.transform(learner.X_training).astype(np.float64)
    codes = np.searchsorted(model.classes_, learner.y_training)
    head = BayesianLinearRegression(optimize="evidence").fit(features, np.eye(3)[codes])
    np.testing.assert_allclose(
        model.decision_function(X),
        head.predict(model.transform(X).astype(np.float64)),
        rtol=1e-6,
        atol=1e-8,
    )


def test_teaching_the_head_may_bring_a_new_class(frozen):
    learner = ActiveLearner(LastLayerClassifier(frozen), BALD(), X[:100], LABELS[:100])
    learner.teach(X[100:], LABELS[100:], refit_network=False)
    assert learner.estimator.classes_.tolist() == ["setosa", "versicolor", "virginica"]


def test_a_grid_search_tunes_the_prior_on_one_frozen_network(frozen):
    pipeline = make_pipeline(
        LastLayerClassifier(frozen, BayesianLinearRegression(noise_variance=0.1))
    )
    grid = {"lastlayerclassifier__head__prior_variance": [1e-8, 1.0]}
    search = GridSearchCV(pipeline, grid, cv=3, scoring="neg_log_loss").fit(X, LABELS)
    best = search.best_estimator_[0]
    assert best.head_.prior_variance_ == 1.0
    assert best.network_ is frozen.estimator


def test_a_mean_field_head_has_the_same_decisions(frozen):
    exact, factorised = (
        LastLayerClassifier(frozen, head(noise_variance=0.1)).fit(X, LABELS)
        for head in (BayesianLinearRegression, MeanFieldLinearRegression)
    )
    np.testing.assert_allclose(
        exact.decision_function(X), factorised.decision_function(X), atol=1e-8
    )


# ------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"n_draws": 0}, ValueError, "n_draws of LastLayerClassifier"),
        ({"n_draws": 2.0}, TypeError, "n_draws of LastLayerClassifier"),
        ({"head": LinearRegression()}, TypeError, "head of LastLayerClassifier"),
        ({"head": MeanOnly()}, TypeError, "must have noise_variance_ once fitted"),
    ],
)
def test_wrong_parameters_are_named(parameters, error, message):
    model = LastLayerClassifier(mlp()).set_params(**parameters)
    with pytest.raises(error, match=message):
        model.fit(X, LABELS)


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="at least two classes, got 1 class, 'setosa'"):
        LastLayerClassifier(mlp()).fit(X[:50], LABELS[:50])


def test_numbers_are_no_labels():
    with pytest.raises(ValueError, match="Unknown label type"):
        LastLayerClassifier(mlp()).fit(X, X[:, 0])


def test_wrong_requests_are_named(model):
    with pytest.raises(ValueError, match="n_draws of LastLayerClassifier"):
        model.predict_samples(X, 0)
    with pytest.raises(ValueError, match="but LastLayerClassifier is expecting 4"):
        model.predict_proba(X[:, :3])
    taught = clone(model).fit(X, LABELS)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        taught.partial_fit(X, LABELS[:-1])
