"""Exact joint draws of the noise-free function of a Gaussian process [1]_.

The covariance of all rows is needed at once. The rows are first replaced by the sorted
distinct rows. So the draws do not depend on the order of the rows or on repeated rows,
and equal rows have equal draws.

References
----------
.. [1] C. E. Rasmussen and C. K. I. Williams (2006), Gaussian Processes for Machine
   Learning, equations (2.22) to (2.24), without the noise at the test rows.
"""

import copy
from functools import partial

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from skbal._utils.random import stream
from skbal.sampling._gaussian import gaussian_draws

_N_DRAWS = 100
_LARGEST_MATRIX = 2 * 2**30  # bytes of the covariance of all rows


def gaussian_process_sampler(process, n_draws, seed):
    """Return the function that draws for rows of a Gaussian process.

    Parameters
    ----------
    process : GaussianProcessRegressor
        Fitted.
    n_draws : int or None
        Number of draws. None means 100.
    seed : int
        Determines the draws.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, n_outputs).

    Raises
    ------
    NotFittedError
        If it is not fitted. scikit-learn would predict from the prior.
    """
    check_is_fitted(process, "X_train_")
    n_draws = _N_DRAWS if n_draws is None else n_draws
    return partial(_function_draws, process, n_draws, seed)


def _function_draws(process, n_draws, seed, X):
    X, position = distinct_rows(process, X)
    mean, covariance = _without_noise(process).predict(X, return_cov=True)
    mean = mean.reshape(len(X), -1)
    covariance = covariance.reshape(len(X), len(X), -1)
    draws = np.empty((len(X), n_draws, mean.shape[1]))
    for output in range(mean.shape[1]):
        rng = stream(seed, "function", output)
        draws[:, :, output] = gaussian_draws(covariance[:, :, output], n_draws, rng)
    draws += mean[:, np.newaxis]
    return draws[position]


def distinct_rows(process, X):
    """Return the sorted distinct rows, and the place of each row among them.

    Parameters
    ----------
    process : GaussianProcessRegressor or GaussianProcessClassifier
        Fitted. Its kernel decides what a row may be.
    X : array-like of shape (n_samples, ...)
        The rows.

    Returns
    -------
    rows : ndarray of shape (n_rows, ...)
    position : ndarray of shape (n_samples,)

    Raises
    ------
    ValueError
        If the rows are not of the form passed to ``fit``, or the covariance of the
        distinct rows would be too large.
    """
    vectors = process.kernel is None or process.kernel.requires_vector_input
    dtype = "numeric" if vectors else None
    X = validate_data(process, X, ensure_2d=vectors, dtype=dtype, reset=False)
    if vectors and X.dtype.kind in "mM":  # scikit-learn lets them pass
        raise TypeError(f"X given to predict_samples must be numbers, got {X.dtype}.")
    axis = 0 if X.ndim > 1 else None
    rows, position = np.unique(X, axis=axis, return_inverse=True)
    _check_size(len(rows), process)
    return rows, position.ravel()


def _check_size(n_rows, process):
    n_bytes = 8 * n_rows**2
    if n_bytes > _LARGEST_MATRIX:
        raise ValueError(
            f"X given to predict_samples has {n_rows} distinct rows; their covariance "
            f"under a {type(process).__name__} would take {n_bytes / 2**30:.1f} GB. "
            f"Give fewer rows, such as random rows of the pool (pool_subsample)."
        )


def _without_noise(process):
    twin = copy.copy(process)
    twin.kernel_ = _NoiseFree(process.kernel_)
    # The names were checked. The sorted rows have none, which needs no warning.
    vars(twin).pop("feature_names_in_", None)
    return twin


class _NoiseFree:
    """A kernel that computes k(X) as k(X, X), where a WhiteKernel is 0."""

    def __init__(self, kernel):
        self.kernel = kernel

    def __call__(self, X, Y=None):
        return self.kernel(X, X if Y is None else Y)
