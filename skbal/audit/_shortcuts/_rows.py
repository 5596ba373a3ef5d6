"""Rows to exchange parts between: images of one inner form, or rows of a table."""

from functools import cached_property

import numpy as np

from skbal._utils.images import has_channels_last, shape_of_images
from skbal._utils.pools import take

# In images of fewer pixels blur, brightness and background are what the object is: the
# 1 is the thinnest digit. Measured at sides of 8 and 10, and of 12 to 20.
ENOUGH_PIXELS = 12 * 12


def rows_of(X, image_shape, owner):
    """Return X as images if it holds images, else as a table.

    Parameters
    ----------
    X : array-like or data frame of shape (n_samples, ...)
        Images, or rows of a table.
    image_shape : tuple of int or None
        (channels, height, width) or (height, width) of flat rows.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    rows : ImageRows or TableRows

    Raises
    ------
    TypeError, ValueError
        If X is neither, or images are not numbers or are not finite.
    """
    if image_shape is None and hasattr(X, "iloc"):
        return TableRows(X)
    names_columns = hasattr(X, "columns")  # but is no frame of pandas
    X = np.asarray(X)
    if names_columns and X.dtype.kind not in "biuf":
        raise TypeError(
            f"X given to {owner} must be a data frame of pandas if it holds strings or "
            "other things than numbers."
        )
    if image_shape is None and X.ndim == 2:
        return TableRows(X)
    if X.ndim not in (2, 3, 4) or X.dtype.kind not in "biuf":
        raise ValueError(
            f"X given to {owner} must hold numbers as images (n, height, width), "
            "(n, channels, height, width) or (n, height, width, channels), or rows "
            f"(n, n_columns), got shape {X.shape} and dtype {X.dtype}."
        )
    if not X.size:
        raise ValueError(f"X given to {owner} is empty, got shape {X.shape}.")
    rows = ImageRows(X, image_shape, owner)
    if not np.isfinite(rows.pixels).all():
        raise ValueError(f"X given to {owner} must be finite, got NaN or infinity.")
    return rows


class ImageRows:
    """Images as floats of shape (n_samples, channels, height, width).

    Parameters
    ----------
    X : ndarray of shape (n_samples, ...)
        Images ``(n, h, w)``, ``(n, channels, h, w)`` or ``(n, h, w, channels)``, or
        flat rows.
    image_shape : tuple of int or None
        (channels, height, width) or (height, width), needed for flat rows.
    owner : str
        Name of the caller, for messages.

    Attributes
    ----------
    pixels : ndarray of shape (n_samples, channels, height, width), dtype=float32
        The images.
    grey : ndarray of shape (n_samples, height, width), dtype=float32
        The mean of their channels.
    low, high : float
        The range of all pixels.
    small_shape : tuple of int or None
        The shape (height, width) if images have fewer than `ENOUGH_PIXELS`.
    """

    def __init__(self, X, image_shape, owner):
        self._row_shape, self._dtype = X.shape[1:], X.dtype
        self._last = image_shape is None and has_channels_last(X.shape[1:])
        self.pixels = self._read(X, image_shape, owner)
        self.grey = self.pixels.mean(axis=1)
        self.low, self.high = float(self.pixels.min()), float(self.pixels.max())
        self.shape = self.pixels.shape[2:]
        is_small = self.grey[0].size < ENOUGH_PIXELS
        self.small_shape = tuple(self.shape) if is_small else None
        self.n_samples = len(X)
        self.bytes_per_row = self.pixels[0].nbytes

    def take(self, rows):
        """Return some rows in the inner form."""
        return self.pixels[rows]

    def _read(self, X, image_shape, owner):
        X = X.astype(np.float32)
        if self._last:
            return np.ascontiguousarray(X.transpose(0, 3, 1, 2))
        if image_shape is not None:
            shape = shape_of_images(image_shape, X.shape[1:], owner)
            return X.reshape(len(X), *shape)
        return X[:, None] if X.ndim == 3 else X

    def as_input(self, pixels):
        """Return images in the form and the data type of X."""
        if self._last:
            pixels = pixels.transpose(0, 2, 3, 1)
        pixels = pixels.reshape(len(pixels), *self._row_shape)
        if self._dtype.kind in "iu":
            ends = np.iinfo(self._dtype)
            pixels = np.clip(np.rint(pixels), ends.min, ends.max)
        elif self._dtype.kind == "b":
            pixels = pixels > 0.5
        return pixels.astype(self._dtype)


class TableRows:
    """Rows of a table, whose columns may be of any kind.

    Parameters
    ----------
    X : array-like or data frame of shape (n_samples, n_columns)
        The rows.

    Attributes
    ----------
    names : list of str
        Names of the columns, "column 0" and so on if they have none.
    n_columns : int
        Number of columns.
    """

    small_shape = None  # of no image

    def __init__(self, X):
        self._X = X
        self.is_frame = hasattr(X, "iloc")
        self.n_columns = X.shape[1]
        numbers = [f"column {number}" for number in range(self.n_columns)]
        self.names = [str(name) for name in X.columns] if self.is_frame else numbers
        self.n_samples = len(X)
        self.bytes_per_row = 64 * self.n_columns

    def take(self, rows):
        """Return some rows as they are."""
        return take(self._X, rows)

    def pasted(self, recipients, donors, columns):
        """Return the rows of recipients with some columns of the donors."""
        rows = take(self._X, recipients).copy()
        source = take(self._X, donors)
        for column in columns:
            if self.is_frame:
                values = source.iloc[:, column].set_axis(rows.index)
                rows.isetitem(column, values)
            else:
                rows[:, column] = source[:, column]
        return rows

    @cached_property
    def codes(self):
        """The columns as numbers, texts as their ranks."""
        columns = []
        for column in range(self.n_columns):
            values = self._X.iloc[:, column] if self.is_frame else self._X[:, column]
            values = np.asarray(values)
            if values.dtype.kind not in "biuf":
                values = np.unique(values.astype(str), return_inverse=True)[1]
            columns.append(values.astype(np.float64))
        return np.column_stack(columns)

    def as_input(self, rows):
        """Return the rows as they are."""
        return rows
