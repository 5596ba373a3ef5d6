"""Rows of every kind that scikit-learn takes: compared, stacked and picked."""

import copy
import sys

import numpy as np
import scipy.sparse as sp

from skbal._utils.arrays import library_of
from skbal._utils.lazy import lazy_module
from skbal._utils.pools import is_indexed, sliceable, take

pandas = lazy_module("pandas")


def check_extends(known, new, name, owner):
    """Raise an error unless ``new`` can be stacked under ``known``.

    Parameters
    ----------
    known, new : array-like or sparse matrix
        Rows or labels that were taught before, and those to add.
    name, owner : str
        The argument's name and whose it is.

    Raises
    ------
    ValueError
        If the shapes of the rows or the columns differ, or if one holds strings and the
        other numbers.
    TypeError
        If ``known`` is a data frame and ``new`` is not, or one of another library, or
        if one holds dates or the like and the other numbers.
    """
    if _row_shape(known) != _row_shape(new):
        shape, hint = _row_shape(new), ""
        if name == "X" and shape == ():
            hint = " Give rows: not their indices, and X[[3]] for a single one."
        raise ValueError(
            f"{name} given to {owner} must have rows of shape {_row_shape(known)}, "
            f"like what it was taught before, got {shape}.{hint}"
        )
    if hasattr(known, "columns"):
        _check_columns(known, new, name, owner)
        return
    _check_dtypes(known, new, name, owner)
    if name == "y" and _holds_strings(known) != _holds_strings(new):
        raise ValueError(
            f"y given to {owner} must be {_kind(known)}, like what it was taught "
            f"before, got {_kind(new)}."
        )


def _check_dtypes(known, new, name, owner):
    before, now = (_dtype(values) for values in (known, new))
    if not isinstance(before, np.dtype) or not isinstance(now, np.dtype):
        return  # of pandas, polars or torch
    try:
        np.result_type(before, now)
    except TypeError as error:
        raise TypeError(
            f"{name} given to {owner} must be of a kind like what it was taught "
            f"before, {before}, got {now}."
        ) from error


def _dtype(values):
    return values.dtype if hasattr(values, "dtype") else np.asarray(values).dtype


def _check_columns(known, new, name, owner):
    if not hasattr(new, "columns"):
        raise TypeError(
            f"{name} given to {owner} must be a data frame, like what it was taught "
            f"before, got {type(new).__name__}."
        )
    if hasattr(known, "iloc") != hasattr(new, "iloc"):
        raise TypeError(
            f"{name} given to {owner} must be a data frame of {library_of(known)}, "
            f"like what it was taught before, got one of {library_of(new)}."
        )
    if list(known.columns) != list(new.columns):
        raise ValueError(
            f"{name} given to {owner} must have the columns of what it was taught "
            f"before, in their order: {_difference(known.columns, new.columns)}."
        )


def _difference(known, new):
    missing = [column for column in known if column not in new]
    unknown = [column for column in new if column not in known]
    if missing or unknown:
        return f"{_few(missing)} missing, {_few(unknown)} unknown"
    pairs = zip(known, new)
    place = next((i for i, (a, b) in enumerate(pairs) if a != b), len(known))
    if place == len(known):
        return f"got {len(new)} columns and not {len(known)}"
    return f"column {place} must be {known[place]!r}, got {new[place]!r}"


def _few(columns):
    more = f" and {len(columns) - 5} more" if len(columns) > 5 else ""
    return f"{columns[:5]}{more}"


def _row_shape(values):
    shape = values.shape if hasattr(values, "shape") else np.asarray(values).shape
    return tuple(shape[1:])


def _holds_strings(values):
    if sp.issparse(values):
        return False
    values = np.asarray(values)
    return values.dtype.kind in "US" or isinstance(values.flat[0], str)


def _kind(values):
    return "strings" if _holds_strings(values) else "numbers"


def stack_rows(known, new):
    """Return the rows of ``new`` under those of ``known``, in the kind of ``known``.

    Parameters
    ----------
    known, new : array-like or sparse matrix
        Rows that pass `check_extends`. Neither is changed.

    Returns
    -------
    stacked : ndarray, list, frame, series or sparse matrix
        A pandas object keeps its index. Sparse matrices are returned in CSR format.

    Examples
    --------
    >>> stack_rows(np.array([[1, 2]]), [[3, 4]])
    array([[1, 2],
           [3, 4]])
    >>> stack_rows(["cat"], np.array(["dog"]))
    ['cat', 'dog']
    """
    if sp.issparse(known):
        return sp.vstack((known, new), format="csr")
    if sp.issparse(new):
        new = new.toarray()
    if hasattr(known, "iloc"):
        return _stack_pandas(known, new)
    if library_of(known) == "polars":
        return _stack_polars(known, new)
    if isinstance(known, (list, tuple)):
        return [*known, *(new.tolist() if hasattr(new, "tolist") else new)]
    return np.concatenate((known, np.asarray(new)))


def _stack_pandas(known, new):
    if not hasattr(new, "iloc"):
        new = pandas.Series(np.asarray(new), name=known.name)
    return pandas.concat([known, new])


def _stack_polars(known, new):
    polars = sys.modules["polars"]
    if library_of(new) != "polars":
        new = polars.Series(known.name, np.asarray(new))
    if not isinstance(known, polars.Series):
        return polars.concat([known, new], how="vertical_relaxed")
    # polars finds a type for both only where it stacks frames.
    frames = known.to_frame(), new.rename(known.name).to_frame()
    return polars.concat(frames, how="vertical_relaxed").to_series()


def own_copy(X):
    """Return a copy of rows in their kind, which nobody else can change.

    Parameters
    ----------
    X : array-like or sparse matrix
        The rows. Those of a memory map are read into memory.

    Returns
    -------
    copied : array-like or sparse matrix

    Examples
    --------
    >>> rows = [[1, 2]]
    >>> kept = own_copy(rows)
    >>> rows[0][0] = 7
    >>> kept
    [[1, 2]]
    """
    return np.array(X) if isinstance(X, np.memmap) else copy.deepcopy(X)


def take_rows(X, rows):
    """Return rows of X in the kind of X.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, ...)
        The rows to pick from. Only picked rows are copied.
    rows : int, array-like of int or array-like of bool
        Indices or a mask. An integer returns the row itself.

    Returns
    -------
    picked : array, list, pandas object or sparse matrix

    Examples
    --------
    >>> take_rows(np.array([[1, 2], [3, 4]]), [1])
    array([[3, 4]])
    >>> take_rows(["cat", "dog"], 0)
    'cat'
    """
    if np.ndim(rows) == 0:
        return _take_row(sliceable(X), int(rows))
    rows = np.asarray(rows)
    picked = take(X, np.flatnonzero(rows) if rows.dtype == bool else rows)
    if sp.issparse(X) and X.format in ("csc", "lil"):
        return picked.asformat(X.format)
    return picked


def _take_row(X, row):
    if hasattr(X, "iloc"):
        return X.iloc[row]
    if library_of(X) == "polars" and hasattr(X, "columns"):
        return X[[row]]  # a frame of one row: its rows have no kind of their own
    return X[row] if is_indexed(X) else take(X, np.array([row]))[0]
