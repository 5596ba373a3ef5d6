"""The mean of the logistic function of a normal variable."""

import numpy as np
from scipy.special import expit, ndtr, roots_hermitenorm

# For smaller standard deviations the logistic function is smooth between the nodes of
# Gauss and Hermite. For larger ones the normal distribution function is smooth between
# the nodes of the trapezoidal rule.
_WIDE = 1.5
_NODES, _WEIGHTS = roots_hermitenorm(40)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
# The trapezoidal rule converges exponentially for a function without poles nearby. The
# poles of the logistic density at +-i pi leave an error of exp(-2 pi**2 / 0.7) < 1e-12.
_TIMES = 0.7 * np.arange(-43, 44)
_DENSITY = expit(_TIMES) * expit(-_TIMES)
_DENSITY /= _DENSITY.sum()


def mean_of_logistic(mean, variance):
    """Return E[1 / (1 + exp(-x))] for normal x, to about ten digits.

    A small variance needs Gauss-Hermite quadrature over x. A large variance needs the
    trapezoidal rule over t in the equal ``P(t < x) = E[Phi((mean - t) / std)]``, where
    t has the logistic distribution.

    Parameters
    ----------
    mean, variance : ndarray of the same shape, dtype=float64
        Mean and variance of x.

    Returns
    -------
    expectation : ndarray of that shape
        The mean, in [0, 1].

    Examples
    --------
    >>> mean_of_logistic(np.array([3.0, 3.0]), np.array([0.0, 100.0])).round(4)
    array([0.9526, 0.6161])
    """
    std = np.sqrt(variance)
    is_wide = std > _WIDE
    result = np.empty(mean.shape)
    # Last axis: the nodes.
    near = mean[~is_wide, np.newaxis] + std[~is_wide, np.newaxis] * _NODES
    result[~is_wide] = expit(near) @ _WEIGHTS
    far = (mean[is_wide, np.newaxis] - _TIMES) / std[is_wide, np.newaxis]
    result[is_wide] = ndtr(far) @ _DENSITY
    return np.clip(result, 0.0, 1.0, out=result)
