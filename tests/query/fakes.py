"""Models that return chosen draws, for the tests of the strategies."""

import inspect

import numpy as np

from skbal import query
from skbal.base import QueryStrategy

PUBLIC = [getattr(query, name) for name in query.__all__]
EVERY = [kind for kind in PUBLIC if not inspect.isabstract(kind)]


def make(kind, **parameters):
    """Return a strategy that needs nothing of an estimator but draws."""
    needed = {"features": "input", "noise_variance": 0.1, "delta": 0.5}
    for name, value in needed.items():
        if name in kind().get_params(deep=False):
            parameters.setdefault(name, value)
    return kind(**{"n_draws": None, **parameters})


class TableSampler:
    """Draws looked up by the number of the row, which is its only feature.

    It has no tags, no fit and no predict: all a strategy may ask for are draws.
    """

    def __init__(self, table):
        self.table = np.asarray(table)
        self.calls = []

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        rows = np.asarray(X)[:, 0].astype(int)
        self.calls.append((len(rows), n_draws, random_state))
        return self.table[rows, :n_draws]


class LabelTable(TableSampler):
    """The same for draws of yes, of several yes/no labels per row."""

    def __init__(self, table):
        super().__init__(table)
        self.classes_ = [np.array([0, 1]) for _ in range(self.table.shape[2])]


class SeededSampler:
    """Joint draws: draw k takes the weights that seed and k decide, for every row."""

    def __init__(self, n_classes=3, n_draws=20):
        self.n_classes = n_classes
        self.n_draws = n_draws

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        X = np.asarray(X, dtype=float)
        n_draws = self.n_draws if n_draws is None else n_draws
        rng = np.random.default_rng(random_state)
        weights = rng.normal(0, 2, (n_draws, X.shape[1], self.n_classes))
        scores = np.exp(np.einsum("nf,kfc->nkc", X, weights))
        return scores / scores.sum(axis=2, keepdims=True)


class FirstFeature(QueryStrategy):
    """Scores a row by its first feature, or by a function of it."""

    def __init__(self, function=None, random_state=None):
        self.function = function
        self.random_state = random_state

    def score_pool(self, estimator, X_pool):
        first = np.array([np.ravel(row)[0] for row in np.asarray(X_pool)], dtype=float)
        return first if self.function is None else self.function(first)


def numbered(n_rows):
    """Return a pool whose rows are their own numbers."""
    return np.arange(n_rows, dtype=float)[:, np.newaxis]


def random_pool(n_rows=60, n_features=2):
    return np.random.default_rng(0).normal(size=(n_rows, n_features))
