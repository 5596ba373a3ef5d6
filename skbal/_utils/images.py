"""What rows must be to count as images: ``image_shape``, and channels first."""

from math import prod

from skbal._utils.parameters import own
from skbal._utils.validation import check_count

CHANNELS_FIRST = "Channels come first: X.transpose(0, 3, 1, 2)."
_WORDS = "(channels, height, width) or (height, width)"


def image_shape():
    """Return the rule for ``image_shape``."""
    return own(_check_shape, _WORDS, (8,), none=True)


def _check_shape(value, name, owner):
    if not isinstance(value, (tuple, list)) or len(value) not in (2, 3):
        raise ValueError(f"{name} of {owner} must be {_WORDS}, got {value!r}.")
    for side in value:
        check_count(side, name, owner)


def has_channels_last(shape):
    """Return whether a row looks like an image whose channels are its last axis.

    The last axis has 1, 3 or 4 entries, or the image is a square and the last axis is
    shorter than its sides. An image with the channels first looks like that only if it
    has as many channels as rows of pixels, and fewer columns.

    Parameters
    ----------
    shape : tuple of int
        Shape of a row.

    Returns
    -------
    last : bool

    Examples
    --------
    >>> has_channels_last((32, 32, 3)), has_channels_last((3, 32, 32))
    (True, False)
    >>> has_channels_last((32, 32, 8)), has_channels_last((8, 32, 32))
    (True, False)
    """
    few = (1, 3, 4)
    if len(shape) != 3 or shape[0] in few:
        return False
    return shape[2] in few or shape[2] < shape[0] == shape[1]


def shape_of_images(image_shape, row_shape, owner):
    """Return the shape in which the rows of X are images.

    Parameters
    ----------
    image_shape : tuple of int
        The parameter: (channels, height, width) or (height, width).
    row_shape : tuple of int
        Shape of a row of X. Flat rows have one axis.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    shape : tuple of int, (channels, height, width)

    Raises
    ------
    TypeError, ValueError
        If ``image_shape`` is not a shape, has channels last, or is not that of the
        rows.

    Examples
    --------
    >>> shape_of_images((28, 28), (784,), "GradientHistograms")
    (1, 28, 28)
    """
    _check_shape(image_shape, "image_shape", owner)
    shape, row_shape = tuple(map(int, image_shape)), tuple(row_shape)
    if has_channels_last(shape):
        raise ValueError(
            f"image_shape of {owner} must be {_WORDS}, got {shape}. {CHANNELS_FIRST}"
        )
    rows_have_it = len(row_shape) == 1 or row_shape == shape
    shape = shape if len(shape) == 3 else (1, *shape)
    if not rows_have_it and row_shape != shape:
        hint = f" {CHANNELS_FIRST}" if has_channels_last(row_shape) else ""
        raise ValueError(
            f"image_shape of {owner} is {shape}, so the rows of X must be flat or "
            f"have that shape, got rows of shape {row_shape}.{hint}"
        )
    if prod(shape) != prod(row_shape):
        raise ValueError(
            f"image_shape of {owner} is {shape}, which is {prod(shape)} values "
            f"per row, but X has {prod(row_shape)} (rows of shape {row_shape})."
        )
    return shape
