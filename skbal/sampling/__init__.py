"""Posterior draws of any estimator that has some, by one function.

`predict_samples` finds where the draws of an estimator are: behind a pipeline, a search
or a learner; in the members of an ensemble; in the covariance of a linear model or of a
Gaussian process.
"""

from skbal.sampling._predict import predict_samples

__all__ = ["predict_samples"]
