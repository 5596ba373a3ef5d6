"""Bins of probabilities, and what was said and what happened in each."""

from typing import NamedTuple

import numpy as np

from skbal._utils.validation import check_count

_ROWS_PER_BIN, _MOST_BINS = 25, 15
_MOST_ALLOWED = 10_000


class Bins(NamedTuple):
    """Sums over the rows of each bin that has rows."""

    said: np.ndarray  # (n_bins,): mean probability
    happened: np.ndarray  # (n_bins,): share of the rows in which the event happened
    n_rows: np.ndarray  # (n_bins,)


def check_n_bins(n_bins, owner):
    """Raise an error unless a number of bins is None or a possible number.

    Parameters
    ----------
    n_bins : int or None
        From 1 to 10,000.
    owner : str
        Name of the caller, for messages.
    """
    if n_bins is None:
        return
    if check_count(n_bins, "n_bins", owner) > _MOST_ALLOWED:
        raise ValueError(
            f"n_bins of {owner} must be an integer from 1 to {_MOST_ALLOWED}, got "
            f"{n_bins:.3g}: there must be rows in them."
        )


def number_of_bins(n_bins, n_rows):
    """Return the number of bins; None is one per 25 rows, from 1 to 15.

    Parameters
    ----------
    n_bins : int or None
        The number that was asked for.
    n_rows : int
        Number of rows.

    Returns
    -------
    n_bins : int

    Examples
    --------
    >>> number_of_bins(None, 60), number_of_bins(None, 5000), number_of_bins(10, 60)
    (2, 15, 10)
    """
    if n_bins is not None:
        return int(n_bins)
    return min(max(n_rows // _ROWS_PER_BIN, 1), _MOST_BINS)


def bin_of(probabilities, n_bins, strategy):
    """Return the number of the bin of each probability.

    Parameters
    ----------
    probabilities : ndarray of shape (n_samples,)
        In [0, 1].
    n_bins : int
        Number of bins.
    strategy : {"uniform", "quantile"}
        Bins of equal width, or of equally many rows. As in
        `sklearn.calibration.calibration_curve`, a value at the edge of two bins belongs
        to the lower one. Where many rows have the same probability, some bins of
        quantiles are empty.

    Returns
    -------
    bins : ndarray of shape (n_samples,), dtype=intp

    Examples
    --------
    >>> bin_of(np.array([0.0, 0.5, 0.51, 1.0]), 2, "uniform")
    array([0, 0, 1, 1])
    """
    edges = np.linspace(0, 1, n_bins + 1)
    if strategy == "quantile":
        edges = np.quantile(probabilities, edges)
    return np.searchsorted(edges[1:-1], probabilities)


def binned(probabilities, events, bins):
    """Return the bins that have rows, in ascending order.

    Parameters
    ----------
    probabilities : ndarray of shape (n_samples,)
        Probability of the event in each row.
    events : ndarray of shape (n_samples,), dtype=bool
        Whether it happened.
    bins : ndarray of shape (n_samples,)
        Result of `bin_of`.

    Returns
    -------
    bins : Bins

    Examples
    --------
    >>> binned(np.array([0.2, 0.4, 0.9]), np.array([0, 1, 1]), np.array([0, 0, 5]))
    Bins(said=array([0.3, 0.9]), happened=array([0.5, 1. ]), n_rows=array([2, 1]))
    """
    n_rows = np.bincount(bins)
    kept = n_rows > 0
    n_rows = n_rows[kept]
    said = np.bincount(bins, probabilities)[kept] / n_rows
    happened = np.bincount(bins, events)[kept] / n_rows
    return Bins(said, happened, n_rows)
