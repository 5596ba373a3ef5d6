"""Estimators that make posterior draws; torch loads when a network is first used."""

from skbal._utils.lazy import lazy_module
from skbal._utils.names import missing_from
from skbal.models._bayes_by_backprop._classifier import BayesByBackpropClassifier
from skbal.models._bayes_by_backprop._regressor import BayesByBackpropRegressor
from skbal.models._distillation._classifier import DistilledClassifier
from skbal.models._dropout._classifier import MCDropoutClassifier
from skbal.models._dropout._multi_label_classifier import (
    MCDropoutMultiLabelClassifier,
)
from skbal.models._dropout._regressor import MCDropoutRegressor
from skbal.models._dropout._vote_regressor import MCDropoutVoteRegressor
from skbal.models._ensemble._classifier import DeepEnsembleClassifier
from skbal.models._ensemble._multi_label_classifier import (
    DeepEnsembleMultiLabelClassifier,
)
from skbal.models._ensemble._regressor import DeepEnsembleRegressor
from skbal.models._ensemble._vote_regressor import DeepEnsembleVoteRegressor
from skbal.models._graph._classifier import GraphClassifier
from skbal.models._graph._regressor import GraphRegressor
from skbal.models._laplace._classifier import LaplaceClassifier
from skbal.models._laplace._regressor import LaplaceRegressor
from skbal.models._last_layer._classifier import LastLayerClassifier
from skbal.models._last_layer._regressor import LastLayerRegressor
from skbal.models._last_layer._vote_regressor import LastLayerVoteRegressor
from skbal.models._linear._bayesian import BayesianLinearRegression
from skbal.models._linear._mean_field import MeanFieldLinearRegression
from skbal.models._logistic._estimator import BayesianLogisticRegression
from skbal.models._networks._augment._blur import RandomBlur
from skbal.models._networks._augment._compose import Compose
from skbal.models._networks._augment._elastic import ElasticDeformation
from skbal.models._networks._augment._flip import RandomFlip
from skbal.models._networks._augment._rotation import RandomRotation
from skbal.models._networks._augment._scale import RandomScale
from skbal.models._networks._augment._shift import RandomShift
from skbal.models._networks._augment._turn import RandomTurn
from skbal.models._random_features._estimator import RandomFeatureGP
from skbal.models._swag._classifier import SWAGClassifier
from skbal.models._swag._regressor import SWAGRegressor
from skbal.models._temperature._estimator import TemperatureScaling
from skbal.models._vote_mixture._estimator import VoteMixtureRegression
from skbal.models._vote_regression._estimator import BayesianVoteRegression

_architectures = lazy_module("skbal.models._networks._architectures")

# Torch modules, which load torch.
_TORCH_MODULES = ["DropoutMLP", "GalCNN", "GalaxyCNN"]

__all__ = [
    "BayesByBackpropClassifier",
    "BayesByBackpropRegressor",
    "BayesianLinearRegression",
    "BayesianLogisticRegression",
    "BayesianVoteRegression",
    "Compose",
    "DeepEnsembleClassifier",
    "DeepEnsembleMultiLabelClassifier",
    "DeepEnsembleRegressor",
    "DeepEnsembleVoteRegressor",
    "DistilledClassifier",
    "DropoutMLP",
    "ElasticDeformation",
    "GalCNN",
    "GalaxyCNN",
    "GraphClassifier",
    "GraphRegressor",
    "LaplaceClassifier",
    "LaplaceRegressor",
    "LastLayerClassifier",
    "LastLayerRegressor",
    "LastLayerVoteRegressor",
    "MCDropoutClassifier",
    "MCDropoutMultiLabelClassifier",
    "MCDropoutRegressor",
    "MCDropoutVoteRegressor",
    "MeanFieldLinearRegression",
    "RandomBlur",
    "RandomFeatureGP",
    "RandomFlip",
    "RandomRotation",
    "RandomScale",
    "RandomShift",
    "RandomTurn",
    "SWAGClassifier",
    "SWAGRegressor",
    "TemperatureScaling",
    "VoteMixtureRegression",
]

_missing = missing_from(__name__)


def __getattr__(name):
    if name in _TORCH_MODULES:
        return getattr(_architectures, name)
    return _missing(name)


def __dir__():
    return sorted({*globals(), *__all__})
