"""Does a published mean of a few runs agree with the mean of ours?"""

import math

import numpy as np
from scipy import stats

CONFIDENCE = 0.95


def agrees(values, published, n_published, confidence=CONFIDENCE):
    """Return whether a published mean may be one of runs like ours.

    Our n values have the mean m and the standard deviation s. The mean of k further
    runs lies within ``m ± t s sqrt(1/n + 1/k)`` with this confidence, where t is
    Student's quantile with n - 1 degrees of freedom. This asks more of a difference
    than the interval of our mean, since the published mean has scatter of its own.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Our values.
    published : float
        The published mean.
    n_published : int or None
        The number of runs behind it.
    confidence : float, default=0.95
        The confidence.

    Returns
    -------
    agrees : bool or None
        None if it cannot be told: we have fewer than two values, one of them is not
        finite, all are equal, or the number of published runs is not known.

    Examples
    --------
    >>> agrees(np.array([100.0, 110.0, 120.0]), 150, 3)
    False
    >>> agrees(np.array([100.0, 110.0, 120.0]), 140, 3)
    True
    """
    n = len(values)
    if n_published is None or n < 2 or not np.isfinite(values).all():
        return None
    scatter = np.std(values, ddof=1)
    if scatter <= 1e-12 * np.abs(values).max():
        return None
    quantile = stats.t.ppf((1 + confidence) / 2, n - 1)
    reach = quantile * scatter * math.sqrt(1 / n + 1 / n_published)
    return bool(abs(published - values.mean()) <= reach)
