"""One image file as an array of channels, height and width, in [0, 1]."""

import numpy as np

from skbal._utils.fits_files import first_image
from skbal._utils.optional import require

PICTURES = (".png", ".jpg", ".jpeg")

# How pillow holds pixels, and the largest value that the file can have. A PNG file of
# 16 bits is "I" in older versions of pillow.
_LARGEST = {"1": 1, "L": 255, "RGB": 255, "LA": 255, "RGBA": 255, "I": 65535}


def read_picture(path, owner, formats=("PNG", "JPEG")):
    """Return the pixels of a PNG or JPEG file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    owner : str
        What reads the file, for messages.
    formats : tuple of str, default=("PNG", "JPEG")
        Formats that the file may have, as pillow calls them.

    Returns
    -------
    image : ndarray of shape (channels, height, width), dtype=float32
        In [0, 1]: integers divided by the largest that the file can have.

    Raises
    ------
    ValueError
        If pixels are transparent. What a damaged file raises passes through.
    """
    pillow = require("PIL.Image", "images", f"{owner}: {path.name}")
    operations = require("PIL.ImageOps", "images", owner)
    with pillow.open(path, formats=formats) as file:
        picture = operations.exif_transpose(file)
        picture = _in_known_mode(picture, "transparency" in picture.info)
        pixels, mode = np.asarray(picture), picture.mode
    pixels = pixels[np.newaxis] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    image = pixels.astype(np.float32) / np.float32(_LARGEST.get(mode, 65535))
    return _opaque(image) if mode in ("LA", "RGBA") else image


def _in_known_mode(picture, has_alpha):
    """Return a picture whose pixels are numbers, and not places in a palette."""
    mode = picture.mode
    if has_alpha and mode in ("1", "L"):
        return picture.convert("LA")
    if has_alpha and mode in ("P", "RGB"):
        return picture.convert("RGBA")
    if mode in _LARGEST or mode.startswith("I;16"):
        return picture
    return picture.convert("RGB")  # a palette without transparency, or CMYK


def _opaque(image):
    if (image[-1] < 1).any():
        raise ValueError("it has transparent pixels, which have no one colour")
    return image[:-1]


def read_fits(path, owner, limits=None):
    """Return the pixels of the first image of a FITS file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    owner : str
        What reads the file, for messages.
    limits : (float, float), optional
        The values that become 0 and 1. ``None`` takes the smallest and the largest.

    Returns
    -------
    image : ndarray of shape (channels, height, width), dtype=float32
        In [0, 1]; 0 where a value is missing.

    Raises
    ------
    ValueError
        If it holds no image of two or three axes. What a damaged file raises passes
        through.
    """
    values = first_image(path, f"{owner}: {path.name}")
    if values is None:
        raise ValueError("it holds no image")
    return scaled(values, limits)


def scaled(values, limits=None):
    """Return values of an image between 0 and 1.

    Parameters
    ----------
    values : ndarray of shape (height, width) or (channels, height, width)
        In any unit. NaN and infinity are missing values.
    limits : (float, float), optional
        As for `read_fits`.

    Returns
    -------
    image : ndarray of shape (channels, height, width), dtype=float32

    Raises
    ------
    ValueError
        If the image has other axes, more than three channels, or no values.

    Examples
    --------
    >>> scaled(np.array([[2.0, 4.0], [np.nan, 3.0]])).tolist()
    [[[0.0, 1.0], [0.0, 0.5]]]
    >>> scaled(np.array([[2.0, 4.0], [np.nan, 3.0]]), (0, 3)).round(2).tolist()
    [[[0.6700000166893005, 1.0], [0.0, 1.0]]]
    """
    values = values[np.newaxis] if values.ndim == 2 else values
    if values.ndim != 3 or len(values) not in (1, 3) or 0 in values.shape:
        raise ValueError(
            "its image must have the axes (height, width), or 1 or 3 channels before "
            f"them, got shape {values.shape}"
        )
    known = np.isfinite(values)
    if limits is None:
        if not known.any():
            raise ValueError("all of its values are missing")
        limits = values[known].min(), values[known].max()
    low, high = limits
    if low == high:
        return np.zeros(values.shape, dtype=np.float32)
    shares = np.clip((np.where(known, values, low) - low) / (high - low), 0, 1)
    return np.where(known, shares, 0).astype(np.float32)


def resized(image, size, owner):
    """Return an image in another size.

    Parameters
    ----------
    image : ndarray of shape (channels, height, width), dtype=float32
        In [0, 1].
    size : (int, int)
        Height and width.
    owner : str
        What needs pillow, for messages.

    Returns
    -------
    image : ndarray of shape (channels, *size), dtype=float32
        Each pixel is a weighted mean of those that it covers, so in [0, 1], too.
    """
    pillow = require("PIL.Image", "images", owner)
    height, width = size
    how = pillow.Resampling.BILINEAR
    planes = [pillow.fromarray(plane).resize((width, height), how) for plane in image]
    return np.clip(np.stack([np.asarray(plane) for plane in planes]), 0, 1)


def with_channels(image, channels):
    """Return an image with 1 or 3 channels, or as it is for None.

    Parameters
    ----------
    image : ndarray of shape (n_channels, height, width)
        The image, of 1 or 3 channels.
    channels : {1, 3} or None
        Number of channels of the result.

    Returns
    -------
    image : ndarray of shape (channels, height, width)
    """
    if channels is None or channels == len(image):
        return image
    if channels == 3:
        return np.repeat(image, 3, axis=0)
    return np.tensordot(_GREY, image, axes=1)[np.newaxis]


_GREY = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601
