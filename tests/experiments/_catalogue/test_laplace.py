import numpy as np
import pytest

from skbal.datasets import load_mnist_5k
from skbal.experiments import ExperimentUnit, load_experiment
from skbal.experiments._catalogue import _laplace
from skbal.experiments._catalogue._laplace import MAP, without_dropout
from skbal.models import MCDropoutClassifier

LAPLACE = load_experiment("laplace")
GAIN = "Laplace, Kronecker, minus network, dropout off: "


def test_the_published_changes_are_those_of_the_example():
    found = {
        n.measure.removeprefix(GAIN): n.value
        for n in LAPLACE.published
        if n.arm == "200 labels"
    }
    assert found == {"accuracy, %": 0, "ECE, %": -1.2, "NLL, nats": -0.015}
    assert {n.n_seeds for n in LAPLACE.published} == {None}  # so nothing is judged


def test_the_network_without_dropout_is_the_trained_one():
    X, y = load_mnist_5k(return_X_y=True)
    parameters = {"image_shape": (28, 28), "max_steps": 3, "random_state": 0}
    net = MCDropoutClassifier(**parameters).fit(X[:40], y[:40])
    other = MCDropoutClassifier(**parameters, deterministic=True).fit(X[:40], y[:40])
    off = without_dropout(None, net, None, None)
    expected = other.predict_proba(X[40:60])
    np.testing.assert_allclose(off.predict_proba(X[40:60]), expected, rtol=1e-5)
    assert net.deterministic is False


def test_all_models_but_the_ensemble_learn_from_one_balanced_network(monkeypatch):
    seen = []

    def look(unit, net, X, y):
        seen.append((net, np.bincount(y).tolist()))
        return net

    monkeypatch.setattr(_laplace, "MODELS", {"first": look, "second": look})
    X, y = load_mnist_5k(return_X_y=True)
    settings = {**LAPLACE.sized(quick=True), "max_steps": 2, "n_draws": 3}
    data = X[:300], y[:300], X[300:330], y[300:330]
    found = LAPLACE.run(ExperimentUnit("100 labels", 5, 0, settings, data))
    assert seen == [(seen[0][0], [5] * 10)] * 2
    assert found["first"] == found["second"]


def test_measures_are_in_percent_or_nats():
    names = ("accuracy", "ece", "nll")
    result = {
        MAP: dict(zip(names, (0.88, 0.08, 0.7))),
        "Laplace, Kronecker": dict(zip(names, (0.87, 0.02, 0.4))),
    }
    measures = {m.name: m for m in LAPLACE.measures}
    assert measures[f"{MAP}: ECE, %"].of(result) == pytest.approx(8)
    assert measures[f"{MAP}: NLL, nats"].of(result) == pytest.approx(0.7)
    assert measures[f"{GAIN}accuracy, %"].of(result) == pytest.approx(-1)
    assert measures[f"{GAIN}NLL, nats"].of(result) == pytest.approx(-0.3)
