"""Models of votes for checks that know targets of one number: a vote each."""

import numpy as np
from sklearn.utils import check_X_y

from skbal.models import (
    BayesianVoteRegression,
    DeepEnsembleVoteRegressor,
    LastLayerVoteRegressor,
    MCDropoutVoteRegressor,
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
