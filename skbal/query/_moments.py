"""Exact variances of predictions, from models that know them."""

import inspect
from functools import partial

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.utils.validation import check_is_fitted

from skbal._utils.pools import n_rows
from skbal._utils.unwrap import transform, unwrap
from skbal._utils.walk import gathered, walk

# What a prediction holds beside a row is not known: room for some thousand numbers,
# such as the covariances with the rows that a Gaussian process was taught.
_BYTES_PER_ROW = 2**16


def has_moments(estimator):
    """Return whether a model gives exact moments: ``predict(return_std, return_cov)``.

    Parameters
    ----------
    estimator : estimator or learner
        A model, or something that holds one.

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

    Its square is the sum of the squared standard deviations of the outputs, which costs
    a model n_outputs numbers a row, where the covariance costs n_outputs**2.

    Parameters
    ----------
    estimator : estimator or learner
        Fitted, with moments.
    X : array-like of shape (n_samples, ...)
        At least one row; read piece by piece.
    batch_size, n_jobs, verbose : int, optional
        As in `score_rows`.

    Returns
    -------
    std : ndarray of shape (n_samples,)
        In the units of y, of the precision that the model answers in.
    """
    transformers, model = unwrap(estimator)
    if isinstance(model, GaussianProcessRegressor):
        check_is_fitted(model, "X_train_")  # it would answer from the prior
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
    """Return by how much the variances exceed the smallest, rounding taken off.

    Noise of one size for all rows adds as much to each; what the rows differ by may be
    a tiny part of it, and is all that a choice can go by.

    Parameters
    ----------
    std : ndarray of shape (n_samples,)
        In the precision that it was computed in, which decides what is rounding.

    Returns
    -------
    excess : ndarray of shape (n_samples,), dtype=float64
        In steps of one rounding error; not negative.
    """
    variance = np.square(std, dtype=np.float64)
    rounding = 1e-12 if std.dtype.itemsize >= 8 else 1e-6
    step = rounding * max(variance.max(), np.finfo(np.float64).tiny / rounding)
    return np.round((variance - variance.min()) / step)


def _total_std(transformers, model, X):
    std = np.asarray(model.predict(transform(transformers, X), return_std=True)[1])
    if not np.isfinite(std).all():
        raise ValueError(
            f"predict(X, return_std=True) of {type(model).__name__} gave NaN or "
            f"infinity for rows of the pool."
        )
    squares = np.square(std.reshape(len(std), -1), dtype=np.float64)
    return np.sqrt(squares.sum(axis=1)).astype(std.dtype)
