"""Exact variances of predictions, from models that have them."""

import inspect
from functools import partial

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.utils.validation import check_is_fitted

from skbal._utils.pools import n_rows
from skbal._utils.unwrap import transform, unwrap
from skbal._utils.walk import gathered, walk

# The memory of a prediction is unknown. This is enough for several thousand numbers per
# row, such as the covariances with the training rows of a Gaussian process.
_BYTES_PER_ROW = 2**16


def has_moments(estimator):
    """Return whether ``predict`` has the arguments return_std and return_cov.

    Parameters
    ----------
    estimator : estimator or learner
        A model, or an object that holds one.

    Returns
    -------
    has : bool
    """
    predict = getattr(unwrap(estimator)[1], "predict", None)
    if predict is None:
        return False
    return {"return_std", "return_cov"} <= set(inspect.signature(predict).parameters)


def total_std(estimator, X, *, batch_size=None, n_jobs=None, verbose=0):
    """Return the square root of the trace of each row's predictive covariance.

    It is computed from the standard deviations of the outputs, n_outputs numbers per
    row, instead of the covariance, n_outputs**2 numbers.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted model with exact moments, or an object that holds one.
    X : array-like of shape (n_samples, ...)
        At least one row. Read chunk by chunk.
    batch_size, n_jobs, verbose : int, optional
        As in `score_rows`.

    Returns
    -------
    std : ndarray of shape (n_samples,)
        In the units of y, in the dtype of the model's standard deviations.
    """
    transformers, model = unwrap(estimator)
    if isinstance(model, GaussianProcessRegressor):
        check_is_fitted(model, "X_train_")  # unfitted, it would predict the prior
    results = walk(
        partial(_total_std, transformers, model),
        X,
        batch_size=batch_size,
        bytes_per_row=_BYTES_PER_ROW,
        n_jobs=n_jobs,
        verbose=verbose,
    )
    return gathered(results, n_rows(X), "Standard deviations")


def above_the_least(std):
    """Return the differences to the smallest variance, without rounding errors.

    Noise adds the same variance to each row. The differences between rows may be much
    smaller, and the choice depends on them alone.

    Parameters
    ----------
    std : ndarray of shape (n_samples,)
        In the dtype of the computation, which determines the rounding error.

    Returns
    -------
    excess : ndarray of shape (n_samples,), dtype=float64
        In units of the rounding error; non-negative.
    """
    variance = np.square(std, dtype=np.float64)
    rounding = 1e-12 if std.dtype.itemsize >= 8 else 1e-6
    step = rounding * max(variance.max(), np.finfo(np.float64).tiny / rounding)
    return np.round((variance - variance.min()) / step)


def _total_std(transformers, model, X):
    std = np.asarray(model.predict(transform(transformers, X), return_std=True)[1])
    if not np.isfinite(std).all():
        raise ValueError(
            f"predict(X, return_std=True) of {type(model).__name__} returned NaN or "
            f"infinity for rows of the pool."
        )
    squares = np.square(std.reshape(len(std), -1), dtype=np.float64)
    return np.sqrt(squares.sum(axis=1)).astype(std.dtype)
