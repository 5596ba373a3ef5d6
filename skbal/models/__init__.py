"""Estimators that make posterior draws; torch loads when a network is first used."""

from skbal.models._dropout._classifier import MCDropoutClassifier
from skbal.models._dropout._regressor import MCDropoutRegressor
from skbal.models._linear._bayesian import BayesianLinearRegression
from skbal.models._linear._mean_field import MeanFieldLinearRegression
from skbal.models._networks._augment import RandomShift

__all__ = [
    "BayesianLinearRegression",
    "MCDropoutClassifier",
    "MCDropoutRegressor",
    "MeanFieldLinearRegression",
    "RandomShift",
]
