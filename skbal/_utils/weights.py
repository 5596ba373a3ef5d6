"""The weights of training rows."""

import numpy as np

from skbal._utils._sklearn import check_sample_weight
from skbal._utils.validation import as_numbers


def check_row_weights(sample_weight, X, owner):
    """Return the weight of each row as float64.

    Parameters
    ----------
    sample_weight : array-like of shape (n_samples,), float or None
        The weights. ``None`` is a weight of one for each row.
    X : ndarray of shape (n_samples, ...)
        The rows.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    weights : ndarray of shape (n_samples,), dtype=float64

    Raises
    ------
    ValueError
        If there is not one weight per row, a weight is negative, or all are zero.

    Examples
    --------
    >>> check_row_weights(None, np.zeros((3, 2)), "Ridge")
    array([1., 1., 1.])
    """
    weights = check_sample_weight(
        sample_weight, X, dtype=np.float64, ensure_non_negative=True
    )
    if not weights.any():
        raise ValueError(
            f"sample_weight given to {owner} must be positive for at least one row, "
            "got zeros only."
        )
    return weights


def check_pool_weights(sample_weight, n_pool, owner):
    """Raise an error unless there is one finite weight for each row of a pool.

    Parameters
    ----------
    sample_weight : array-like of shape (n_pool,) or None
        The weights. ``None`` is right.
    n_pool : int
        Number of rows.
    owner : str
        Name of the caller, for messages.

    Raises
    ------
    ValueError
        If a weight is no finite number, or their number is wrong.

    Examples
    --------
    >>> check_pool_weights([1.0, 2.0], 3, "compare")
    Traceback (most recent call last):
        ...
    ValueError: sample_weight of compare must hold one weight per row of the pool, 3,
    got shape (2,).
    """
    if sample_weight is None:
        return
    what = f"sample_weight of {owner}"
    weights = as_numbers(sample_weight, f"{what} must hold numbers")
    if weights.shape != (n_pool,):
        raise ValueError(
            f"{what} must hold one weight per row of the pool, {n_pool}, got shape "
            f"{weights.shape}."
        )
    if not np.isfinite(weights).all():
        row = int(np.argmin(np.isfinite(weights)))
        raise ValueError(
            f"{what} must hold finite numbers, got {weights[row]} for row {row}."
        )
