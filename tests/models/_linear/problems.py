"""Problems for linear models, and their answers by dense matrices."""

import numpy as np


def problem(n_samples=40, n_features=6, n_outputs=3, seed=0, offset=0.0):
    """Return rows and targets with correlated columns."""
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(n_features, n_features))
    X = rng.normal(size=(n_samples, n_features)) @ mixing + offset
    W = rng.normal(size=(n_features, n_outputs))
    y = X @ W + rng.normal(size=(n_samples, n_outputs)) + offset
    return X, y


def noisy_problem(n_samples, n_features, n_outputs, seed=0):
    """Return rows and targets whose noise an evidence can tell, also with few rows."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features))
    W = rng.normal(size=(n_features, n_outputs))
    return X, X @ W + 3 * rng.normal(size=(n_samples, n_outputs))


def covariance(n, seed=1):
    """Return a covariance matrix of full rank."""
    root = np.random.default_rng(seed).normal(size=(n, n + 3))
    return root @ root.T / n


def centred(X, y, weights=None):
    """Return the columns less their means."""
    return tuple(v - np.average(v, axis=0, weights=weights) for v in (X, y))


def dense_posterior(X, y, prior, noise):
    """Return mean and row covariance by an explicit inverse."""
    S = np.linalg.inv(X.T @ X / noise + np.eye(X.shape[1]) / prior)
    return S @ X.T @ y / noise, S


def contrasts(n):
    """Return an orthonormal basis (n - 1, n) of all rows orthogonal to ones."""
    basis = np.linalg.svd(np.ones((1, n)))[2]
    return basis[1:]


def relative_error(value, expected):
    """Return the largest error in units of the largest expected value."""
    return np.abs(value - expected).max() / np.abs(expected).max()
