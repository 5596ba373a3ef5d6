"""Estimators that make posterior draws; torch loads when a network is first used."""

from skbal.models._dropout._classifier import MCDropoutClassifier
from skbal.models._dropout._regressor import MCDropoutRegressor
from skbal.models._laplace._classifier import LaplaceClassifier
from skbal.models._laplace._regressor import LaplaceRegressor
from skbal.models._last_layer._classifier import LastLayerClassifier
from skbal.models._last_layer._regressor import LastLayerRegressor
from skbal.models._linear._bayesian import BayesianLinearRegression
from skbal.models._linear._mean_field import MeanFieldLinearRegression
from skbal.models._networks._augment import RandomShift

__all__ = [
    "BayesianLinearRegression",
    "LaplaceClassifier",
    "LaplaceRegressor",
    "LastLayerClassifier",
    "LastLayerRegressor",
    "MCDropoutClassifier",
    "MCDropoutRegressor",
    "MeanFieldLinearRegression",
    "RandomShift",
]
