"""Rows and votes to learn from, shared by the tests of this folder."""

import numpy as np
from scipy.special import expit


def problem(n_samples=40, n_features=3, seed=0, concentration=np.inf, largest=30):
    """Return rows, votes of shape (n_samples, 2), and the weights behind them."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features)) + 0.5
    weights = rng.normal(size=n_features)
    rho = expit(X @ weights - 0.3)
    if np.isfinite(concentration):
        rho = rng.beta(concentration * rho, concentration * (1 - rho))
    total = rng.integers(1, largest, n_samples)
    return X, np.column_stack([rng.binomial(total, rho), total]), weights


def expanded(X, votes):
    """Return one row a vote, with its vote of 1."""
    rows = np.repeat(np.arange(len(X)), votes[:, 1])
    yes = np.concatenate([np.arange(n) < k for k, n in votes]).astype(int)
    return X[rows], yes
