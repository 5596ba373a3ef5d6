"""Bayesian active learning for scikit-learn.

A model makes posterior draws, a query strategy scores rows by these draws, and a
learner asks, is taught and keeps the record. The names below are imported on first use,
so ``import skbal`` is fast and loads neither torch nor modAL.
"""

import importlib

from skbal._utils.names import missing_from
from skbal._version import __version__

# Public name -> the module that holds it.
_LAZY = {
    "ActiveLearner": "skbal.learner",
    "ActiveLearningClassifier": "skbal.simulation",
    "ActiveLearningRegressor": "skbal.simulation",
    "BayesianOptimizer": "skbal.learner",
    "predict_samples": "skbal.sampling",
}

__all__ = [
    "ActiveLearner",
    "ActiveLearningClassifier",
    "ActiveLearningRegressor",
    "BayesianOptimizer",
    "__version__",
    "predict_samples",
]

_missing = missing_from(__name__)


def __getattr__(name):
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    return _missing(name)


def __dir__():
    return sorted(__all__)
