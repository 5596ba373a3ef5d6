"""Rows of any kind as named columns of numbers that can be compared."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from numbers import Real

import numpy as np

_MOST_LEVELS = 20  # of a column of strings that get a column of their own
_TEXT = 50  # different strings from which on a column may be free text


@dataclass(frozen=True)
class Columns:
    """Rows as numbers.

    Attributes
    ----------
    values : ndarray of shape (n_samples, n_columns), dtype=float64
        Finite numbers.
    names : list of str
        Names of the columns.
    same_units : bool
        Whether all columns have one unit, as pixels have, so that they are not scaled
        one by one.
    """

    values: np.ndarray
    names: list
    same_units: bool = False


def columns_of(X, names, owner):
    """Return the rows of a frame or of a matrix as columns.

    A column of numbers is taken as it is. A column of strings becomes one column of
    zeros and ones for each of its 20 most frequent strings. Where values are missing, a
    further column says where, and the median or no string stands for them.

    Parameters
    ----------
    X : frame or ndarray of shape (n_samples, n_features)
        The rows, at least one.
    names : sequence of str or None
        Names of the columns. None takes those of the frame, or numbers them.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    columns : Columns

    Raises
    ------
    ValueError
        If a column is free text, nearly every row of it a string of its own, or holds
        an infinite number.
    TypeError
        If a value is neither a number nor a string.

    Examples
    --------
    >>> X = np.array([[1.5, "red"], [np.nan, "blue"], [2.5, "red"]], dtype=object)
    >>> columns = columns_of(X, ["size", "colour"], "selection_test")
    >>> columns.names
    ['size', 'size is missing', 'colour = blue', 'colour = red']
    >>> columns.values[1].tolist()
    [2.0, 1.0, 1.0, 0.0]
    """
    given = _columns_in(X)
    if not given:
        raise ValueError(
            f"X_labelled and X_pool given to {owner} must have at least one column, "
            "got none."
        )
    names = [name for name, _ in given] if names is None else _check_names(names, owner)
    if len(names) != len(given):
        raise ValueError(
            f"feature_names of {owner} must have one name for each of the {len(given)} "
            f"columns of X, got {len(names)}."
        )
    parts = [
        part
        for name, (_, values) in zip(names, given)
        for part in _encoded(name, values, owner)
    ]
    return Columns(np.stack([part for _, part in parts], 1), [n for n, _ in parts])


def _check_names(names, owner):
    array = None if isinstance(names, (str, bytes)) else np.asarray(names, dtype=object)
    if array is None or array.ndim != 1:
        raise TypeError(
            f"feature_names of {owner} must be a list of names, got {names!r:.60}."
        )
    return list(map(str, array))


def _columns_in(X):
    """Return pairs of the name and the values of each column."""
    if hasattr(X, "columns"):
        return [(str(name), np.asarray(X[name])) for name in X.columns]
    return [(f"column {number}", X[:, number]) for number in range(X.shape[1])]


def _encoded(name, values, owner):
    """Give the name and the numbers of each column that one column becomes."""
    if values.dtype.kind in "mM":
        is_missing = np.isnat(values)
        numbers = values.astype("int64").astype(np.float64)
    elif values.dtype.kind in "biuf":
        numbers = values.astype(np.float64)
        is_missing = np.isnan(numbers)
    else:
        values = values.astype(object)
        is_missing = np.array([is_missing_value(value) for value in values])
        numbers = _as_numbers(values, is_missing)
    if numbers is None:
        parts = _indicators(name, values, is_missing, owner)
    else:
        parts = [(name, _filled(name, numbers, is_missing, owner))]
    if is_missing.any():
        parts.insert(1, (f"{name} is missing", is_missing.astype(np.float64)))
    return parts


def is_missing_value(value):
    """Return whether a value is None, NaN, or what pandas writes for a missing one.

    Parameters
    ----------
    value : object
        Any value.

    Returns
    -------
    is_missing : bool
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, (float, np.floating)) and bool(np.isnan(value))


def _as_numbers(values, is_missing):
    """Return objects as floats, or None unless all are numbers, or all are times."""
    known = values[~is_missing]
    if len(known) and all(isinstance(value, datetime) for value in known):
        known = np.array([value.timestamp() for value in known])
    if not all(isinstance(value, (Real, Decimal, np.bool_)) for value in known):
        return None
    numbers = np.full(len(values), np.nan)
    numbers[~is_missing] = known.astype(np.float64)
    return numbers


def _filled(name, numbers, is_missing, owner):
    if np.isinf(numbers[~is_missing]).any():
        raise ValueError(
            f"X_labelled and X_pool given to {owner} must hold finite numbers, but "
            f"{name!r} holds infinity."
        )
    if not is_missing.any():
        return numbers
    median = 0.0 if is_missing.all() else np.median(numbers[~is_missing])
    return np.where(is_missing, median, numbers)


def _indicators(name, values, is_missing, owner):
    """Return a column of zeros and ones for each frequent string."""
    for value in values[~is_missing]:
        if not isinstance(value, (str, bytes, bool, int, float, np.number, np.bool_)):
            raise TypeError(
                f"X_labelled and X_pool given to {owner} must hold numbers or strings, "
                f"but {name!r} holds {value!r:.60} ({type(value).__name__})."
            )
    strings = np.array([str(value) for value in values[~is_missing]])
    levels, counts = np.unique(strings, return_counts=True)
    if len(levels) > max(_TEXT, len(strings) / 2):
        raise ValueError(
            f"{name!r} of the rows given to {owner} holds {len(levels)} different "
            f"strings in {len(strings)} rows, as free text or names do. Leave it out, "
            "or give numbers that describe it, such as those of a TfidfVectorizer."
        )
    frequent = np.sort(levels[np.argsort(-counts, kind="stable")[:_MOST_LEVELS]])
    parts = []
    for level in frequent:
        column = np.zeros(len(values))
        column[~is_missing] = strings == level
        parts.append((f"{name} = {level}", column))
    return parts
