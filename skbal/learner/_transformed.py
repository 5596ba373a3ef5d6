"""Rows as the input of the last step of a pipeline."""

import numpy as np
import scipy.sparse as sp
from sklearn.pipeline import Pipeline

from skbal._utils._sklearn import HeterogeneousEnsemble


def before_last_step(estimator, X):
    """Return X as the input of the last step of the estimator's pipelines.

    Parameters
    ----------
    estimator : estimator
        A fitted pipeline, a voting or stacking ensemble of pipelines, or anything else.
    X : array-like or sparse matrix of shape (n_samples, ...)
        The rows, as ``fit`` takes them.

    Returns
    -------
    X_transformed : ndarray or sparse matrix of shape (n_samples, n_features)
        For an ensemble, the inputs of the last steps of its pipelines, side by side.
        Without a pipeline, X itself.
    """
    parts = [estimator]
    if isinstance(estimator, HeterogeneousEnsemble):
        parts = estimator.estimators_
    pipelines = [part for part in parts if isinstance(part, Pipeline)]
    if not pipelines:
        return X
    blocks = [_without_last_step(pipeline).transform(X) for pipeline in pipelines]
    if any(sp.issparse(block) for block in blocks):
        return sp.hstack(blocks, format="csr")
    return np.hstack([np.asarray(block) for block in blocks])


def _without_last_step(pipeline):
    # The same class, which may be a subclass of scikit-learn's. Its last step does
    # nothing, because some subclasses treat the last step in their own way.
    steps = [*pipeline.steps[:-1], ("passthrough", "passthrough")]
    return type(pipeline)(steps=steps)
