"""Rows whose shares come from a mixture of two Dirichlet distributions."""

import numpy as np
from scipy.special import expit, softmax

LEVELS = np.array([[2.0, 0.0, -2.0], [-1.5, 0.5, 1.0]])
WEIGHTS = np.array([[0.5, -0.5, 0.0], [0.0, 0.3, -0.3]])
CONCENTRATIONS = np.array([30.0, 3.0])


def problem(n_samples=300, seed=0, n_votes=30):
    """Return rows, counts of three answers, and the rows' own shares."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, 2)) + 0.5
    component = (rng.random(n_samples) < expit(X[:, 0] - 0.5)).astype(int)
    mean = softmax(LEVELS[component] + X @ WEIGHTS, axis=1)
    a = CONCENTRATIONS[component, np.newaxis] * mean
    shares = np.array([rng.dirichlet(row) for row in a])
    return X, rng.multinomial(n_votes, shares), shares
