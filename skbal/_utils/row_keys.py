"""Keys of rows of every kind, equal for equal rows."""

import hashlib

import numpy as np
import scipy.sparse as sp

from skbal._utils._sklearn import num_samples
from skbal._utils.lazy import lazy_module

pandas = lazy_module("pandas")


def row_keys(X):
    """Return a key for each row, equal for equal rows.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, ...)
        The rows.

    Returns
    -------
    keys : list or None
        None for rows that cannot be compared.

    Examples
    --------
    >>> keys = row_keys([[1, 2], [3, 4], [1.0, 2.0]])
    >>> keys[0] == keys[2], keys[0] == keys[1]
    (True, False)
    """
    if sp.issparse(X):
        return _keys_of_sparse(X.tocsr())
    if hasattr(X, "hash_rows"):  # polars
        return X.hash_rows().to_list()
    if hasattr(X, "columns") and hasattr(X, "iloc"):
        return _keys_of_frame(X)
    try:
        return [_key(np.asarray(X[row])) for row in range(num_samples(X))]
    except (TypeError, ValueError, KeyError, RuntimeError):
        return None  # rows without a number, ragged, or on another device


def _key(row):
    if row.dtype.kind in "biuf":
        return _digest(np.ascontiguousarray(row, dtype=np.float64).tobytes())
    return _digest(repr(row.tolist()).encode())


def _digest(content):
    return hashlib.blake2b(content, digest_size=16).digest()


def _keys_of_sparse(X):
    X = X.copy()
    X.sum_duplicates()
    X.eliminate_zeros()
    bounds = zip(X.indptr[:-1], X.indptr[1:])
    return [
        _digest(
            X.indices[start:stop].astype(np.int64).tobytes()
            + X.data[start:stop].astype(np.float64).tobytes()
        )
        for start, stop in bounds
    ]


def _keys_of_frame(X):
    try:
        return pandas.util.hash_pandas_object(X, index=False).tolist()
    except TypeError:  # cells that cannot be hashed, such as lists
        return None
