"""The kinds of estimators that predict_samples knows, one or more of each."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    BaggingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import RFE
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.linear_model import ARDRegression, BayesianRidge, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skbal._utils.random import stream


class RandomPlanes(BaseEstimator):
    """Linear functions with normal weights: what a user's own sampler looks like."""

    def fit(self, X, y=None):
        self.n_features_in_ = np.shape(X)[-1]
        return self

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        n_draws = 10 if n_draws is None else n_draws
        weights = stream(random_state, "weights").normal(
            size=(n_draws, self.n_features_in_)
        )
        draws = np.asarray(X) @ weights.T
        return draws.reshape(len(draws), -1, n_draws).swapaxes(1, 2)


def classifiers():
    tree = DecisionTreeClassifier(max_depth=3, random_state=0)
    return [
        RandomForestClassifier(6, random_state=0),
        BaggingClassifier(tree, 6, max_features=2, random_state=0),
        VotingClassifier([("a", tree), ("b", LogisticRegression())], voting="soft"),
        make_pipeline(StandardScaler(), RandomForestClassifier(6, random_state=0)),
        CalibratedClassifierCV(tree, cv=2),
        StackingClassifier([("a", tree)], RandomForestClassifier(3), cv=2),
        RFE(RandomForestClassifier(3, random_state=0), n_features_to_select=2),
        GaussianProcessClassifier(optimizer=None),
    ]


def regressors():
    return [
        RandomForestRegressor(6, random_state=0),
        BayesianRidge(),
        ARDRegression(),
        GaussianProcessRegressor(alpha=1.0),
        TransformedTargetRegressor(BayesianRidge(), transformer=StandardScaler()),
        RandomPlanes(),
    ]


def name(estimator):
    return type(estimator).__name__
