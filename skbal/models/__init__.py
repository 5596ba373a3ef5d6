"""Estimators that make posterior draws; torch loads when a network is first used."""

from skbal.models._augment import RandomShift
from skbal.models._mc_dropout_classifier import MCDropoutClassifier
from skbal.models._mc_dropout_regressor import MCDropoutRegressor

__all__ = ["MCDropoutClassifier", "MCDropoutRegressor", "RandomShift"]
