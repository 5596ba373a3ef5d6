"""The expected calibration error of bins: plain, without its bias, and an interval."""

from typing import NamedTuple

import numpy as np
from scipy import stats
from scipy.special import erf

_SELECTION = (
    1.0  # standard errors by which a gap may be larger or smaller than it looks
)


class Estimate(NamedTuple):
    """An expected calibration error."""

    error: float
    debiased: float
    low: float
    high: float


def expected_calibration_error(bins, confidence):
    """Return the expected calibration error of bins, with an interval.

    The error is the mean over rows of the gap between what was said and what happened
    in their bin. Chance makes gaps even where there are none, so the plain error is too
    large. In a bin, the observed gap is normal with the standard error of a proportion,
    and the mean of its absolute value is known. The excess of this mean over the gap,
    at the observed gap, is what ``debiased`` is without (Kumar et al. [1]_ simulate
    it).

    How large the excess is depends on the true gaps: it is largest where there are
    none. The interval allows for this. Its lower end takes away the excess as if each
    gap were one standard error smaller, its upper end as if it were one larger, which
    is the selection of moments of Andrews and Soares [2]_. It errs on the wide side.

    Parameters
    ----------
    bins : Bins
        The bins.
    confidence : float
        In (0, 1).

    Returns
    -------
    estimate : Estimate

    References
    ----------
    .. [1] A. Kumar, P. Liang and T. Ma (2019), Verified uncertainty calibration,
       NeurIPS.
    .. [2] D. W. K. Andrews and G. Soares (2010), Inference for parameters defined by
       moment inequalities using generalized moment selection, Econometrica 78.
    """
    weight = bins.n_rows / bins.n_rows.sum()
    gap = np.abs(bins.said - bins.happened)
    # One more hit and one more miss: a bin in which all is right is not free of error.
    share = (bins.n_rows * bins.happened + 1) / (bins.n_rows + 2)
    spread = np.sqrt(share * (1 - share) / bins.n_rows)
    size = gap / spread
    error = weight @ gap

    def without_excess(size):
        return error - (weight * spread) @ _excess(size)

    margin = stats.norm.isf((1 - confidence) / 2) * np.linalg.norm(weight * spread)
    low = without_excess(np.maximum(size - _SELECTION, 0)) - margin
    high = without_excess(size + _SELECTION) + margin
    debiased = max(without_excess(size), 0.0)
    return Estimate(error, debiased, max(low, 0.0), min(high, 1.0))


def _excess(mean):
    """Return how much the mean of abs(N(mean, 1)) is larger than the mean."""
    density = np.exp(-(mean**2) / 2) * np.sqrt(2 / np.pi)
    return density + mean * erf(mean / np.sqrt(2)) - mean
