"""Posterior draws of many kinds of estimators, by one function.

`predict_samples` finds the draws inside a pipeline, a search or a learner. The members
of an ensemble are draws, and the covariance of a linear model or of a Gaussian process
gives them.
"""

from skbal._utils.names import missing_from
from skbal.sampling._predict import predict_samples

__all__ = ["predict_samples"]

__getattr__ = missing_from(__name__)
