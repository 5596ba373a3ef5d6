"""Checked arguments of the functions of several answers."""

import numpy as np

from skbal._utils.draws import check_draws
from skbal._utils.votes import check_numbers_of_votes

# In the limit of small concentrations, all volunteers give the same answer.
_SMALLEST = 1e-200
_TOLERANCE = 1e-3  # for the sum of a draw, enough for shares in float16


def check_share_draws(share_draws, owner):
    """Return draws of shares as a floating-point array of three axes.

    Whether each draw sums to one is checked chunk by chunk, by `shares_as_float64`.

    Parameters
    ----------
    share_draws : array-like of shape (n_samples, n_draws, n_answers)
        Shares of two or more answers.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    share_draws : ndarray of shape (n_samples, n_draws, n_answers)

    Raises
    ------
    TypeError, ValueError
        If they are not numbers or have another shape.
    """
    share_draws = check_draws(share_draws, owner, name="share_draws")
    if share_draws.shape[2] < 2:
        raise ValueError(
            f"share_draws given to {owner} must have a share of each of two or more "
            f"answers, got shape {share_draws.shape}. For the probability of a yes, "
            "use the functions of votes."
        )
    return share_draws


def shares_as_float64(shares, owner):
    """Return shares in float64 that sum to one exactly, or raise.

    Parameters
    ----------
    shares : ndarray of shape (..., n_answers)
        At least one draw.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    shares : ndarray of the same shape, dtype=float64

    Raises
    ------
    ValueError
        If a share is NaN or negative, or the shares of a draw do not sum to one.
    """
    sums = shares.sum(axis=-1, dtype=np.float64)
    if not shares.min() >= 0:  # also true of NaN
        raise ValueError(
            f"share_draws given to {owner} must be shares of 0 or more, got "
            f"{shares.min():.6g}."
        )
    if not np.abs(sums - 1).max() <= _TOLERANCE:
        raise ValueError(
            f"share_draws given to {owner} must sum to one over the answers, their "
            f"last axis, got sums from {sums.min():.6g} to {sums.max():.6g}."
        )
    return shares / sums[..., np.newaxis]


def check_n_votes_per_row(n_votes, n_samples, owner):
    """Return the number of votes of each row.

    Parameters
    ----------
    n_votes : int or array-like of shape (n_samples,)
        0 or more.
    n_samples : int
        Number of rows.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    n_votes : ndarray of shape (n_samples,), dtype=int64
        May be a view that must not be written to.

    Raises
    ------
    TypeError, ValueError
        If they are not integers, one is negative, or the shape is another.
    """
    numbers = check_numbers_of_votes(n_votes, owner)
    if numbers.shape not in {(), (n_samples,)}:
        raise ValueError(
            f"n_votes of {owner} must be one integer or have the shape ({n_samples},), "
            f"one number per row, got shape {numbers.shape}."
        )
    return np.broadcast_to(numbers, (n_samples,))


def inverse_per_row(concentration, n_samples, owner):
    """Return one over the concentration of each row. 0 is the multinomial.

    Parameters
    ----------
    concentration : None, float or array-like of shape (n_samples,)
        Above 0. None and infinity are the multinomial distribution.
    n_samples : int
        Number of rows.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    inverse : ndarray of shape (n_samples,)

    Raises
    ------
    TypeError
        If it does not hold numbers.
    ValueError
        If a number is not above 0, or the shape is another.
    """
    if concentration is None:
        return np.zeros(n_samples)
    what = f"concentration of {owner} must be None, a number > 0 or one number per row"
    numbers = np.asarray(concentration)
    if numbers.dtype.kind not in "iuf":
        raise TypeError(f"{what}, got {concentration!r}.")
    if numbers.shape not in {(), (n_samples,)}:
        raise ValueError(f"{what}: there are {n_samples} rows, got {numbers.shape}.")
    if not (numbers > 0).all():  # also true of NaN
        raise ValueError(f"{what}, got {numbers[~(numbers > 0)].ravel()[0]:g}.")
    inverse = 1 / np.maximum(numbers.astype(np.float64), _SMALLEST)
    return np.broadcast_to(inverse, (n_samples,))
