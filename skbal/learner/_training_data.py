"""Rows of every kind that scikit-learn takes: checked, stacked and picked."""

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_array

from skbal._utils._sklearn import num_samples
from skbal._utils.pools import is_indexed, sliceable, take
from skbal._utils.validation import check_same_number


def check_labelled(X, y, owner, *, force_all_finite=True):
    """Raise unless X and y are rows and labels that belong together.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, ...)
        The rows: features, images or texts.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        The labels.
    owner : str
        Whose arguments they are, for the message.
    force_all_finite : bool or "allow-nan", default=True
        Whether NaN and infinity are refused in X; in y they always are.

    Raises
    ------
    ValueError, TypeError
        If one is missing, empty or not finite, or the numbers of rows differ.
    """
    if X is None:
        raise ValueError(f"{owner} requires X to be passed, but X is None.")
    if y is None:  # scikit-learn's words, which its checks look for
        raise ValueError(f"{owner} requires y to be passed, but the target y is None.")
    check_same_number(num_samples(X), num_samples(y), owner)
    _check_values(X, "X", owner, force_all_finite)
    _check_values(y, "y", owner, True)


def _check_values(values, name, owner, force_all_finite):
    if sp.issparse(values) and values.format in ("dok", "lil"):
        values = values.tocsr()  # else their values cannot be checked
    try:
        check_array(
            values,
            accept_sparse=True,
            accept_large_sparse=True,
            ensure_2d=False,
            allow_nd=True,
            dtype=None,
            ensure_all_finite=force_all_finite,
        )
    except ValueError as error:
        # scikit-learn's first line says what is wrong, the rest suggests other models.
        reason = str(error).partition("\n")[0]
        raise ValueError(f"{name} given to {owner} is refused: {reason}") from error


def check_extends(known, new, name, owner):
    """Raise unless ``new`` can be stacked under ``known`` without changing either.

    Parameters
    ----------
    known, new : array-like or sparse matrix
        What was taught before, and what comes now.
    name, owner : str
        The argument's name and whose it is.

    Raises
    ------
    ValueError
        If the shapes of one row, the columns, or numbers and texts differ.
    TypeError
        If a data frame was taught before and now comes something else.
    """
    if _row_shape(known) != _row_shape(new):
        raise ValueError(
            f"{name} given to {owner} must have rows of shape {_row_shape(known)}, "
            f"like what it was taught before, got {_row_shape(new)}."
        )
    if hasattr(known, "columns"):
        _check_columns(known, new, name, owner)
    elif name == "y" and _holds_text(known) != _holds_text(new):
        raise ValueError(
            f"y given to {owner} must be {_kind(known)}, like what it was taught "
            f"before, got {_kind(new)}."
        )


def _check_columns(known, new, name, owner):
    if not hasattr(new, "columns"):
        raise TypeError(
            f"{name} given to {owner} must be a data frame, like what it was taught "
            f"before, got {type(new).__name__}."
        )
    if list(known.columns) != list(new.columns):
        raise ValueError(
            f"{name} given to {owner} must have the columns {list(known.columns)}, "
            f"like what it was taught before, got {list(new.columns)}."
        )


def _row_shape(values):
    shape = values.shape if hasattr(values, "shape") else np.asarray(values).shape
    return tuple(shape[1:])


def _holds_text(values):
    if sp.issparse(values):
        return False
    values = np.asarray(values)
    return values.dtype.kind in "US" or isinstance(values.flat[0], str)


def _kind(values):
    return "texts" if _holds_text(values) else "numbers"


def stack_rows(known, new):
    """Return the rows of ``new`` under those of ``known``, in the kind of ``known``.

    Parameters
    ----------
    known, new : array-like or sparse matrix
        As `check_extends` lets them through; neither is changed.

    Returns
    -------
    stacked : ndarray, list, pandas object or sparse matrix
        A pandas object keeps its index; sparse matrices come in CSR format.

    Examples
    --------
    >>> stack_rows(np.array([[1, 2]]), [[3, 4]])
    array([[1, 2],
           [3, 4]])
    >>> stack_rows(["cat"], np.array(["dog"]))
    ['cat', 'dog']
    """
    if sp.issparse(known) or sp.issparse(new):
        return sp.vstack((known, new), format="csr")
    if hasattr(known, "iloc"):
        return _stack_pandas(known, new)
    if isinstance(known, (list, tuple)):
        return [*known, *(new.tolist() if hasattr(new, "tolist") else new)]
    return np.concatenate((known, np.asarray(new)))


def _stack_pandas(known, new):
    import pandas as pd

    if not hasattr(new, "iloc"):
        new = pd.Series(np.asarray(new), name=known.name)
    return pd.concat([known, new])


def take_rows(X, rows):
    """Return rows of X, in its own kind.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, ...)
        The rows to pick from; only what is picked is copied.
    rows : int, array-like of int or array-like of bool
        Which ones; an integer gives the row itself.

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
    return X[row] if is_indexed(X) else take(X, np.array([row]))[0]
