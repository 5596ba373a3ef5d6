"""Images from a folder of PNG, JPEG and FITS files."""

import os
import re

import numpy as np
from sklearn.utils import Bunch

from skbal._utils.fits_files import ENDINGS as FITS
from skbal._utils.image_files import (
    PICTURES,
    read_fits,
    read_picture,
    resized,
    with_channels,
)
from skbal._utils.optional import require
from skbal._utils.validation import check_count, check_option
from skbal.datasets._image_sets import check_folder

_OWNER = "load_images"
_FEW = 5


def load_images(folder, names=None, *, size=None, channels=None, limits=None):
    """Return the images of a folder, and the names that they are known by.

    Parameters
    ----------
    folder : str or path-like
        A folder with PNG, JPEG or FITS files. Other files and subfolders are left out.
    names : sequence of str, optional
        The files to read, in this order, with or without their endings. ``None`` reads
        all, in natural order: "g2.png" comes before "g10.png".
    size : int or (int, int), optional
        Height and width of the result in pixels. Images of another size are stretched
        or shrunk to it, each pixel a mean of those it covers. ``None`` leaves all as
        they are, and then they must be of one size.
    channels : {1, 3}, optional
        1 turns colours into grey (0.299 red, 0.587 green, 0.114 blue), 3 repeats grey
        three times. ``None`` leaves all as they are, and then they must be alike.
    limits : (float, float), optional
        The values of FITS files that become 0 and 1, in the units of the files. Values
        beyond are cut. ``None`` takes the smallest and the largest value of each image,
        so that brightness is not comparable between images.

    Returns
    -------
    data : sklearn.utils.Bunch
        With the entries

        images : ndarray of shape (n_samples, channels, height, width), dtype=float32
            Pixels in [0, 1].
        data : ndarray of shape (n_samples, channels * height * width), dtype=float32
            A view of ``images``.
        names : list of str
            The names of the files.
        ids : list of str
            The names without their endings.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is no such folder, or it is a file.
    ValueError
        If there are no images in it, a file cannot be read, sizes or channels differ,
        or a name is missing or belongs to two files. The message names the file.
    TypeError
        If an argument is of the wrong kind.
    ImportError
        If pillow, which PNG, JPEG and ``size`` need, or astropy, which FITS needs,
        is missing; ``pip install 'skbal[images]'`` or ``'skbal[fits]'`` installs it.

    See Also
    --------
    read_zooniverse_votes : Votes of volunteers on the images.
    align_votes : Put votes in the order of the images.

    Notes
    -----
    PNG and JPEG are scaled by the range of their integers, 0..255 or 0..65535, so a
    pixel means the same in all of them. Pillow reads colours of 16 bits as 8 bits. An
    image is turned as its EXIF data say. Opaque alpha channels are left out, and
    transparent pixels are an error.

    Of a FITS file, the first image is read, with its axes as they are: (height,
    width), or (channels, height, width) with 1 or 3 channels. Row 0 is the first of
    the file, which astronomers draw at the bottom. Missing values (NaN) become 0, and
    so does an image of one value.

    The result takes four bytes per pixel and channel: 10,000 images of 3 x 64 x 64
    pixels take 0.5 GB. Beside it, there is one image in memory at a time.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> from skbal.datasets import load_images
    >>> folder = tempfile.TemporaryDirectory()
    >>> for number in (10, 2):
    ...     Image.new("L", (4, 3), 5 * number).save(f"{folder.name}/g{number}.png")
    >>> pictures = load_images(folder.name)
    >>> pictures.ids, pictures.images.shape
    (['g2', 'g10'], (2, 1, 3, 4))
    >>> bool(pictures.images[1, 0, 0, 0] == np.float32(50 / 255))
    True
    >>> folder.cleanup()
    """
    size = _checked_size(size)
    check_option(channels, "channels", (None, 1, 3), _OWNER)
    limits = _checked_limits(limits)
    folder = check_folder(folder, _OWNER)
    files = _chosen_files(_files_in(folder), names, folder)
    images = None
    for number, name in enumerate(files):
        image = with_channels(_read(folder / name, limits), channels)
        if size is not None and image.shape[1:] != size:
            image = resized(image, size, f"size of {_OWNER}")
        if images is None:
            images = np.empty((len(files), *image.shape), dtype=np.float32)
        _check_alike(image.shape, images.shape[1:], name, files[0])
        images[number] = image
    return Bunch(
        images=images,
        data=images.reshape(len(images), -1),
        names=files,
        ids=[_id_of(name) for name in files],
    )


def _read(path, limits):
    """Return one image of shape (channels, height, width), float32."""
    try:
        if path.name.lower().endswith(FITS):
            return read_fits(path, _OWNER, limits)
        return read_picture(path, _OWNER)
    except (ImportError, MemoryError):
        raise
    # What a damaged file raises: pillow and astropy have errors of many kinds.
    except Exception as error:
        why = str(error).rstrip(".") or type(error).__name__
        raise ValueError(
            f"folder of {_OWNER}: {path} cannot be read: {why}."
        ) from error


