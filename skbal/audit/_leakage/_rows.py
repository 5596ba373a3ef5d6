"""Rows of training and test as one pool: their keys, and images or points."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from skbal._utils.arrays import as_array
from skbal._utils.images import has_channels_last, shape_of_images
from skbal._utils.lazy import lazy_module
from skbal._utils.row_keys import row_keys
from skbal.audit._row_names import names_in_index

pandas = lazy_module("pandas")

_MOST_CATEGORIES = 100  # of a column; with more, it counts for exact copies only


@dataclass(frozen=True)
class PooledRows:
    """The training rows, then the test rows.

    Attributes
    ----------
    n_train, n_test : int
        Numbers of rows.
    group : ndarray of shape (n_train + n_test,), dtype=intp
        Equal numbers for equal rows, from 0.
    images : ndarray of shape (n_train + n_test, channels, height, width) or None
        The rows, if they are images.
    points : ndarray of shape (n_train + n_test, n_features) or None
        The rows of a table, with columns of standard deviation 1.
    train_index, test_index : ndarray or None
        Labels of the rows of data frames, if they are all different.
    """

    n_train: int
    n_test: int
    group: np.ndarray
    images: np.ndarray | None
    points: np.ndarray | None
    train_index: np.ndarray | None
    test_index: np.ndarray | None

    @property
    def has_numbers(self):
        """Whether there are numbers from which distances follow."""
        return self.images is not None or self.points.shape[1] > 0


def pool_rows(X_train, X_test, image_shape, owner):
    """Return training and test rows as one pool.

    Parameters
    ----------
    X_train, X_test : array-like of shape (n_rows, ...) or data frame
        The rows.
    image_shape : tuple of int or None
        Shape of the images in flat rows.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    rows : PooledRows

    Raises
    ------
    TypeError, ValueError
        If the two are of different kinds or shapes, empty, sparse, infinite, or no
        numbers.
    """
    frames = [hasattr(X, "columns") and hasattr(X, "iloc") for X in (X_train, X_test)]
    if all(frames):
        return _of_frames(X_train, X_test, image_shape, owner)
    if any(frames):
        raise TypeError(
            f"X_train and X_test given to {owner} must both be data frames or both be "
            f"arrays, got {type(X_train).__name__} and {type(X_test).__name__}."
        )
    arrays = [
        _as_numbers(X, name, owner)
        for X, name in ((X_train, "X_train"), (X_test, "X_test"))
    ]
    return _of_arrays(*arrays, image_shape, owner, None, None)


def _of_frames(X_train, X_test, image_shape, owner):
    if list(X_train.columns) != list(X_test.columns):
        raise ValueError(
            f"X_train and X_test given to {owner} must have the same columns in the "
            f"same order, got {list(X_train.columns)!r:.80} and "
            f"{list(X_test.columns)!r:.80}."
        )
    indices = names_in_index(X_train), names_in_index(X_test)
    if image_shape is not None:
        return _of_arrays(
            _as_numbers(X_train, "X_train", owner),
            _as_numbers(X_test, "X_test", owner),
            image_shape,
            owner,
            *indices,
        )
    _check_not_empty(len(X_train), len(X_test), owner)
    pool = pandas.concat([X_train, X_test], ignore_index=True)
    each = (pool.iloc[:, place] for place in range(pool.shape[1]))  # names may repeat
    columns = [part for column in each for part in _numbers_of(column, owner)]
    points = np.column_stack(columns) if columns else np.zeros((len(pool), 0))
    sizes = len(X_train), len(X_test)
    return PooledRows(*sizes, _groups(pool, owner), None, _scaled(points), *indices)


def _numbers_of(column, owner):
    """Yield the columns of numbers that stand for a column of a frame."""
    kind = getattr(column.dtype, "kind", "O")
    if pandas.api.types.is_numeric_dtype(column.dtype):
        yield _finite(column.to_numpy(dtype=np.float64, na_value=np.nan), owner)
    elif kind == "M":
        dates = column.astype("int64").to_numpy(dtype=np.float64)
        yield np.where(column.isna(), np.nan, dates)
    else:
        codes, categories = pandas.factorize(column)
        if len(categories) <= _MOST_CATEGORIES:
            for code in range(len(categories)):
                yield (codes == code).astype(np.float64)


def _of_arrays(train, test, image_shape, owner, train_index, test_index):
    _check_not_empty(len(train), len(test), owner)
    if train.shape[1:] != test.shape[1:]:
        raise ValueError(
            f"X_train and X_test given to {owner} must have rows of the same shape, "
            f"got {train.shape[1:]} and {test.shape[1:]}."
        )
    pool = np.concatenate([train, test])
    group = _groups(pool, owner)
    sizes = len(train), len(test)
    if image_shape is None and pool.ndim == 2:
        points = _scaled(_finite(pool.astype(np.float64), owner))
        return PooledRows(*sizes, group, None, points, train_index, test_index)
    images = as_images(_finite(pool, owner, missing=False), image_shape, owner)
    return PooledRows(*sizes, group, images, None, train_index, test_index)


def as_images(X, image_shape, owner):
    """Return rows as images with the channels first.

    Parameters
    ----------
    X : ndarray of shape (n, height, width), (n, channels, height, width), (n, height, \
width, channels) or (n, n_pixels)
        The rows.
    image_shape : tuple of int or None
        (channels, height, width) or (height, width). ``None`` reads the shape of X.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    images : ndarray of shape (n, channels, height, width), dtype=float32

    Raises
    ------
    ValueError
        If the rows are no such images.
    """
    if image_shape is not None:
        shape = shape_of_images(image_shape, X.shape[1:], owner)
    elif X.ndim == 3:
        shape = (1, *X.shape[1:])
    elif X.ndim == 4:
        if has_channels_last(X.shape[1:]):
            X = np.moveaxis(X, -1, 1)
        shape = X.shape[1:]
    else:
        raise ValueError(
            f"X given to {owner} must be images of shape (n, height, width), (n, "
            f"channels, height, width) or (n, height, width, channels), got shape "
            f"{X.shape}. For flat rows, give image_shape."
        )
    return np.ascontiguousarray(X.reshape(len(X), *shape), dtype=np.float32)


def _as_numbers(X, name, owner):
    what = f"{name} given to {owner}"
    if sp.issparse(X):
        raise TypeError(f"{what} must be dense, got a sparse matrix: give .toarray().")
    X = as_array(X, what)
    if X.ndim < 2:
        raise ValueError(f"{what} must have two axes or more, got shape {X.shape}.")
    if X.dtype.kind not in "biuf":
        raise TypeError(
            f"{what} must hold numbers, got dtype {X.dtype}. Give categories and "
            "strings in a data frame of pandas."
        )
    return X


def _check_not_empty(n_train, n_test, owner):
    for name, n in (("X_train", n_train), ("X_test", n_test)):
        if not n:
            raise ValueError(f"{name} given to {owner} must have at least one row.")


def _finite(values, owner, missing=True):
    """Return the values, or raise if they are infinite (or missing, in images)."""
    wrong = np.isinf(values) if missing else ~np.isfinite(values)
    if wrong.any():
        kinds = "infinity" if missing else "NaN or infinity"
        raise ValueError(f"X_train and X_test given to {owner} must not hold {kinds}.")
    return values


def _groups(pool, owner):
    keys = row_keys(pool)
    if keys is None:
        raise TypeError(
            f"X_train and X_test given to {owner} must have rows that can be compared: "
            "a column holds lists or other objects."
        )
    numbers = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys])


def _scaled(points):
    """Return columns of mean 0 and standard deviation 1; missing values are the mean.

    A column that says which values are missing is added for each column with any.
    """
    missing = np.isnan(points)
    some = missing.any(axis=0) & ~missing.all(axis=0)
    points = np.where(missing, 0, points), missing[:, some].astype(np.float64)
    n_known = np.maximum((~missing).sum(axis=0), 1)
    mean = points[0].sum(axis=0) / n_known
    filled = np.where(missing, mean, points[0])
    points = np.hstack([filled, points[1]])
    points = points - points.mean(axis=0)
    spread = points.std(axis=0)
    varies = spread > 1e-12 * np.maximum(np.abs(points).max(axis=0, initial=0), 1e-300)
    return points[:, varies] / spread[varies]
