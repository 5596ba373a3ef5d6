from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from skbal.experiments._catalogue._noise import (
    Head,
    HeldOutNoise,
    Mixture,
    gaussian_log_likelihood,
    mixture_log_likelihood,
)
from skbal.models import MCDropoutRegressor

RNG = np.random.default_rng(0)


def fake(mean, std):
    """Return what makes a regressor that predicts the same everywhere."""

    class Regressor:
        def fit(self, X, y):
            return self

        def predict(self, X, return_std):
            return np.full(len(X), mean), np.full(len(X), std)

    return lambda net: Regressor()


def test_a_gaussian_likelihood_is_that_of_scipy():
    errors, variance = RNG.normal(size=20), RNG.uniform(0.5, 2, 20)
    expected = stats.norm.logpdf(errors, scale=np.sqrt(variance)).mean()
    assert gaussian_log_likelihood(errors, variance) == pytest.approx(expected)


def test_a_mixture_is_the_mean_of_its_densities():
    draws, y = RNG.normal(size=(15, 8)), RNG.normal(size=15)
    density = stats.norm.pdf(y[:, np.newaxis], draws, np.sqrt(0.7)).mean(axis=1)
    found = mixture_log_likelihood(draws, y, 0.7)
    assert found == pytest.approx(np.log(density).mean())


def test_a_mixture_of_equal_draws_is_a_gaussian():
    y = RNG.normal(size=15)
    found = mixture_log_likelihood(np.zeros((15, 4)), y, 2.0)
    assert found == pytest.approx(gaussian_log_likelihood(y, np.full(15, 2.0)))


def test_held_out_noise_fills_up_the_variance_that_is_missing():
    X, y = np.zeros((4000, 1)), RNG.normal(scale=2.0, size=4000)
    model = HeldOutNoise(fake(0.0, 1.0), None, X, y)
    # The likelihood is largest where 1 + noise is the mean square of the errors.
    assert np.exp(model.best_noise(X, y)) == pytest.approx(np.mean(y**2) - 1, rel=1e-3)
    assert Head(fake(0.0, 1.0), None, X, y).best_noise(X, y) == -np.inf


def test_scores_of_a_head_are_those_of_its_predictions():
    X, y = np.zeros((3, 1)), np.array([1.0, 2.0, 6.0])
    found = Head(fake(2.0, 1.5), None, X, y).scores(X, y, np.log(1.75))
    assert found["rmse"] == pytest.approx(np.sqrt((1 + 0 + 16) / 3))
    expected = stats.norm.logpdf(y, 2.0, 2.0).mean()  # 1.5 ** 2 + 1.75 is 4
    assert found["log_likelihood"] == pytest.approx(expected)


def test_the_noise_of_a_mixture_is_the_best_one():
    y = RNG.normal(scale=3.0, size=2000)
    net = SimpleNamespace(
        predict_samples=lambda X, random_state: np.zeros((2000, 5, 1))
    )
    found = np.exp(Mixture(net, None, None).best_noise(np.zeros((2000, 1)), y))
    assert found == pytest.approx(np.mean(y**2), rel=1e-3)


def test_dropout_off_is_a_prediction_of_the_same_network():
    X = RNG.normal(size=(40, 2))
    y = X[:, 0]
    parameters = {"max_steps": 5, "n_draws": 6, "random_state": 0}
    net = MCDropoutRegressor(**parameters).fit(X, y)
    off = MCDropoutRegressor(**parameters, deterministic=True).fit(X, y)
    found = Mixture(net, X, y).scores(X, y, 0.0)
    expected = np.sqrt(np.mean((y - off.predict(X).ravel()) ** 2))
    assert found["rmse_off"] == pytest.approx(expected, rel=1e-5)
    assert found["rmse_off"] != found["rmse"]
    assert net.deterministic is False  # the network is as it was
