"""Fake models of votes, for the tests of strategies that ask volunteers."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin


class VoteModel(RegressorMixin, BaseEstimator):
    """Two questions, logistic draws; a seed and k decide the weights of draw k."""

    def __init__(self, concentration=None, n_draws=12):
        self.concentration = concentration
        self.n_draws = n_draws

    def fit(self, X, y):
        self.is_fitted_ = True
        return self

    def predict_concentration(self, X):
        if self.concentration is None:
            return np.full((len(dense(X)), 2), np.inf)
        return np.exp(dense(X)[:, :2]) * np.array(self.concentration)

    def predict(self, X):
        return self.predict_samples(X, random_state=0).mean(axis=1)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        X = dense(X)
        n_draws = self.n_draws if n_draws is None else n_draws
        weights = np.random.default_rng(random_state).normal(
            size=(n_draws, X.shape[1], 2)
        )
        return 1 / (1 + np.exp(-np.einsum("nf,kfq->nkq", X, weights)))

    def predict_votes(self, X, n_votes):
        raise AssertionError("a strategy sees draws")


class Table:
    """Draws looked up by the number of the row; it says nothing of itself."""

    def __init__(self, draws):
        self.draws = np.asarray(draws, dtype=float)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        return self.draws[np.asarray(X)[:, 0].astype(int)]


def fitted(**params):
    return VoteModel(**params).fit(None, None)


def dense(X):
    return np.asarray(X.toarray() if hasattr(X, "toarray") else X, dtype=float)


def by_first_feature(X):
    return (dense(X)[:, 0] > 0) * 9 + 1
