"""The check of temperatures."""

import numpy as np

from skbal._utils.validation import as_numbers


def check_temperatures(temperatures, owner):
    """Return temperatures as an array.

    Parameters
    ----------
    temperatures : float or array-like of shape (n_temperatures,)
        As given.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    temperatures : ndarray of shape (n_temperatures,) or (), dtype=float64

    Raises
    ------
    ValueError
        If they are not numbers larger than 0, or there are none.
    """
    words = (
        f"temperatures of {owner} must be a finite number larger than 0, or a sequence "
        "of them"
    )
    values = as_numbers(temperatures, words).astype(np.float64)
    if values.ndim > 1 or not values.size:
        raise ValueError(f"{words}, got an array of shape {values.shape}.")
    wrong = values[~(np.isfinite(values) & (values > 0))]
    if wrong.size:
        raise ValueError(f"{words}, got {wrong[0]}.")
    return values
