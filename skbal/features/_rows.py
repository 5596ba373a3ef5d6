"""Checks of the rows that a graph is given."""

import numpy as np
from sklearn.utils.validation import validate_data

from skbal._utils.arrays import check_length_known, refuse_masked
from skbal._utils.pools import is_indexed, n_rows


def check_rows(graph, X, known=None, *, reset=True):
    """Raise an error unless rows can be those of a graph; return their shape.

    Parameters
    ----------
    graph : PoolGraph
        Its number of features and their names are set or compared.
    X : array-like of shape (n_samples, ...)
        The rows.
    known : tuple of int, optional
        The shape of a row of the pool. ``None`` allows any.
    reset : bool, default=True
        Whether the rows are those of the pool.

    Returns
    -------
    shape : tuple of int or None
        As `row_shape` returns it.
    """
    name = type(graph).__name__
    refuse_masked(X, f"X given to {name}")
    check_length_known(X, f"X given to {name}")
    n_samples = n_rows(X, f"X given to {name}")
    if n_samples == 0:
        raise ValueError(f"X given to {name} is empty: 0 sample(s).")
    shape = row_shape(X)
    # Features of the user's may take texts, or whatever else is one object per row.
    if shape == () and graph.features is None:
        raise ValueError(
            f"Expected 2D array, got 1D array instead: X given to {name} must have "
            "one row per sample. Reshape your data with X.reshape(-1, 1)."
        )
    if shape is not None and 0 in shape:
        raise ValueError(
            f"X given to {name} has 0 feature(s) (shape={(n_samples, *shape)}) "
            "while a minimum of 1 is required."
        )
    if is_indexed(X) and not isinstance(X, list):
        validate_data(graph, X, reset=reset, skip_check_array=True)
    if shape is not None and known not in (None, shape):
        raise ValueError(
            f"X given to {name} must have rows of the shape {known} of the pool, "
            f"got {shape}."
        )
    return shape


def row_shape(X):
    """Return the shape of a row, or None if it is not known without reading one.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        The rows.
    """
    shape = getattr(X, "shape", None)
    if shape is not None:
        return tuple(shape[1:])
    return np.shape(X[0]) if isinstance(X, list) and X else None
