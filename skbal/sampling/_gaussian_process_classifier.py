"""Joint draws of the class probabilities of a Gaussian process classifier.

Its Laplace posterior of the latent function is normal [1]_. A draw is one function,
passed through the logistic function. As for `GaussianProcessRegressor`, the function is
without the noise of a ``WhiteKernel``. The probability is then its mean over the noise.

With several classes there is one latent function per class, against all others. As in
scikit-learn, the probabilities of a draw are divided by their sum.

References
----------
.. [1] C. E. Rasmussen and C. K. I. Williams (2006), Gaussian Processes for Machine
   Learning, equations (3.21) and (3.24).
"""

from functools import partial

import numpy as np
from scipy import linalg
from scipy.special import expit

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.logistic_normal import mean_of_logistic
from skbal._utils.random import stream
from skbal.exceptions import NoDrawsError
from skbal.sampling._gaussian import gaussian_draws
from skbal.sampling._gaussian_process import distinct_rows

_N_DRAWS = 100
_ROUNDING = 1e-12  # share of the prior variance: less is no noise


def gaussian_process_classifier_sampler(process, n_draws, seed):
    """Return the function that draws for rows of a Gaussian process classifier.

    Parameters
    ----------
    process : GaussianProcessClassifier
        Fitted.
    n_draws : int or None
        Number of draws. None means 100.
    seed : int
        Determines the draws.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, n_classes).

    Raises
    ------
    NoDrawsError
        If there are more than two classes and ``multi_class`` is "one_vs_one".
    """
    several = process.n_classes_ > 2
    if several and process.multi_class == "one_vs_one":
        raise NoDrawsError(
            "This GaussianProcessClassifier makes no posterior draws, because "
            "multi_class='one_vs_one' gives no class probabilities. Set "
            "multi_class='one_vs_rest'."
        )
    base = process.base_estimator_
    latents = base.estimators_ if several else [base]
    n_draws = _N_DRAWS if n_draws is None else n_draws
    return partial(_class_draws, process, latents, n_draws, seed)


def _class_draws(process, latents, n_draws, seed, X):
    X, position = distinct_rows(process, X)
    draws = np.empty((len(X), n_draws, max(len(latents), 2)))
    for number, latent in enumerate(latents):
        mean, covariance, noise = latent_moments(latent, X)
        normal = gaussian_draws(covariance, n_draws, stream(seed, "latent", number))
        values = normal + mean[:, np.newaxis]
        draws[:, :, number - len(latents)] = _probability(values, noise)
    if len(latents) == 1:
        draws[:, :, 0] = 1 - draws[:, :, 1]
    else:
        np.maximum(draws, np.finfo(draws.dtype).tiny, out=draws)
        draws /= draws.sum(axis=2, keepdims=True)
    return draws[position]


def latent_moments(latent, X):
    """Return mean and covariance of a latent function, and the variance of its noise.

    Parameters
    ----------
    latent : estimator
        The binary classifier inside a fitted ``GaussianProcessClassifier``.
    X : ndarray of shape (n_rows, ...)
        The rows.

    Returns
    -------
    mean : ndarray of shape (n_rows,)
    covariance : ndarray of shape (n_rows, n_rows)
        Without noise.
    noise : ndarray of shape (n_rows,)
        What a ``WhiteKernel`` adds to the diagonal.
    """
    kernel = latent.kernel_
    across = kernel(latent.X_train_, X)
    covariance = kernel(X, X)
    prior = kernel.diag(X)
    noise = prior - covariance.diagonal()
    noise[noise < _ROUNDING * prior] = 0.0
    mean = across.T @ (latent.y_train_ - latent.pi_)
    # L L' = I + W^1/2 K W^1/2
    solved = linalg.solve_triangular(
        latent.L_, latent.W_sr_[:, np.newaxis] * across, lower=True
    )
    return mean, covariance - solved.T @ solved, noise


def _probability(values, noise):
    """Return the mean of the logistic function over the noise of each row."""
    if not noise.any():
        return expit(values)
    result = np.empty_like(values)
    for rows in chunks(len(values), rows_within(1000 * values.shape[1])):
        variance = np.broadcast_to(noise[rows, np.newaxis], values[rows].shape)
        result[rows] = mean_of_logistic(values[rows], variance)
    return result
