"""The parts of a Brier score: reliability, resolution and uncertainty."""

from typing import NamedTuple

import numpy as np


class BrierParts(NamedTuple):
    """Parts of the Brier score of one event, and their standard errors, (3,)."""

    values: np.ndarray  # reliability, resolution, uncertainty
    errors: np.ndarray


def brier_parts(probabilities, events, bins):
    """Return reliability, resolution and uncertainty, which make up the Brier score.

    ``reliability - resolution + uncertainty`` is the Brier score exactly. With bins
    alone this holds only if all probabilities of a bin are equal (Murphy [1]_). So the
    resolution is the generalised one of Stephenson et al. [2]_, their equation 10: it
    contains what the probabilities tell within a bin.

    Standard errors come from the influence of each row: the parts are smooth functions
    of means over rows.

    Parameters
    ----------
    probabilities : ndarray of shape (n_samples,)
        Probability of the event in each row.
    events : ndarray of shape (n_samples,), dtype=bool
        Whether it happened.
    bins : ndarray of shape (n_samples,)
        Number of the bin of each row.

    Returns
    -------
    parts : BrierParts

    References
    ----------
    .. [1] A. H. Murphy (1973), A new vector partition of the probability score, Journal
       of Applied Meteorology 12.
    .. [2] D. B. Stephenson, C. A. S. Coelho and I. T. Jolliffe (2008), Two extra
       components in the Brier score decomposition, Weather and Forecasting 23.

    Examples
    --------
    >>> p, event = np.array([0.2, 0.2, 0.8, 0.8]), np.array([0, 1, 1, 1])
    >>> brier_parts(p, event, np.array([0, 0, 1, 1])).values
    array([0.065 , 0.0625, 0.1875])
    >>> round(0.065 - 0.0625 + 0.1875, 4), round(float(((p - event) ** 2).mean()), 4)
    (0.19, 0.19)
    """
    event = events.astype(np.float64)
    n_rows = np.bincount(bins)
    n_rows = np.maximum(n_rows, 1)
    said = (np.bincount(bins, probabilities) / n_rows)[bins]
    share = (np.bincount(bins, event) / n_rows)[bins]
    mean = event.mean()
    gap, within = said - share, probabilities - said
    # Each row's part; the means over rows are the parts of the score.
    reliability = gap**2
    within_bins = within**2 - 2 * within * (event - share)
    resolution = (share - mean) ** 2 - within_bins
    uncertainty = np.full_like(event, mean * (1 - mean))
    influence = (
        2 * gap * (probabilities - event) - gap**2,
        2 * (share - mean) * event - share**2 + mean**2 - within_bins,
        (1 - 2 * mean) * event + mean**2,
    )
    values = np.array([reliability.mean(), resolution.mean(), uncertainty.mean()])
    freedom = max(len(event) - 1, 1)
    errors = np.std(influence, axis=1) / np.sqrt(freedom)
    return BrierParts(values, errors)
