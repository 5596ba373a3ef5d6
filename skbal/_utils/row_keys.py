"""Keys of rows of every kind, equal for equal rows."""

import hashlib

import numpy as np
import scipy.sparse as sp

from skbal._utils._sklearn import num_samples
from skbal._utils.lazy import lazy_module

pandas = lazy_module("pandas")

_LARGEST_EXACT = 2**53  # integers above it are no exact floats


def row_keys(X):
    """Return a key for each row, equal for equal rows.

    Numbers of different types are equal if their values are, also in frames. A frame of
    numbers has the keys of the array of its values.

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
    if hasattr(X, "hash_rows"):
        return _keys_of_polars(X)
    if hasattr(X, "columns") and hasattr(X, "iloc"):
        return _keys_of_frame(X)
    try:
        return [_key(np.asarray(X[row])) for row in range(num_samples(X))]
    except (TypeError, ValueError, KeyError, RuntimeError):
        return None  # rows without a number, ragged, or on another device


def _key(row):
    if row.dtype.kind in "biuf":
        return _digest((row.astype(np.float64) + 0.0).tobytes())  # -0.0 is 0.0
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
    parts = [_floats(X.iloc[:, place]) for place in range(X.shape[1])]
    if parts and all(isinstance(part, np.ndarray) for part in parts):
        return row_keys(np.column_stack(parts))
    # Names of columns may not be unique.
    columns = {place: np.asarray(part) for place, part in enumerate(parts)}
    frame = pandas.DataFrame(columns, index=range(len(X)))
    try:
        return pandas.util.hash_pandas_object(frame, index=False).tolist()
    except TypeError:  # cells that cannot be hashed, such as lists
        return None


def _floats(column):
    """Return a column of numbers as floats, or the column itself."""
    kind = getattr(column.dtype, "kind", "O")
    if kind not in "biuf":
        return column
    if kind in "iu" and column.abs().max() > _LARGEST_EXACT:
        return column
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _keys_of_polars(X):
    is_number = {
        name: dtype.is_numeric() or str(dtype) == "Boolean"
        for name, dtype in X.schema.items()
    }
    numbers = [name for name, is_one in is_number.items() if is_one]
    X = X.with_columns(X[name].cast(float) for name in numbers)
    if is_number and all(is_number.values()):
        return row_keys(X.to_numpy())
    return X.hash_rows().to_list()
