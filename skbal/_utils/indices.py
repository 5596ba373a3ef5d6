"""Checks of row indices whose messages say whose they are."""

import numpy as np


def check_indices(indices, n_rows, name, owner, *, unique=True):
    """Return ``indices`` as an integer array, or say what they had to be.

    Parameters
    ----------
    indices : array-like of int of shape (n_indices,)
        Masks, floats and negative numbers are refused: they would point somewhere,
        but hardly where they were meant to.
    n_rows : int
        How many rows there are.
    name, owner : str
        The argument's name and whose it is.
    unique : bool, default=True
        Whether an index may come only once.

    Returns
    -------
    indices : ndarray of shape (n_indices,), dtype=intp

    Raises
    ------
    TypeError
        If they are no integers.
    ValueError
        If they have more than one axis, lie outside the rows or come twice.

    Examples
    --------
    >>> check_indices([2, 5], 4, "indices", "LabelOracle")
    Traceback (most recent call last):
        ...
    ValueError: indices of LabelOracle must lie in [0, 4), got 5.
    """
    array = np.asarray(indices)
    if array.ndim != 1:
        raise ValueError(
            f"{name} of {owner} must be one-dimensional, got the shape {array.shape}."
        )
    if array.size == 0:
        return np.empty(0, dtype=np.intp)
    if array.dtype.kind not in "iu":
        hint = " np.flatnonzero(mask) gives them." if array.dtype == bool else ""
        raise TypeError(
            f"{name} of {owner} must be integers, got the dtype {array.dtype}.{hint}"
        )
    _check_range(array, n_rows, f"{name} of {owner}")
    if unique:
        _check_unique(array, f"{name} of {owner}")
    return array.astype(np.intp, copy=False)


def _check_range(indices, n_rows, what):
    outside = indices[(indices < 0) | (indices >= n_rows)]
    if outside.size:
        raise ValueError(f"{what} must lie in [0, {n_rows}), got {outside[0]}.")


def _check_unique(indices, what):
    values, counts = np.unique(indices, return_counts=True)
    if len(values) < len(indices):
        twice = values[counts > 1][0]
        raise ValueError(f"{what} must all differ, got {twice} more than once.")
