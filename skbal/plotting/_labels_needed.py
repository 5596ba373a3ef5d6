"""The labels that runs needed to reach a score, with those that never reached it.

A run that ended before it reached the score is censored: it needs more labels than it
had, nobody knows how many. So the middle of several runs is their median, in which a
censored run counts as larger than all others, and its interval is the one between two
of the sorted runs, which assumes nothing about their distribution.
"""

from typing import NamedTuple

import numpy as np
from scipy import stats


class LabelsNeeded(NamedTuple):
    """The labels that the repeats of one strategy needed to reach a score."""

    values: np.ndarray
    last: np.ndarray
    median: float
    low: float
    high: float
    confidence: float

    @property
    def n_reached(self):
        """Number of runs that reached the score."""
        return int(np.isfinite(self.values).sum())


def labels_needed(histories, target_score, confidence):
    """Return how many labels each run needed, and the median with its interval.

    Parameters
    ----------
    histories : list of History
        The repeats of one strategy.
    target_score : float
        The score to reach.
    confidence : float
        Least confidence level of the interval, in (0, 1).

    Returns
    -------
    needed : LabelsNeeded
        With ``values`` of shape (n_repeats,), infinite for a run that did not reach the
        score, ``last``, the labels that each run had in the end, the ``median``, the
        ends of its interval and its ``confidence``.
    """
    found = [history.labels_to(target_score) for history in histories]
    values = np.array([np.inf if n is None else n for n in found], dtype=np.float64)
    last = np.array([history.n_labels[-1] for history in histories])
    return LabelsNeeded(values, last, *median_interval(values, confidence))


def median_interval(values, confidence):
    """Return the median of a few values and the interval between two of them.

    The interval from the k-th smallest to the k-th largest of n values covers the
    median with a probability of at least 1 - 2 P(B < k), where B is binomial with n
    trials and probability 1/2. k is the largest with the wanted confidence, or 1, which
    gives the range of the values, if they are too few for it.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Independent values. Some may be infinite.
    confidence : float
        Wanted confidence level, in (0, 1).

    Returns
    -------
    median, low, high : float
        The ends are NaN for a single value.
    attained : float
        The confidence level of the interval, 0 for a single value.

    Examples
    --------
    >>> median, low, high, attained = median_interval([80, 90, 100, 120, np.inf], 0.95)
    >>> float(median), float(low), float(high), float(attained)
    (100.0, 80.0, inf, 0.9375)
    """
    ordered, n = np.sort(values), len(values)
    median = np.median(ordered)
    if n == 1:
        return median, np.nan, np.nan, 0.0
    outside = 2 * stats.binom.cdf(np.arange(n // 2), n, 0.5)  # for k = 1, 2, ...
    k = max(np.sum(outside <= 1 - confidence + 1e-12), 1)
    return median, ordered[k - 1], ordered[n - k], 1 - outside[k - 1]
