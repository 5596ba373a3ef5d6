"""The weights of training rows."""

import numpy as np

from skbal._utils._sklearn import check_sample_weight


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
