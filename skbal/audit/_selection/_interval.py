"""Confidence interval of a risk from rows that were chosen with unequal probabilities.

Each pick gives an estimate of the risk that is unbiased given the picks before it, so
the errors of the estimates are uncorrelated (a martingale), and their squares add up to
the variance of the weighted mean. The sum is skewed, since few rows have large weights.
Hall's cubic transformation corrects for that. The quantile is one of a t distribution
with as many degrees of freedom as the squares support.
"""

import numpy as np
from scipy import stats

_FEWEST_FREEDOM = 3.0  # of the t distribution; its quantile of 97.5% is 3.2


def interval_of_mean(errors, level):
    """Return how far below and above zero the sum of the errors may lie.

    Parameters
    ----------
    errors : ndarray of shape (n_picks,)
        Estimated error of each pick times its share in the mean. There are two picks
        or more.
    level : float
        Probability that the interval is to contain the true value.

    Returns
    -------
    lower, upper : float
        To be added to the estimate. Both are 0 if the errors are all zero.

    References
    ----------
    .. [1] P. Hall (1992), On the removal of skewness by transformation, Journal of the
       Royal Statistical Society B 54, section 2, the transformation g_1.

    Examples
    --------
    Without skewness, it is the interval of Student's t:

    >>> errors = np.array([-1.0, 1.0, -1.0, 1.0]) / 4
    >>> [round(float(end), 3) for end in interval_of_mean(errors, 0.95)]
    [-1.837, 1.837]
    """
    n, unit = len(errors), np.abs(errors).max()
    if unit == 0:
        return 0.0, 0.0
    errors = errors / unit  # fourth powers of tiny numbers would be zero
    squares = np.sum(errors**2)
    scale = unit * np.sqrt(squares * n / (n - 1))
    skewness = np.sum(errors**3) / squares**1.5
    if n > 2:
        skewness *= np.sqrt(n * (n - 1)) / (n - 2)
    quantile = stats.t.ppf((1 + level) / 2, _freedom(errors, squares))
    lower = -scale * _without_skewness(quantile, skewness)
    upper = -scale * _without_skewness(-quantile, skewness)
    return float(lower), float(upper)


def _freedom(errors, squares):
    """Return the degrees of freedom of the variance, by Satterthwaite's rule.

    A variance with f degrees of freedom has the squared coefficient of variation 2 / f.
    That of a sum of squares is the sum of the fourth powers over the squared sum, minus
    1 / n.
    """
    n = len(errors)
    variation = np.sum(errors**4) / squares**2 - 1 / n
    freedom = 2 / max(variation, 2 / (n - 1))
    return max(freedom, min(_FEWEST_FREEDOM, n - 1))


def _without_skewness(quantile, skewness):
    """Return the studentized value whose transform by Hall is the quantile."""
    if abs(skewness) < 1e-8:
        return quantile
    inside = 1 + skewness * (quantile - skewness / 6)
    return 3 / skewness * (np.cbrt(inside) - 1)


def largest_rate(n_effective, level):
    """Return the largest rate at which no event among so many rows is not too rare.

    Parameters
    ----------
    n_effective : float
        Number of rows, or of rows that they are worth.
    level : float
        Probability that the interval from 0 to the rate is to contain the true rate, on
        the upper side: the rate at which (1 - level) / 2 of all samples show no event.

    Returns
    -------
    rate : float

    Examples
    --------
    >>> round(largest_rate(100, 0.95), 3)
    0.036
    """
    return float(-np.expm1(np.log((1 - level) / 2) / n_effective))
