"""Estimators that make posterior draws; torch loads when a network is first used."""

from skbal.models._dropout._classifier import MCDropoutClassifier
from skbal.models._dropout._regressor import MCDropoutRegressor
from skbal.models._dropout._vote_regressor import MCDropoutVoteRegressor
from skbal.models._laplace._classifier import LaplaceClassifier
from skbal.models._laplace._regressor import LaplaceRegressor
from skbal.models._last_layer._classifier import LastLayerClassifier
from skbal.models._last_layer._regressor import LastLayerRegressor
from skbal.models._linear._bayesian import BayesianLinearRegression
from skbal.models._linear._mean_field import MeanFieldLinearRegression
from skbal.models._networks._augment import RandomShift
from skbal.models._vote_regression._estimator import BayesianVoteRegression

__all__ = [
    "BayesianLinearRegression",
    "BayesianVoteRegression",
    "LaplaceClassifier",
    "LaplaceRegressor",
    "LastLayerClassifier",
    "LastLayerRegressor",
    "MCDropoutClassifier",
    "MCDropoutRegressor",
    "MCDropoutVoteRegressor",
    "MeanFieldLinearRegression",
    "RandomShift",
]
