"""Intervals for proportions, for means of skewed numbers, and for differences."""

import numpy as np
from scipy import stats


def wilson_interval(n_hits, n_rows, confidence):
    """Return the ends of Wilson's interval for a proportion.

    Parameters
    ----------
    n_hits, n_rows : int or ndarray
        Number of hits, and of rows.
    confidence : float
        In (0, 1).

    Returns
    -------
    low, high : float or ndarray

    References
    ----------
    E. B. Wilson (1927), Probable inference, the law of succession, and statistical
    inference, JASA 22.

    Examples
    --------
    >>> low, high = wilson_interval(0, 10, 0.95)
    >>> round(float(low), 3), round(float(high), 3)
    (0.0, 0.278)
    """
    z = stats.norm.isf((1 - confidence) / 2)
    share = n_hits / n_rows
    middle = (share + z**2 / (2 * n_rows)) / (1 + z**2 / n_rows)
    spread = np.sqrt(share * (1 - share) / n_rows + z**2 / (4 * n_rows**2))
    half = z * spread / (1 + z**2 / n_rows)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def mean_interval(values, confidence, possible=None):
    """Return the ends of an interval for the mean of numbers that may be skewed.

    It is the hull of Student's interval and of that of Hall [1]_, which removes the
    skewness by a cubic transformation of Student's t. A log loss is very skewed: few
    rows have most of it.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Independent values.
    confidence : float
        In (0, 1).
    possible : tuple of (float, float), optional
        Smallest and largest value that there can be. If all values are equal, they show
        no variance. Then Wilson's interval says how many of all values may be of the
        other kind, and ``possible`` what these may be.

    Returns
    -------
    low, high : float
        Infinite for fewer than two values.

    References
    ----------
    .. [1] P. Hall (1992), On the removal of skewness by transformation, Journal of the
       Royal Statistical Society B 54.

    Examples
    --------
    >>> low, high = mean_interval(np.array([1.0, 2.0, 3.0]), 0.95)
    >>> round(low, 2), round(high, 2)
    (-0.48, 4.48)
    """
    n = len(values)
    if n < 2:
        return -np.inf, np.inf
    mean, error = values.mean(), stats.sem(values)
    if _are_equal(values, possible):
        ends = (mean, mean) if possible is None else possible
        _, share = wilson_interval(0, n, confidence)
        return tuple(float(mean + share * (end - mean)) for end in ends)
    quantile = stats.t.isf((1 - confidence) / 2, n - 1)
    steps = quantile * np.array([1, -1])
    low, high = mean - error * steps
    skewed = mean - error * _without_skewness(steps, stats.skew(values) / np.sqrt(n))
    return float(min(low, skewed[0])), float(max(high, skewed[1]))


def _are_equal(values, possible):
    """Return whether values are equal but for rounding, which shows no variance."""
    size = np.abs(values).max()
    if possible is not None and np.isfinite(possible).all():
        size = max(size, possible[1] - possible[0])
    return np.ptp(values) <= 1e-12 * size


def _without_skewness(steps, skewness):
    """Return Hall's transformation of quantiles, given the skewness of the mean."""
    if abs(skewness) < 1e-8:
        return steps
    return (np.cbrt(1 + skewness * (steps - skewness / 6)) - 1) * 3 / skewness


def difference_interval(first, second):
    """Return the ends of an interval for the difference of two independent estimates.

    For proportions with Wilson's intervals this is the hybrid score interval of
    Newcombe [1]_; Zou and Donner [2]_ show that it works for others.

    Parameters
    ----------
    first, second : tuple of (float, float, float)
        An estimate, and the ends of its interval.

    Returns
    -------
    low, high : float
        Of second minus first.

    References
    ----------
    .. [1] R. G. Newcombe (1998), Interval estimation for the difference between
       independent proportions, Statistics in Medicine 17, method 10.
    .. [2] G. Y. Zou and A. Donner (2008), Construction of confidence limits about
       effect measures, Statistics in Medicine 27.

    Examples
    --------
    Newcombe's own example is 56 of 70 against 48 of 80:

    >>> low, high = difference_interval(
    ...     (48 / 80, *wilson_interval(48, 80, 0.95)),
    ...     (56 / 70, *wilson_interval(56, 70, 0.95)))
    >>> round(float(low), 4), round(float(high), 4)
    (0.0524, 0.3339)
    """
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    difference = b - a
    low = difference - np.hypot(b - b_low, a_high - a)
    high = difference + np.hypot(b_high - b, a - a_low)
    return low, high
