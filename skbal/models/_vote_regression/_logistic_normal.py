"""The mean of the logistic function of a normal variable."""

import numpy as np
from scipy.special import expit, ndtr, roots_hermitenorm

# Below this standard deviation the logistic function is smooth between the nodes of
# Gauss and Hermite, above it the normal distribution function is between ours.
_WIDE = 1.5
_NODES, _WEIGHTS = roots_hermitenorm(40)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
# The trapezoidal rule converges exponentially for a function without poles nearby: the
# logistic density has them at +-i pi, which leaves exp(-2 pi**2 / 0.7) < 1e-12.
_TIMES = 0.7 * np.arange(-43, 44)
_DENSITY = expit(_TIMES) * expit(-_TIMES)
_DENSITY /= _DENSITY.sum()


def mean_of_logistic(mean, variance):
    """Return E[1 / (1 + exp(-x))] for normal x, to about ten digits.

    For a small variance by Gauss-Hermite quadrature over x. For a large one by the
    equivalent ``P(t < x) = E[Phi((mean - t) / std)]`` with t of the logistic
    distribution, by the trapezoidal rule over t.

    Parameters
    ----------
    mean, variance : ndarray of the same shape, dtype=float64
        Of x.

    Returns
    -------
    expectation : ndarray of that shape
        In [0, 1].

    Examples
    --------
    >>> mean_of_logistic(np.array([3.0, 3.0]), np.array([0.0, 100.0])).round(4)
    array([0.9526, 0.6161])
    """
    std = np.sqrt(variance)
    is_wide = std > _WIDE
    result = np.empty(mean.shape)
    near = mean[~is_wide, np.newaxis] + std[~is_wide, np.newaxis] * _NODES
    result[~is_wide] = expit(near) @ _WEIGHTS
    far = (mean[is_wide, np.newaxis] - _TIMES) / std[is_wide, np.newaxis]
    result[is_wide] = ndtr(far) @ _DENSITY
    return np.clip(result, 0.0, 1.0, out=result)
