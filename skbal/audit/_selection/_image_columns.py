"""Images as named columns: means over small blocks, brightness and contrast."""

import numpy as np

from skbal._utils.images import has_channels_last, shape_of_images
from skbal.audit._selection._columns import Columns

_BLOCKS = 14  # along the longer side, at most


def is_images(shape, image_shape):
    """Return whether rows of an array are images.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array, rows first.
    image_shape : tuple of int or None
        As the user gave it.

    Returns
    -------
    are_images : bool
    """
    return image_shape is not None or len(shape) in (3, 4)


def as_images(X, image_shape, owner):
    """Return rows as images, channels first.

    Parameters
    ----------
    X : ndarray of shape (n_samples, ...)
        (n, h, w), (n, channels, h, w), (n, h, w, channels), or flat rows with an
        ``image_shape``.
    image_shape : tuple of int or None
        (channels, height, width) or (height, width).
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    images : ndarray of shape (n_samples, channels, height, width), dtype=float64

    Raises
    ------
    TypeError, ValueError
        If ``image_shape`` is not that of the rows, or a pixel is no finite number.
    """
    what = f"X_labelled and X_pool given to {owner}"
    if X.dtype.kind not in "biuf":
        raise TypeError(f"{what} must hold numbers as images, got dtype {X.dtype}.")
    if has_channels_last(X.shape[1:]):
        X = X.transpose(0, 3, 1, 2)
    if image_shape is not None:
        X = X.reshape(len(X), *shape_of_images(image_shape, X.shape[1:], owner))
    elif X.ndim == 3:
        X = X[:, np.newaxis]
    if not np.isfinite(X).all():
        raise ValueError(f"{what} must hold finite numbers, got NaN or infinity.")
    return X.astype(np.float64)


def columns_of_images(images):
    """Return images as means over blocks of pixels, with brightness and contrast.

    Parameters
    ----------
    images : ndarray of shape (n_samples, channels, height, width)
        Finite numbers.

    Returns
    -------
    columns : Columns
        At most 14 blocks along a side for each channel, then the mean and the standard
        deviation of all pixels of an image.

    Examples
    --------
    >>> columns = columns_of_images(np.ones((5, 1, 28, 28)))
    >>> columns.names[1], columns.names[-2:], columns.values.shape
    ('pixels of rows 0-1, columns 2-3', ['brightness', 'contrast'], (5, 198))
    """
    _, n_channels, height, width = images.shape
    side = -(-max(height, width) // _BLOCKS)
    tops, lefts = range(0, height, side), range(0, width, side)
    sums = np.add.reduceat(np.add.reduceat(images, tops, axis=2), lefts, axis=3)
    areas = np.outer(_lengths(tops, height, side), _lengths(lefts, width, side))
    blocks = (sums / areas).reshape(len(images), -1)
    flat = images.reshape(len(images), -1)
    names = [
        f"pixels of {_span('row', top, height, side)}, "
        f"{_span('column', left, width, side)}"
        + (f", channel {channel}" if n_channels > 1 else "")
        for channel in range(n_channels)
        for top in tops
        for left in lefts
    ]
    values = np.column_stack([blocks, flat.mean(axis=1), flat.std(axis=1)])
    return Columns(values, [*names, "brightness", "contrast"], same_units=True)


def _lengths(starts, n, side):
    return [min(side, n - start) for start in starts]


def _span(word, start, n, side):
    last = min(start + side, n) - 1
    return f"{word} {start}" if last == start else f"{word}s {start}-{last}"
