"""Rows of two samples, read, joined and made comparable."""

import numpy as np
from scipy.sparse import issparse, vstack

from skbal._utils.arrays import as_array
from skbal._utils.pools import n_rows, take
from skbal.audit._selection._columns import columns_of
from skbal.audit._selection._image_columns import (
    as_images,
    columns_of_images,
    is_images,
)

_MOST_NUMBERS = 50_000_000  # of a sparse matrix that is made dense: 400 MB


def chosen_rows(n_labelled, n_pool, max_rows, rng):
    """Return which rows of two samples are used, all of them if they are few.

    Parameters
    ----------
    n_labelled, n_pool : int
        Number of rows in each.
    max_rows : int
        Largest number of rows of both together. At most half of them are labelled.
    rng : numpy.random.Generator
        The stream that they are drawn from.

    Returns
    -------
    labelled, pool : ndarray of int
        In ascending order.
    """
    n_first = min(n_labelled, max(max_rows // 2, max_rows - n_pool))
    n_second = min(n_pool, max_rows - n_first)
    return (
        np.sort(rng.choice(n_labelled, n_first, replace=False)),
        np.sort(rng.choice(n_pool, n_second, replace=False)),
    )


def both_samples(X_labelled, X_pool, rows, image_shape, names, owner):
    """Return rows of two samples as columns of numbers, the labelled ones first.

    Parameters
    ----------
    X_labelled, X_pool : array-like of shape (n_rows, ...)
        The samples.
    rows : tuple of ndarray of int
        The rows of each that are used.
    image_shape : tuple of int or None
        Shape of an image, if rows are flattened images.
    names : sequence of str or None
        Names of the columns.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    columns : Columns
        Those of the labelled rows come first.
    """
    parts = [take(X, chosen) for X, chosen in zip((X_labelled, X_pool), rows)]
    if hasattr(parts[0], "columns") != hasattr(parts[1], "columns"):
        raise TypeError(
            f"X_labelled and X_pool given to {owner} must both be frames or both be "
            f"arrays, got {type(parts[0]).__name__} and {type(parts[1]).__name__}."
        )
    if hasattr(parts[0], "columns"):
        _refuse_image_shape(image_shape, owner)
        return columns_of(_joined_frames(*parts, owner), names, owner)
    X = _joined_arrays(*parts, owner)
    if is_images(X.shape, image_shape):
        if names is not None:
            raise ValueError(
                f"feature_names of {owner} name the columns of a table, but the rows "
                "are images: leave them out."
            )
        return columns_of_images(as_images(X, image_shape, owner))
    return columns_of(X.reshape(len(X), -1), names, owner)


def refuse_labelled_in_pool(values, n_labelled, share_of_pool, owner):
    """Raise a ValueError if the pool seems to hold many labelled rows, too.

    Where it holds all of them, and it can be told which, they were left out before.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_columns)
        Rows of both samples, the labelled ones first.
    n_labelled : int
        Number of labelled rows.
    share_of_pool : float
        Share of the pool that is among the rows.
    owner : str
        Name of the caller, for messages.
    """
    _, codes = np.unique(values, axis=0, return_inverse=True)
    codes = codes.ravel()
    in_pool = np.bincount(codes[n_labelled:], minlength=codes.max() + 1)
    is_copied = in_pool[codes[:n_labelled]] > 0
    # In tables of few different rows, copies are natural.
    has_twin = np.mean(in_pool[codes[n_labelled:]] > 1)
    if n_labelled >= 4 and is_copied.mean() > share_of_pool / 2 and has_twin < 0.05:
        raise ValueError(
            f"X_pool of {owner} must hold the rows that are not labelled, but "
            f"{np.count_nonzero(is_copied)} of {n_labelled} labelled rows are in it, "
            "too: take them out, as in np.delete(X, labelled, axis=0)."
        )


def _refuse_image_shape(image_shape, owner):
    if image_shape is not None:
        raise ValueError(
            f"image_shape of {owner} is for arrays of pixels, but the rows are a frame."
        )


def _joined_frames(first, second, owner):
    names, others = list(first.columns), list(second.columns)
    if names != others:
        differ = [
            name for name in (*names, *others) if (name in names) + (name in others) < 2
        ]
        raise ValueError(
            f"X_labelled and X_pool given to {owner} must have the same columns in the "
            f"same order, but differ in {differ or 'their order'}."
        )
    if len(set(names)) < len(names):
        twice = sorted({str(name) for name in names if names.count(name) > 1})
        raise ValueError(
            f"X_labelled and X_pool given to {owner} must have columns of different "
            f"names, got {twice} twice."
        )
    return _Joined(
        {
            name: _concatenated(np.asarray(first[name]), np.asarray(second[name]))
            for name in names
        }
    )


class _Joined(dict):
    """Columns by their names."""

    @property
    def columns(self):
        return list(self)


def _concatenated(first, second):
    both_numbers = first.dtype.kind in "biuf" and second.dtype.kind in "biuf"
    if first.dtype.kind != second.dtype.kind and not both_numbers:
        first, second = first.astype(object), second.astype(object)
    return np.concatenate([first, second])


def _joined_arrays(first, second, owner):
    if issparse(first) and issparse(second):
        if (first.shape[0] + second.shape[0]) * first.shape[1] > _MOST_NUMBERS:
            raise ValueError(
                f"X_labelled and X_pool given to {owner} are sparse with "
                f"{first.shape[1]} columns, too many to compare one by one: reduce "
                "them first, for instance by a TruncatedSVD."
            )
        _check_shapes(first, second, owner)
        return vstack([first, second]).toarray()
    first = as_array(first, f"X_labelled of {owner}")
    second = as_array(second, f"X_pool of {owner}")
    _check_shapes(first, second, owner)
    if first.ndim < 2:
        raise ValueError(
            f"X_labelled and X_pool given to {owner} must have shape (n_samples, "
            f"n_features) or be images, got shape {first.shape}: "
            "reshape(-1, 1) makes a single column of it."
        )
    return _concatenated(first, second)


def _check_shapes(first, second, owner):
    if first.shape[1:] != second.shape[1:]:
        raise ValueError(
            f"X_labelled and X_pool given to {owner} must have rows of the same shape, "
            f"got {first.shape[1:]} and {second.shape[1:]}."
        )


def check_two_rows(X, name, owner):
    """Return the number of rows of a sample, or raise if there are fewer than 2.

    Parameters
    ----------
    X : array-like of shape (n_rows, ...)
        The sample.
    name, owner : str
        Names of the argument and of the caller, for messages.

    Returns
    -------
    n_rows : int
    """
    n = n_rows(X, f"{name} of {owner}")
    if n < 2:
        raise ValueError(f"{name} of {owner} must hold at least 2 rows, got {n}.")
    return n


def check_unlabelled_left(n_left, n_given, owner):
    """Return how many rows of the pool are not labelled, or raise if fewer than 2.

    Parameters
    ----------
    n_left, n_given : int
        Number of rows of the pool without the labelled ones, and with them.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    n_left : int
    """
    if n_left < 2:
        raise ValueError(
            f"X_pool of {owner} must hold at least 2 rows that are not labelled, got "
            f"{n_left}: the other {n_given - n_left} are in X_labelled."
        )
    return n_left
