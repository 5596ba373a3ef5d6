"""A fit that fails leaves the model that was fitted before, whatever kind it is."""

import numpy as np
import pytest

from skbal.models import (
    BayesianLinearRegression,
    BayesianLogisticRegression,
    BayesianVoteRegression,
    LaplaceClassifier,
    LaplaceRegressor,
    LastLayerClassifier,
    LastLayerRegressor,
    LastLayerVoteRegressor,
    MCDropoutClassifier,
    MCDropoutRegressor,
    MCDropoutVoteRegressor,
    MeanFieldLinearRegression,
    RandomFeatureGP,
    VoteMixtureRegression,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 3))
LABELS = np.where(X[:, 0] > 0, "disc", "halo")
NUMBERS = X[:, 0] + RNG.normal(size=30)
VOTES = np.stack([RNG.integers(0, 9, 30), np.full(30, 9)], axis=1)
COUNTS = RNG.integers(0, 9, (30, 3))
SHORT = {"max_epochs": 1, "module__hidden_units": (8,), "random_state": 0}
NO_LABELS = np.full(30, None)


class Failing(BayesianLinearRegression):
    """A head that fails after the network was trained."""

    def fit(self, X, y, sample_weight=None):
        raise KeyboardInterrupt


def every_model():
    classes, numbers = MCDropoutClassifier(**SHORT), MCDropoutRegressor(**SHORT)
    return [
        (LaplaceClassifier(classes, random_state=0), LABELS),
        (LaplaceClassifier(classes, weights="all", random_state=0), LABELS),
        (LaplaceRegressor(numbers, mode="network", random_state=0), NUMBERS),
        (LastLayerClassifier(classes, random_state=0), LABELS),
        (LastLayerRegressor(numbers, random_state=0), NUMBERS),
        (LastLayerVoteRegressor(MCDropoutVoteRegressor(**SHORT)), VOTES),
        (BayesianLinearRegression(), NUMBERS),
        (MeanFieldLinearRegression(), NUMBERS),
        (BayesianLogisticRegression(random_state=0), LABELS),
        (RandomFeatureGP(n_components=20, random_state=0), NUMBERS),
        (BayesianVoteRegression(random_state=0), VOTES),
        (VoteMixtureRegression(random_state=0), COUNTS),
    ]


def predicted(model):
    if hasattr(model, "predict_proba"):
        return model.predict_proba(X)
    return model.predict(X)


@pytest.mark.parametrize("number", range(12))
def test_what_is_refused_leaves_the_model_as_it_was(number):
    model, y = every_model()[number]
    before = predicted(model.fit(X, y))
    known = dict(vars(model))
    with pytest.raises((ValueError, TypeError)):
        model.fit(X[:, :2], NO_LABELS)
    with pytest.raises(ValueError, match="20"):
        model.fit(X[:20, :2], y)
    np.testing.assert_array_equal(predicted(model), before)
    assert vars(model) == known


@pytest.mark.parametrize(
    ("model", "y"),
    [
        (LastLayerClassifier(MCDropoutClassifier(**SHORT)), LABELS),
        (LastLayerRegressor(MCDropoutRegressor(**SHORT)), NUMBERS),
    ],
)
def test_a_head_that_fails_leaves_no_new_network_beside_the_old_head(model, y):
    before = predicted(model.fit(X, y))
    network, head = model.network_, model.head_
    model.set_params(head=Failing())
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert model.network_ is network
    assert model.head_ is head
    np.testing.assert_array_equal(predicted(model), before)


def test_a_laplace_posterior_that_fails_leaves_no_new_network(monkeypatch):
    def fail(*args):
        raise KeyboardInterrupt

    model = LaplaceClassifier(MCDropoutClassifier(**SHORT), random_state=0)
    before = predicted(model.fit(X, LABELS))
    network = model.network_
    monkeypatch.setattr(LaplaceClassifier, "_approximate", fail)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, LABELS)
    assert model.network_ is network
    np.testing.assert_array_equal(predicted(model), before)
