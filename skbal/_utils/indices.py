"""Checks of row indices."""

import numpy as np

from skbal._utils.arrays import as_array


def check_indices(indices, n_rows, name, owner, *, unique=True):
    """Return ``indices`` as an array of integers.

    Parameters
    ----------
    indices : array-like of int of shape (n_indices,)
        Masks, floats and negative numbers are refused. NumPy would take them, but
        hardly ever as they were meant.
    n_rows : int
        Number of rows.
    name, owner : str
        Names of the argument and of the caller, for messages.
    unique : bool, default=True
        Whether repeated indices are refused.

    Returns
    -------
    indices : ndarray of shape (n_indices,), dtype=intp

    Raises
    ------
    TypeError
        If the indices are not integers.
    ValueError
        If they have more than one axis, lie outside the rows, are repeated or masked.

    Examples
    --------
    >>> check_indices([2, 5], 4, "indices", "LabelOracle")
    Traceback (most recent call last):
        ...
    ValueError: indices of LabelOracle must lie in [0, 4), got 5.
    """
    array = as_array(indices, f"{name} of {owner}")
    if array.ndim != 1:
        raise ValueError(
            f"{name} of {owner} must be one-dimensional, got shape {array.shape}."
        )
    if array.size == 0:
        return np.empty(0, dtype=np.intp)
    if array.dtype.kind not in "iu":
        is_mask = array.dtype == bool
        hint = " np.flatnonzero(mask) gives them." if is_mask else _index_hint(indices)
        raise TypeError(
            f"{name} of {owner} must be integers, got dtype {array.dtype}.{hint}"
        )
    _check_range(array, n_rows, f"{name} of {owner}", _index_hint(indices))
    if unique:
        _check_unique(array, f"{name} of {owner}")
    return array.astype(np.intp, copy=False)


def _check_range(indices, n_rows, what, hint):
    # n_rows may be infinite, but no number of a row is larger than this.
    largest = min(n_rows - 1, np.iinfo(np.intp).max)
    if indices.min() < 0 or indices.max() > largest:
        outside = indices[(indices < 0) | (indices > largest)]
        raise ValueError(f"{what} must lie in [0, {n_rows}), got {outside[0]}.{hint}")


def _index_hint(indices):
    """Return what to give in place of the index of a frame, or nothing."""
    if not hasattr(indices, "get_indexer"):
        return ""
    return " Give positions, not labels of an index: index.get_indexer finds them."


def _check_unique(indices, what):
    in_order = np.sort(indices)
    again = in_order[1:][in_order[1:] == in_order[:-1]]
    if again.size:
        twice = again[0]
        raise ValueError(f"{what} must all differ, got {twice} more than once.")
