"""Draws of the coefficients of scikit-learn's Bayesian linear models.

The posterior of the coefficients w is N(coef_, sigma_) on centred columns [1]_:

    f(x) = intercept_ + x @ coef_ + (x - X_offset_) @ (w - coef_)

So all draws agree at the mean of the training rows, since the intercept of scikit-learn
has no uncertainty. The variance of f is that of ``predict(X, return_std=True)`` without
the noise variance 1 / alpha_. (scikit-learn 1.6 does not centre x there.)

References
----------
.. [1] C. M. Bishop (2006), Pattern Recognition and Machine Learning, equations (3.53),
   (3.54) and (3.59).
"""

from functools import partial

import numpy as np
from scipy.sparse import issparse
from sklearn.linear_model import ARDRegression
from sklearn.utils.validation import validate_data

from skbal._utils.random import stream
from skbal.sampling._gaussian import gaussian_draws

_N_DRAWS = 100


def linear_sampler(model, n_draws, seed):
    """Return the function that draws for rows of a Bayesian linear model.

    Parameters
    ----------
    model : BayesianRidge or ARDRegression
        Fitted.
    n_draws : int or None
        Number of draws. None means 100.
    seed : int
        Determines the draws of the coefficients.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, 1).
    """
    n_draws = _N_DRAWS if n_draws is None else n_draws
    deviations = np.zeros((len(model.coef_), n_draws), dtype=model.coef_.dtype)
    kept = _kept_coefficients(model)
    if kept.any():
        rng = stream(seed, "coefficients")
        deviations[kept] = gaussian_draws(model.sigma_, n_draws, rng)
    return partial(_linear_draws, model, deviations)


def _kept_coefficients(model):
    # ARD removes coefficients: sigma_ has rows only for the others.
    if isinstance(model, ARDRegression):
        return model.lambda_ < model.threshold_lambda
    return np.ones(len(model.coef_), dtype=bool)


def _linear_draws(model, deviations, X):
    X = validate_data(model, X, accept_sparse=["csr", "csc", "coo"], reset=False)
    if X.dtype.kind in "mM":
        raise ValueError(
            f"X given to predict_samples must be numbers for {type(model).__name__}, "
            f"got dtype {X.dtype}."
        )
    mean = X @ model.coef_ + model.intercept_
    draws = _centred_product(X, model.X_offset_, deviations)
    draws += mean[:, np.newaxis]
    return draws[:, :, np.newaxis]


def _centred_product(X, offset, deviations):
    if issparse(X):  # a centred matrix would be dense
        return X @ deviations - offset @ deviations
    return (X - offset) @ deviations