def _check_alike(shape, first, name, first_name):
    if shape == first:
        return
    if shape[0] != first[0]:
        raise ValueError(
            f"folder of {_OWNER}: {name} has {shape[0]} channels, but {first_name} has "
            f"{first[0]}. channels=3 or channels=1 makes them alike."
        )
    raise ValueError(
        f"folder of {_OWNER}: {name} has {shape[1]} x {shape[2]} pixels (height x "
        f"width), but {first_name} has {first[1]} x {first[2]}. "
        f"size=({first[1]}, {first[2]}) gives all of them that size."
    )


# ---------------------------------------------------------------------------- files


def _files_in(folder):
    endings = (*PICTURES, *FITS)
    with os.scandir(folder) as entries:
        found = [entry.name for entry in entries if entry.is_file()]
    found = [name for name in found if name.lower().endswith(endings)]
    if not found:
        raise ValueError(
            f"folder of {_OWNER}: there are no images in {folder}. Their names end in "
            f"{', '.join(endings)}."
        )
    return sorted(found, key=natural)


def natural(name):
    """Return a key to sort by, in which numbers inside of names count as numbers.

    Parameters
    ----------
    name : str
        Name of a file.

    Returns
    -------
    key : list
    """
    parts = re.split(r"([0-9]+)", name.lower())
    numbers = [(int(part), part) for part in parts[1::2]]
    return [*zip(parts[::2], [*numbers, (-1, "")]), name]


def _chosen_files(files, names, folder):
    ids = [_id_of(name) for name in files]
    if names is None:
        if len(set(ids)) < len(ids):
            twice = next(each for each in ids if ids.count(each) > 1)
            both = [name for name, each in zip(files, ids) if each == twice]
            raise ValueError(
                f"folder of {_OWNER}: {' and '.join(both)} have the same name but for "
                "the ending. Say which one by names."
            )
        return files
    names = _checked_names(names)
    by_name = {name: [name] for name in files}
    for name, each in zip(files, ids):
        if each not in files:
            by_name.setdefault(each, []).append(name)
    _check_found(names, by_name, folder)
    chosen = [by_name[name][0] for name in names]
    _check_differ(chosen)
    return chosen


def _checked_names(names):
    is_one = isinstance(names, (str, bytes)) or not np.iterable(names)
    names = names if is_one else list(names)
    if is_one or not all(isinstance(name, str) for name in names):
        raise TypeError(
            f"names of {_OWNER} must be a list of names of files, got {names!r:.80}."
        )
    if not names:
        raise ValueError(f"names of {_OWNER} must hold at least one name, got none.")
    return [str(name) for name in names]


def _check_found(names, by_name, folder):
    missing = [name for name in names if name not in by_name]
    if missing:
        more = f" and {len(missing) - _FEW} more" if len(missing) > _FEW else ""
        few = f"{', '.join(missing[:_FEW])}{more}"
        raise ValueError(f"names of {_OWNER}: {folder} has no image {few}.")
    for name in names:
        if len(by_name[name]) > 1:
            raise ValueError(
                f"names of {_OWNER}: {name} may be {' or '.join(by_name[name])}. Give "
                "the whole name."
            )


def _check_differ(chosen):
    ids = [_id_of(name) for name in chosen]
    if len(set(ids)) < len(ids):
        twice = next(each for each in ids if ids.count(each) > 1)
        raise ValueError(
            f"names of {_OWNER} must all differ, also without endings, got {twice} "
            "more than once."
        )


def _id_of(name):
    """Return the name of a file without its ending, also without ".fits.gz"."""
    endings = [e for e in (*PICTURES, *FITS) if name.lower().endswith(e)]
    return name[: -len(max(endings, key=len))]


# ------------------------------------------------------------------------ arguments


def _checked_size(size):
    if size is None:
        return None
    pair = (size, size) if not np.iterable(size) else tuple(size)
    if len(pair) != 2 or isinstance(size, str):
        raise ValueError(
            f"size of {_OWNER} must be a number of pixels, or (height, width), got "
            f"{size!r}."
        )
    require("PIL.Image", "images", f"size of {_OWNER}")
    return tuple(check_count(number, "size", _OWNER) for number in pair)


def _checked_limits(limits):
    if limits is None:
        return None
    numbers = np.asarray(limits)
    if numbers.shape != (2,) or numbers.dtype.kind not in "iuf":
        raise TypeError(
            f"limits of {_OWNER} must be two numbers, what becomes 0 and what becomes "
            f"1, got {limits!r}."
        )
    low, high = (float(number) for number in numbers)
    if not low < high or not np.isfinite([low, high]).all():
        raise ValueError(
            f"limits of {_OWNER} must be finite, the lower one first, got {limits!r}."
        )
    return low, high
