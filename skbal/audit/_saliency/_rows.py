"""The rows to explain: as numbers, as the estimator takes them, and as maps."""

from dataclasses import dataclass
from math import prod

import numpy as np
from scipy.sparse import issparse

from skbal._utils.images import has_channels_last, shape_of_images
from skbal._utils.pools import n_rows
from skbal._utils.unwrap import known_image_shape
from skbal._utils.validation import as_numbers


@dataclass(frozen=True)
class Rows:
    """Rows of X as numbers.

    Attributes
    ----------
    values : ndarray of shape (n_samples, ...), dtype=float64
        The numbers.
    map_shape : tuple of int
        Shape of the map of a row: of an image, or (n_features,).
    frame : type or None
        The class of X if it was a data frame.
    names : list or None
        Names of the columns of a data frame.
    dtype : numpy.dtype
        Precision in which the estimator gets rows.
    """

    values: np.ndarray
    map_shape: tuple
    frame: type | None
    names: list | None
    dtype: np.dtype

    @property
    def numbers(self):
        """The numbers, to be shown."""
        return self.values

    def as_given(self, values):
        """Return rows of numbers in the form of X, as the estimator takes them."""
        values = np.asarray(values).reshape(len(values), *self.values.shape[1:])
        values = values.astype(self.dtype)
        if self.frame is None:
            return values
        return self.frame(values, columns=self.names)

    def as_maps(self, values):
        """Return numbers in the shape of maps."""
        return np.reshape(values, (len(values), *self.map_shape))


def check_rows(X, image_shape, estimator, owner):
    """Return the rows of X, checked.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        Rows of the form passed to ``fit``.
    image_shape : tuple of int or None
        Shape of an image, if the rows are flat. ``None`` takes that of the estimator.
    estimator : estimator or learner
        The fitted estimator.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    rows : Rows

    Raises
    ------
    TypeError, ValueError
        If X is not made of finite numbers, has no rows, or has no such images.
    """
    what = f"X given to {owner}"
    if issparse(X):
        raise TypeError(f"{what} must be dense, got a sparse matrix: use X.toarray().")
    must = f"{what} must be rows of numbers, as the estimator takes them"
    if hasattr(X, "columns") and not hasattr(X, "iloc"):
        must += " (text and missing values need a data frame of pandas)"
    given = as_numbers(X, must)
    if given.ndim < 2:
        raise ValueError(f"{must}, of shape (n_samples, ...), got shape {given.shape}.")
    if not n_rows(X, what) or not prod(given.shape[1:]):
        raise ValueError(f"{what} is empty: its shape is {given.shape}.")
    values = given.astype(np.float64)
    if not np.isfinite(values).all():
        raise ValueError(f"{what} must be finite numbers, got NaN or infinity.")
    is_frame = hasattr(X, "iloc")
    return Rows(
        values,
        _map_shape(values.shape[1:], image_shape, estimator, owner),
        type(X) if is_frame else None,
        list(X.columns) if is_frame else None,
        given.dtype if given.dtype.kind == "f" else np.dtype(np.float64),
    )


def _map_shape(row_shape, image_shape, estimator, owner):
    if image_shape is None and len(row_shape) == 1:
        image_shape = known_image_shape(estimator, row_shape[0])
    if image_shape is None:
        if len(row_shape) > 3:
            raise ValueError(
                f"X given to {owner} must be flat rows or images of shape (height, "
                "width), (channels, height, width) or (height, width, channels), got "
                f"rows of shape {row_shape}."
            )
        return row_shape
    if len(row_shape) > 1 and tuple(image_shape) == row_shape:
        return row_shape
    shape = shape_of_images(image_shape, row_shape, owner)
    is_flat_grey = len(row_shape) == 1 and len(image_shape) == 2
    return shape[1:] if is_flat_grey else shape if len(row_shape) == 1 else row_shape


def spatial_axes(map_shape):
    """Return the axes of height and width in a map, or None for a row of columns.

    Parameters
    ----------
    map_shape : tuple of int
        Shape of the map of a row.

    Returns
    -------
    axes : tuple of int or None

    Examples
    --------
    >>> spatial_axes((3, 28, 28)), spatial_axes((28, 28, 3)), spatial_axes((28, 28))
    ((1, 2), (0, 1), (0, 1))
    """
    if len(map_shape) == 1:
        return None
    is_first = len(map_shape) == 3 and not has_channels_last(map_shape)
    return (1, 2) if is_first else (0, 1)


def check_baseline(baseline, rows, owner):
    """Return the row that stands for nothing, shape (1, ...) as in ``rows.values``.

    Parameters
    ----------
    baseline : float or array-like
        One number for all values of a row, or a row.
    rows : Rows
        The rows.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    baseline : ndarray of shape (1, ...), dtype=float64

    Raises
    ------
    ValueError
        If it is not finite numbers, or has another shape.
    """
    row_shape = rows.values.shape[1:]
    must = (
        f"baseline of {owner} must be a finite number, or a row of X of shape "
        f"{row_shape}"
    )
    values = as_numbers(baseline, must).astype(np.float64)
    if not np.isfinite(values).all():
        raise ValueError(f"{must}, got NaN or infinity.")
    if values.ndim and values.size != prod(row_shape):
        raise ValueError(f"{must}, got shape {values.shape}.")
    if not values.ndim:
        return np.full((1, *row_shape), float(values))
    return values.reshape(1, *row_shape)
