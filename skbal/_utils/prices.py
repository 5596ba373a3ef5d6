"""Prices: finite numbers larger than 0."""

import numpy as np

from skbal._utils.validation import as_numbers


def as_prices(values, what, each="row"):
    """Return prices as float64.

    Parameters
    ----------
    values : array-like
        Numbers.
    what : str
        The argument and its owner, for messages, such as "cost of PerCost".
    each : str, default="row"
        What a price belongs to, for messages.

    Returns
    -------
    prices : ndarray, dtype=float64

    Raises
    ------
    ValueError
        If they are not numbers, or one is not finite and larger than 0.

    Examples
    --------
    >>> as_prices([1, 2], "cost of PerCost").tolist()
    [1.0, 2.0]
    """
    prices = as_numbers(values, f"{what} must be a price larger than 0 for each {each}")
    allowed = np.isfinite(prices) & (prices > 0)
    if not allowed.all():
        raise ValueError(
            f"{what} must be a finite price larger than 0 for each {each}, got "
            f"{prices[~allowed].ravel()[0]:g}."
        )
    return prices.astype(np.float64)
