"""Draws, and batches chosen from them the long way."""

import numpy as np

from skbal.information import joint_mutual_information


def random_draws(n_rows, n_draws, n_classes, seed=0, concentration=0.3):
    rng = np.random.default_rng(seed)
    shape = (n_rows, n_draws)
    return rng.dirichlet(np.full(n_classes, concentration), size=shape)


def alike_draws(n_rows, n_draws, n_classes, seed=0, n_features=3):
    """Draws of a linear model that knows something: rows have much in common."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, n_features))
    weights = rng.normal(size=(n_features, 1, n_classes))
    weights = weights + 0.5 * rng.normal(size=(n_features, n_draws, n_classes))
    scores = np.exp(np.einsum("nf,fkc->nkc", X, weights))
    return scores / scores.sum(axis=2, keepdims=True)


def full_greedy(draws, n_picks):
    """Return the greedy batch by full enumeration for every row, and the gains."""
    chosen, gains = [], []
    for _ in range(n_picks):
        left = [row for row in range(len(draws)) if row not in chosen]
        totals = [joint_mutual_information(draws[[*chosen, row]]) for row in left]
        gains.append(max(totals) - sum(gains))
        chosen.append(left[int(np.argmax(totals))])
    return chosen, np.array(gains)


def columns(draws):
    """Return draws with the draws as the last axis, in float32."""
    return np.ascontiguousarray(draws.transpose(0, 2, 1), dtype=np.float32)
