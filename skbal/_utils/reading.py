"""Rows read from objects that give only slices or single items."""

import sys
from collections.abc import Mapping

import numpy as np
from scipy.sparse import issparse


def read_slices(X, rows):
    """Return rows of an object that takes slices, and perhaps ascending integers.

    Parameters
    ----------
    X : sliceable of shape (n_samples, ...)
        The pool. Rows of a dask array are computed.
    rows : ndarray of int of shape (n_taken,)
        Ascending, none repeated.

    Returns
    -------
    part : ndarray of shape (n_taken, ...) or CSR matrix
    """
    if not len(rows):
        return _in_memory(X, slice(0, 0))
    if rows[-1] - rows[0] == len(rows) - 1:
        return _in_memory(X, slice(int(rows[0]), int(rows[-1]) + 1))
    try:
        return _in_memory(X, rows)
    except (TypeError, IndexError, NotImplementedError):
        runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
        return np.concatenate([read_slices(X, run) for run in runs])


def _in_memory(X, rows):
    part = X[rows]
    if hasattr(part, "compute"):
        part = part.compute()
    return part.tocsr() if issparse(part) else np.asarray(part)


def read_items(X, rows):
    """Return rows of an object that gives one item at a time.

    Parameters
    ----------
    X : map-style Dataset
        An item is the row x or a tuple (x, ...).
    rows : ndarray of int of shape (n_taken,)
        The rows.

    Returns
    -------
    part : ndarray of shape (n_taken, ...)

    Raises
    ------
    TypeError
        If the items are mappings.
    """
    data = sys.modules.get("torch.utils.data")
    if data is not None and type(X) is data.TensorDataset:
        return np.asarray(X.tensors[0][rows])
    if not len(rows):
        return read_items(X, np.zeros(1, dtype=np.intp))[:0]
    items = [X[int(row)] for row in rows]
    firsts = [item[0] if isinstance(item, (tuple, list)) else item for item in items]
    if isinstance(firsts[0], Mapping):
        raise TypeError(
            f"Items of a pool must be the row x or a tuple (x, ...), but those of this "
            f"{type(X).__name__} are {type(firsts[0]).__name__}."
        )
    return np.stack([np.asarray(first) for first in firsts])
