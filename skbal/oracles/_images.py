"""Rows as images on a screen."""

import numpy as np

from skbal._utils.arrays import as_array
from skbal._utils.optional import require

_MOMENT = 0.05  # seconds that a window needs to be drawn


def show_image(row, number, shape):
    """Draw a row as an image, which replaces the previous one.

    Parameters
    ----------
    row : array-like
        The values, in any shape.
    number : int
        Index of the row, for the title.
    shape : tuple of int
        (height, width), with colours as the last or the first axis if there are any.

    Raises
    ------
    ImportError
        If matplotlib is missing.
    ValueError
        If the shape is not that of an image, or does not have as many values as the
        row.
    """
    image = as_image(row, shape)
    plt = require("matplotlib.pyplot", "examples", "image_shape of InteractiveOracle")
    axes = plt.figure("InteractiveOracle", clear=True).subplots()
    axes.imshow(image, cmap="gray")
    axes.set_title(f"Row {number}")
    axes.set_axis_off()
    plt.pause(_MOMENT)


def as_image(row, shape):
    """Return a row as matplotlib draws it: colours last, no axis for a single colour.

    Parameters
    ----------
    row : array-like
        The values.
    shape : tuple of int
        As for `show_image`.

    Returns
    -------
    image : ndarray of shape (height, width) or (height, width, n_colours)

    Examples
    --------
    >>> as_image([1, 2, 3, 4], (1, 2, 2))
    array([[1, 2],
           [3, 4]])
    """
    values, sides = np.asarray(row), as_array(shape, "image_shape").ravel()
    shape = tuple(sides.tolist())
    is_shape = sides.dtype.kind in "iu" and len(shape) in (2, 3) and min(shape) > 0
    if not is_shape or values.size != np.prod(shape):
        raise ValueError(
            f"image_shape of InteractiveOracle must be the shape of an image with the "
            f"{values.size} values of a row, got {shape}."
        )
    image = values.reshape(shape)
    if len(shape) == 2:
        return image
    if shape[2] not in (1, 3, 4):
        image = np.moveaxis(image, 0, -1)
    return image[..., 0] if image.shape[2] == 1 else image
