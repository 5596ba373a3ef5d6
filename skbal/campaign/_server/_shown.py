"""What the page gets to know of an item, as plain data."""

import math
import re
from pathlib import Path

import numpy as np
from PIL import Image

from skbal._utils.fits_files import ENDINGS as FITS
from skbal._utils.images import shape_of_images
from skbal.campaign._server._images import fits_png, png_of, size_of

_OWNER = "make_app"
_MOST_POINTS = 2_000  # of a curve; longer ones keep the extremes of each part
_MOST_LINES = 3  # an array with so few rows is curves, and no image
# A time as the database has it, in nanoseconds.
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d{9})(Z?)")
_MEDIA = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}


def shown(number, content, image_shape=None):
    """Return what the page needs to show an item.

    Parameters
    ----------
    number : int
        The id of the item.
    content : ndarray, dict, str or pathlib.Path
        The ``content`` of the item.
    image_shape : tuple of int, optional
        Shape of an image, if rows are flattened images.

    Returns
    -------
    plain : dict
        With a ``kind``: "image" has the ``address`` of a picture and, if known, its
        ``width`` and ``height`` in pixels; "text" has a ``text``; "row" has ``cells``,
        pairs of a name and a value; "curve" has ``series``, lists of numbers.
    """
    if isinstance(content, Path):
        size = _size_of_file(content)
        return _image(number, *size)
    if isinstance(content, str):
        return {"kind": "text", "text": content}
    if isinstance(content, dict):
        return {
            "kind": "row",
            "cells": [[name, _words(value)] for name, value in content.items()],
        }
    if image_shape is not None:
        return _image(number, *size_of(image_shape, content.dtype))
    array = content
    if array.ndim == 0:
        return {"kind": "row", "cells": [["value", _words(array.item())]]}
    if array.ndim == 1:
        return {"kind": "curve", "series": [_points(array)]}
    if array.ndim == 2 and min(array.shape) <= _MOST_LINES:
        lines = array if array.shape[0] <= array.shape[1] else array.T
        return {"kind": "curve", "series": [_points(line) for line in lines]}
    return _image(number, *size_of(array.shape, array.dtype))


def _image(number, width, height):
    address = f"items/{number}/image"
    return {"kind": "image", "address": address, "width": width, "height": height}


def check_image_shape(image_shape, kind):
    """Raise an error unless the rows of a campaign can have this shape.

    Parameters
    ----------
    image_shape : tuple of int or None
        (channels, height, width) or (height, width).
    kind : dict
        How the items are stored.
    """
    if image_shape is None:
        return
    if kind["kind"] != "array":
        raise ValueError(
            f"image_shape of {_OWNER} is for items that are arrays, and those of this "
            f"campaign are of the kind {kind['kind']!r}."
        )
    shape_of_images(image_shape, tuple(kind["shape"]), _OWNER)


def picture(content, image_shape=None):
    """Return the picture of an item: its bytes or its file, and its type.

    Parameters
    ----------
    content : ndarray or pathlib.Path
        The ``content`` of the item.
    image_shape : tuple of int, optional
        As for `shown`.

    Returns
    -------
    data : bytes or pathlib.Path
    media_type : str

    Raises
    ------
    ImportError
        If the file needs a package that is not installed.
    OSError, ValueError
        If the item has no picture, or its file cannot be read.
    """
    if isinstance(content, Path):
        if content.name.lower().endswith(FITS):
            return fits_png(content), "image/png"
        return content, _MEDIA[content.suffix.lower()]
    if not isinstance(content, np.ndarray):
        raise ValueError("The item is no image.")
    if image_shape is not None:
        content = content.reshape(image_shape)
    if content.ndim < 2:
        raise ValueError("The item is no image.")
    return png_of(content), "image/png"


def is_inside(path, folder):
    """Return whether a file is an image that lies in a folder, links followed.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    folder : str or pathlib.Path
        The folder.

    Returns
    -------
    inside : bool
    """
    whole = Path(path).resolve()
    is_image = whole.name.lower().endswith((*_MEDIA, *FITS))
    return is_image and whole.is_relative_to(Path(folder).resolve())


def _size_of_file(path):
    """Return width and height from the head of a file, or None twice."""
    if path.name.lower().endswith(FITS):
        return None, None
    try:
        with Image.open(path) as image:
            return image.size[::-1] if _is_turned(image) else image.size
    except (OSError, ValueError, SyntaxError, *_BOMBS):
        return None, None


_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def _is_turned(image):
    """Return whether the camera was turned by a quarter, which browsers undo."""
    if image.format == "PNG" and "exif" not in image.info:
        return False  # Pillow would read all pixels to look behind them
    return image.getexif().get(0x0112, 1) in (5, 6, 7, 8)


def _words(value):
    """Return a value of a table as a person reads it."""
    if value is None or value != value:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and (found := _TIME.fullmatch(value)):
        date, clock, rest, zone = found.groups()
        fraction = rest.rstrip("0").removesuffix(".")
        if clock == "00:00:00" and not fraction and not zone:
            return date
        return f"{date} {clock}{fraction}{' UTC' if zone else ''}"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _points(values):
    """Return the numbers of a curve, as plain data without NaN."""
    values = np.asarray(values, dtype=np.float64)
    if len(values) > _MOST_POINTS:
        parts = np.array_split(values, _MOST_POINTS // 2)
        values = np.array([end for part in parts for end in (part.min(), part.max())])
    return [float(v) if math.isfinite(v) else None for v in values]
