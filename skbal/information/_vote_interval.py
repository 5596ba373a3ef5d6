"""The interval that contains the number of yes votes with a given probability."""

import numpy as np

from skbal._utils.rho import check_level
from skbal._utils.validation import as_numbers

_ROUNDING = 1e-12  # error of a sum of a few thousand probabilities
_TOLERANCE = 1e-6  # for the sum of a distribution


def vote_interval(distribution, level=0.95):
    """Return the equal-tailed interval of the number of yes votes, both ends included.

    The number of votes is an integer, so the interval contains a probability of
    ``level`` or more. The probability below its lower end is at most (1 - level) / 2,
    and so is the probability above its upper end.

    Parameters
    ----------
    distribution : array-like of shape (..., n_votes + 1)
        Probabilities of k = 0, 1, ..., as `vote_distribution` returns them.
    level : float, default=0.95
        Above 0 and below 1.

    Returns
    -------
    interval : ndarray of shape (..., 2), dtype=intp
        The lower end is the smallest k with F(k) > (1 - level) / 2. The upper end is
        the smallest k with F(k) >= (1 + level) / 2. F(k) is the probability of k votes
        or fewer.

    Raises
    ------
    TypeError
        If ``level`` is not a number.
    ValueError
        If ``level`` is not between 0 and 1, or a distribution is negative or does not
        sum to one.

    Examples
    --------
    >>> vote_interval([0.1, 0.2, 0.4, 0.2, 0.1], level=0.5)
    array([1, 3])
    """
    owner = "vote_interval"
    level = check_level(level, owner)
    must = f"distribution given to {owner} must be probabilities"
    distribution = as_numbers(distribution, must).astype(np.float64)
    _check_distribution(distribution, owner)
    below = np.cumsum(distribution, axis=-1)
    below /= below[..., -1:]
    low = np.argmax(below > (1 - level) / 2 + _ROUNDING, axis=-1)
    high = np.argmax(below >= (1 + level) / 2 - _ROUNDING, axis=-1)
    return np.stack([np.minimum(low, high), high], axis=-1)


def _check_distribution(distribution, owner):
    if distribution.ndim == 0 or distribution.shape[-1] == 0:
        raise ValueError(
            f"distribution given to {owner} must have an axis of k = 0, 1, ..., got "
            f"shape {distribution.shape}."
        )
    sums = distribution.sum(axis=-1)
    is_off = ~(np.abs(sums - 1) <= _TOLERANCE)  # also true of NaN
    if is_off.any():
        raise ValueError(
            f"distribution given to {owner} must sum to one over its last axis, got "
            f"{sums[is_off][0]:g}."
        )
    if distribution.min(initial=0) < 0:
        raise ValueError(
            f"distribution given to {owner} must not be negative, got "
            f"{distribution.min():g}."
        )
