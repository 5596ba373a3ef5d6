"""Models of votes for checks that know targets of one number: a vote each."""

import numpy as np
from sklearn.utils import check_X_y

from skbal.models import (
    BayesianVoteRegression,
    DeepEnsembleVoteRegressor,
    LastLayerVoteRegressor,
    MCDropoutVoteRegressor,
    VoteMixtureRegression,
)


class OneVoteEach:
    """Takes numbers for a target: one vote of each row, whether above the median.

    Several outputs are several questions.
    """

    def fit(self, X, y):
        return super().fit(X, votes_of(X, y))

    def score(self, X, y):
        return super().score(X, votes_of(X, y))


class RegressionOfOneVoteEach(OneVoteEach, BayesianVoteRegression):
    pass


class MixtureOfOneVoteEach(VoteMixtureRegression):
    """Takes numbers for a target, as counts of two answers, and predicts the first.

    Several outputs are several questions.
    """

    def fit(self, X, y):
        counts = counts_of(X, y)
        if counts is not None:
            names = range(counts.shape[1] // 2)
            self.questions = [(f"{name}", ["yes", "no"]) for name in names]
        try:
            return super().fit(X, counts)
        finally:
            self.questions = None

    def predict(self, X):
        yes = super().predict(X)[:, ::2]
        return yes[:, 0] if yes.shape[1] == 1 else yes

    def score(self, X, y):
        return super().score(X, counts_of(X, y))


class NetworkOfOneVoteEach(OneVoteEach, MCDropoutVoteRegressor):
    pass


class EnsembleOfOneVoteEach(OneVoteEach, DeepEnsembleVoteRegressor):
    pass


class LastLayerOfOneVoteEach(OneVoteEach, LastLayerVoteRegressor):
    pass


def votes_of(X, y):
    if y is None:
        return None
    _, y = check_X_y(X, y, accept_sparse="csr", multi_output=True, y_numeric=True)
    yes = (y > np.median(y, axis=0)).astype(int)
    return np.stack([yes, np.ones_like(yes)], axis=-1)


def counts_of(X, y):
    votes = votes_of(X, y)
    if votes is None:
        return None
    yes, n = np.moveaxis(votes, -1, 0)
    return np.stack([yes, n - yes], axis=-1).reshape(len(votes), -1)
