"""Arrays and files of any layout as pictures that a browser shows."""

import io
import math

import numpy as np
from PIL import Image

from skbal._utils.fits_files import first_image
from skbal._utils.images import has_channels_last

_COLOURS = (1, 3)  # numbers of channels that are one picture in any type
_MOST_TILES = 64  # bands or frames beside each other
_GAP = 1  # pixels between tiles


def png_of(array):
    """Return an array as the bytes of a PNG.

    Parameters
    ----------
    array : array-like of shape (height, width), (channels, height, width), \
(height, width, channels) or (n_frames, ...)
        One or three channels are a picture in grey or colour, four of bytes have
        transparency. Other channels, and frames, are shown beside each other.

    Returns
    -------
    png : bytes

    Examples
    --------
    >>> png_of(np.eye(8))[1:4]
    b'PNG'
    """
    picture = picture_of(array)
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, format="PNG", compress_level=1)
    return stream.getvalue()


def picture_of(array):
    """Return an array as a picture.

    Parameters
    ----------
    array : array-like
        As for `png_of`.

    Returns
    -------
    picture : ndarray of uint8 of shape (height, width) or (height, width, channels)
    """
    array = np.asarray(array)
    if array.ndim == 2:
        return as_bytes(array)
    if array.ndim > 3:
        return _tiled([picture_of(frame) for frame in array[:_MOST_TILES]])
    first = _channels_first(array)  # (channels, height, width)
    if len(first) == 1:
        return as_bytes(first[0])
    if len(first) == 3 or (len(first) == 4 and array.dtype == np.uint8):
        return as_bytes(first.transpose(1, 2, 0))
    return _tiled([as_bytes(band) for band in first[:_MOST_TILES]])


def size_of(shape, dtype):
    """Return the width and height in pixels of the picture of an array.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array.
    dtype : numpy.dtype
        Its type.

    Returns
    -------
    width, height : int

    Examples
    --------
    >>> size_of((3, 20, 30), np.dtype("float32")), size_of((2, 20, 30), np.dtype("f4"))
    ((30, 20), (61, 20))
    """
    if len(shape) == 2:
        return shape[1], shape[0]
    if len(shape) > 3:
        return _size_of_tiles(size_of(shape[1:], dtype), min(shape[0], _MOST_TILES))
    channels, height, width = _shape_channels_first(shape)
    if channels in _COLOURS or (channels == 4 and dtype == np.uint8):
        return width, height
    return _size_of_tiles((width, height), min(channels, _MOST_TILES))


def _shape_channels_first(shape):
    few = (*_COLOURS, 4)
    last = has_channels_last(shape)
    if shape[0] not in few and shape[2] not in few:
        last = shape[2] < min(shape[:2])
    return (shape[2], *shape[:2]) if last else shape


def _channels_first(array):
    is_first = _shape_channels_first(array.shape) == array.shape
    return array if is_first else array.transpose(2, 0, 1)


def as_bytes(values):
    """Return values from 0, the darkest, to 255.

    Bytes stay as they are. Booleans, and real numbers in [0, 1], have this range. Of
    other numbers the smallest and the largest are found, in large pictures without the
    outermost 0.1% on each side.

    Parameters
    ----------
    values : ndarray
        The values. NaN is shown as the darkest.

    Returns
    -------
    scaled : ndarray of uint8 of the same shape

    Examples
    --------
    >>> as_bytes(np.array([0.0, 0.5, 1.0])), as_bytes(np.array([-5, 0, 5]))
    (array([  0, 128, 255], dtype=uint8), array([  0, 128, 255], dtype=uint8))
    """
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values)
    numbers = values.astype(np.float64)
    finite = numbers[np.isfinite(numbers)]
    if not finite.size:
        return np.zeros(values.shape, dtype=np.uint8)
    low, high = _range_of(finite, values.dtype)
    # Halves, since the difference of two numbers may overflow.
    part = (numbers / 2 - low / 2) / ((high / 2 - low / 2) or 1.0)
    part = np.nan_to_num(np.clip(part, 0.0, 1.0), nan=0.0)
    return np.floor(part * 255 + 0.5).astype(np.uint8)


def _range_of(finite, dtype):
    low, high = finite.min(), finite.max()
    if dtype.kind == "b" or (dtype.kind == "f" and low >= 0 and high <= 1):
        return 0.0, 1.0
    if finite.size >= 1_000:
        inner = np.percentile(finite, [0.1, 99.9])
        if inner[0] < inner[1]:
            return inner
    return low, high


def _columns(n_tiles):
    return math.ceil(math.sqrt(n_tiles))


def _size_of_tiles(size, n_tiles):
    columns = _columns(n_tiles)
    rows = math.ceil(n_tiles / columns)
    width, height = size
    return columns * (width + _GAP) - _GAP, rows * (height + _GAP) - _GAP


def _tiled(tiles):
    # Beside each other, in rows, with white lines between them.
    height, width = tiles[0].shape[:2]
    full_width, full_height = _size_of_tiles((width, height), len(tiles))
    whole = np.full((full_height, full_width, *tiles[0].shape[2:]), 255, dtype=np.uint8)
    for number, tile in enumerate(tiles):
        row, column = divmod(number, _columns(len(tiles)))
        top, left = row * (height + _GAP), column * (width + _GAP)
        whole[top : top + height, left : left + width] = tile
    return whole


def fits_png(path):
    """Return the first image of a FITS file as the bytes of a PNG.

    The first row is at the bottom, as astronomers draw it, and the brightness is
    compressed by asinh, so that faint and bright parts are seen.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    png : bytes

    Raises
    ------
    ImportError
        If astropy is not installed.
    ValueError
        If the file has no image.
    """
    array = first_image(path, "An image in a FITS file")
    if array is None:
        raise ValueError(f"{path} has no image.")
    return png_of(stretched(array)[..., ::-1, :])


def stretched(array):
    """Return values in [0, 1], in which noise and bright sources are both seen."""
    finite = array[np.isfinite(array)]
    if not finite.size:
        return np.zeros(array.shape)
    low, middle, high = np.percentile(finite, [0.5, 50, 99.8])
    # The noise, as a standard deviation: it does not feel the sources.
    noise = 1.4826 * np.median(np.abs(finite - middle)) or (high - low) or 1.0
    part = np.arcsinh((np.clip(array, low, high) - low) / (3 * noise))
    top = np.arcsinh((high - low) / (3 * noise)) or 1.0
    return np.nan_to_num(part / top, nan=0.0)
