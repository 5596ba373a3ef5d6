"""Predictive distributions of regression, with noise from one source or another."""

import copy

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from sklearn.frozen import FrozenEstimator

from skbal.models import (
    BayesianLinearRegression,
    LaplaceRegressor,
    LastLayerRegressor,
    MeanFieldLinearRegression,
)


def exact(net):
    """Return an exact last layer on a trained network."""
    head = BayesianLinearRegression(optimize="evidence")
    return LastLayerRegressor(FrozenEstimator(net), head)


def mean_field(net):
    """Return a last layer with independent weights on a trained network."""
    head = MeanFieldLinearRegression(optimize="evidence")
    return LastLayerRegressor(FrozenEstimator(net), head)


def laplace(net):
    """Return a Laplace approximation of the last layer."""
    return LaplaceRegressor(FrozenEstimator(net))


def laplace_at_network(net):
    """Return a Laplace approximation around the weights of the network."""
    return LaplaceRegressor(FrozenEstimator(net), mode="network")


class Mixture:
    """The mixture over draws of dropout, with Gaussian noise of a given variance.

    Parameters
    ----------
    net : MCDropoutRegressor
        A trained network.
    X, y : ndarray
        The rows that it was trained on, which are not used.
    """

    def __init__(self, net, X, y):
        self.net = net

    def best_noise(self, X, y):
        """Return the log noise variance of largest likelihood on held-out rows."""
        draws = self._draws(X)
        return _best(lambda log: mixture_log_likelihood(draws, y, np.exp(log)), y)

    def scores(self, X, y, log_noise):
        """Return the RMSE, the mean log-likelihood, and the RMSE without dropout."""
        draws = self._draws(X)
        off = copy.copy(self.net).set_params(deterministic=True)
        return {
            "rmse": _rmse(y, draws.mean(axis=1)),
            "log_likelihood": mixture_log_likelihood(draws, y, np.exp(log_noise)),
            "rmse_off": _rmse(y, off.predict(X)),
        }

    def _draws(self, X):
        return self.net.predict_samples(X, random_state=0)[:, :, 0]


class Head:
    """A Gaussian predictive distribution with noise from the training rows.

    Parameters
    ----------
    model : callable
        Takes a network and returns a regressor.
    net : MCDropoutRegressor
        A trained network.
    X, y : ndarray
        The rows that it was trained on.
    """

    def __init__(self, model, net, X, y):
        self.model = model(net).fit(X, y)

    def best_noise(self, X, y):
        """Return the logarithm of the variance to add, which is zero."""
        return -np.inf

    def scores(self, X, y, log_noise):
        """Return the RMSE and the mean log-likelihood."""
        mean, std = self.model.predict(X, return_std=True)
        variance = std**2 + np.exp(log_noise)
        return {
            "rmse": _rmse(y, mean),
            "log_likelihood": gaussian_log_likelihood(y - mean, variance),
        }


class HeldOutNoise(Head):
    """The same, plus the variance that is missing on held-out rows."""

    def best_noise(self, X, y):
        """Return the logarithm of the variance to add."""
        mean, std = self.model.predict(X, return_std=True)
        return _best(
            lambda log: gaussian_log_likelihood(y - mean, std**2 + np.exp(log)), y
        )


def mixture_log_likelihood(draws, y, noise):
    """Return the mean log-likelihood of a mixture of Gaussians with one variance.

    Parameters
    ----------
    draws : ndarray of shape (n_samples, n_draws)
        The means of the parts.
    y : ndarray of shape (n_samples,)
        The targets.
    noise : float
        The variance.

    Returns
    -------
    log_likelihood : float
        In nats per row.

    Examples
    --------
    >>> y = np.array([0.0])
    >>> likelihood = mixture_log_likelihood(np.array([[0.0, 0.0]]), y, 1.0)
    >>> round(likelihood, 4)  # -log(2 pi) / 2
    -0.9189
    """
    errors = (y[:, np.newaxis] - draws) ** 2 / noise
    logs = -0.5 * (np.log(2 * np.pi * noise) + errors)
    return float(np.mean(logsumexp(logs, axis=1) - np.log(draws.shape[1])))


def gaussian_log_likelihood(errors, variance):
    """Return the mean log-likelihood of errors under Gaussians.

    Parameters
    ----------
    errors : ndarray of shape (n_samples,)
        Targets minus means.
    variance : ndarray of shape (n_samples,)
        Their variances.

    Returns
    -------
    log_likelihood : float
        In nats per row.

    Examples
    --------
    >>> round(gaussian_log_likelihood(np.zeros(2), np.ones(2)), 4)
    -0.9189
    """
    logs = -0.5 * (np.log(2 * np.pi * variance) + errors**2 / variance)
    return float(np.mean(logs))


def _best(likelihood, y):
    scale = np.log(y.var())
    found = minimize_scalar(
        lambda log: -likelihood(log), bounds=(scale - 14, scale + 1), method="bounded"
    )
    return float(found.x)


def _rmse(y, mean):
    return float(np.sqrt(np.mean((y - np.ravel(mean)) ** 2)))
