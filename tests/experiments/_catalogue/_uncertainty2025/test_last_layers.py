import numpy as np
import pytest

from skbal.experiments import ExperimentUnit, load_experiment
from skbal.experiments._catalogue._uncertainty2025._last_layers import errors
from skbal.models import BayesianLinearRegression, MeanFieldLinearRegression

REPORT = load_experiment("uncertainty2025")


@pytest.fixture(scope="module")
def results():
    rng = np.random.default_rng(0)
    y = np.arange(120) % 10
    X = rng.random((120, 784), dtype=np.float32)
    X[np.arange(120), y] += 5
    settings = {
        **REPORT.sized(quick=True), "n_queries": 2, "n_rows_penalty": 90,
        "max_steps": 2,
    }  # fmt: skip
    data = X[:100], y[:100], X[100:], y[100:]
    arms = ("last layer, exact", "last layer, mean field")
    return [
        REPORT.arms[arm](ExperimentUnit(arm, REPORT.arms[arm], 0, settings, data))
        for arm in arms
    ]


def test_both_posteriors_have_the_same_mean_on_the_same_labels(results):
    for result in results:
        assert result["rmse, exact"] == pytest.approx(
            result["rmse, mean field"], abs=2e-6
        )
        assert result["variance, exact"] != result["variance, mean field"]


def test_both_begin_with_the_same_labels_and_ask_about_others(results):
    exact, mean_field = results
    assert exact["n_labels"] == mean_field["n_labels"] == [20, 30, 40]
    assert exact["rmse, exact"][0] == mean_field["rmse, exact"][0]
    assert exact["queried"] != mean_field["queried"]
    rows = [row for step in exact["queried"] for row in step]
    assert len(set(rows)) == 30


@pytest.mark.parametrize("make", [BayesianLinearRegression, MeanFieldLinearRegression])
def test_rmse_and_variance_are_those_of_the_equations_of_the_report(make):
    rng = np.random.default_rng(0)
    phi, targets = rng.normal(size=(12, 3)), rng.normal(size=(12, 2))
    test, wanted = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    noise, prior = 0.5, 2.0
    head = make(prior_variance=prior, noise_variance=noise, fit_intercept=False)
    rmse, variance = errors(head.fit(phi, targets), test, wanted)
    precision = phi.T @ phi / noise + np.eye(3) / prior  # A.1.2
    mean = np.linalg.solve(precision, phi.T @ targets / noise)
    covariance = np.linalg.inv(precision)
    if make is MeanFieldLinearRegression:  # A.2.3
        covariance = np.diag(1 / np.diag(precision))
    by_row = [noise + row @ covariance @ row for row in test]
    assert rmse == pytest.approx(
        np.sqrt(np.mean((test @ mean - wanted) ** 2)), abs=1e-6
    )
    assert variance == pytest.approx(np.mean(by_row), abs=1e-6)
