"""Draws from a normal distribution whose covariance may be singular."""

import numpy as np
from scipy import linalg


def gaussian_draws(covariance, n_draws, rng):
    """Return draws with mean zero and the given covariance.

    The factor is the symmetric square root of the covariance. It exists for a singular
    matrix without jitter. Unlike eigenvectors, it is not sensitive to rounding.

    Parameters
    ----------
    covariance : ndarray of shape (n, n)
        Symmetric and positive semi-definite up to rounding.
    n_draws : int
        Number of draws. With more draws, the first ones stay the same.
    rng : numpy.random.Generator
        The random stream.

    Returns
    -------
    draws : ndarray of shape (n, n_draws), dtype=float64

    Examples
    --------
    >>> singular = np.ones((2, 2))
    >>> a, b = gaussian_draws(singular, 5, np.random.default_rng(0))
    >>> bool(np.allclose(a, b))
    True
    """
    covariance = np.asarray(covariance, dtype=np.float64)
    values, vectors = linalg.eigh((covariance + covariance.T) / 2)
    roots = np.sqrt(np.clip(values, 0, None))
    normal = rng.standard_normal((n_draws, len(covariance))).T
    return vectors @ (roots[:, np.newaxis] * (vectors.T @ normal))
