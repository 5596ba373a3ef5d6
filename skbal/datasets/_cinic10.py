"""CINIC-10, photographs of ten classes, from a folder of the user's own."""

import os

import numpy as np

from skbal._utils.image_files import read_picture, with_channels
from skbal._utils.optional import require
from skbal._utils.validation import check_option
from skbal.datasets._cifar10 import CLASSES
from skbal.datasets._image_sets import check_folder, image_set
from skbal.datasets._images import natural

_OWNER = "load_cinic10"
_SUBSETS = ("train", "valid", "test")
_SHAPE = (3, 32, 32)
_SOURCE = "https://datashare.ed.ac.uk/handle/10283/3192 has it: unpack CINIC-10.tar.gz"

_DESCR = """\
CINIC-10, {n:,} photographs of 32 x 32 pixels
------------------------------------------------------------------
The images of CIFAR-10, and 210,000 of ImageNet made as small, of the same ten classes.
Each of the three subsets has 9,000 images of each class. Red, green and blue are scaled
from 0..255 to 0..1, with the channels first. Images are sorted by class.

L. N. Darlow, E. J. Crowley, A. Antoniou and A. J. Storkey (2018): CINIC-10 is not
ImageNet or CIFAR-10. arXiv:1810.03505.
"""


def load_cinic10(folder, *, subset="train", return_X_y=False):
    """Return CINIC-10, small photographs, from a folder with its PNG files.

    Nothing is downloaded. The folder is ``CINIC-10.tar.gz`` of
    https://datashare.ed.ac.uk/handle/10283/3192, unpacked.

    Parameters
    ----------
    folder : str or path-like
        A folder with the folders ``train``, ``valid`` and ``test``, each of which has a
        folder of PNG files for each class, ``airplane`` to ``truck``.
    subset : {"train", "valid", "test"}, default="train"
        Which images. Each subset has 90,000.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    photographs : sklearn.utils.Bunch
        With the entries

        data : ndarray of shape (n_samples, 3072), dtype=float32
            Pixels in [0, 1]: all of red, then green, then blue. A subset takes 1.1 GB.
        target : ndarray of shape (n_samples,), dtype=int64
            The classes, 0 to 9, in ascending order.
        images : ndarray of shape (n_samples, 3, 32, 32), dtype=float32
            ``data`` as images, channels first.
        target_names : ndarray of str of shape (10,)
            Names of the classes, from airplane to truck.
        names : list of str
            Names of the files, in natural order within a class. Those of CIFAR-10 begin
            with "cifar10", the others have the number of their ImageNet synset.
        DESCR : str
            Description of the data set.

        With ``return_X_y``, the tuple ``(data, target)`` instead.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is no such folder, or the folder of a class is missing. The message
        says what was looked for, and where it can be had.
    ValueError
        If a class has no images, an image cannot be read or has another size, or
        ``subset`` has another value.
    TypeError
        If ``folder`` is no path.
    ImportError
        If pillow is missing; ``pip install 'skbal[images]'`` installs it.

    See Also
    --------
    load_cifar10 : Photographs of the same classes.

    Examples
    --------
    >>> from skbal.datasets import load_cinic10
    >>> photographs = load_cinic10("data/CINIC-10", subset="test")  # doctest: +SKIP
    """
    check_option(subset, "subset", _SUBSETS, _OWNER)
    folder = check_folder(folder, _OWNER) / subset
    require("PIL.Image", "images", _OWNER)
    files = [_files_in(folder / name) for name in CLASSES]
    target = np.repeat(np.arange(len(CLASSES)), [len(paths) for paths in files])
    images = np.empty((len(target), *_SHAPE), dtype=np.float32)
    paths = [path for of_class in files for path in of_class]
    for image, path in zip(images, paths):
        image[...] = _read(path)
    names = [path.name for path in paths]
    return image_set(images, target, CLASSES, _DESCR, return_X_y, names=names)


def _files_in(folder):
    if not folder.is_dir():
        raise FileNotFoundError(
            f"folder of {_OWNER}: there is no folder {folder}. {_SOURCE}."
        )
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.name.lower().endswith(".png")]
    if not names:
        raise ValueError(f"folder of {_OWNER}: there are no PNG files in {folder}.")
    return [folder / name for name in sorted(names, key=natural)]


def _read(path):
    try:
        image = with_channels(read_picture(path, _OWNER), 3)
    except (ImportError, MemoryError):
        raise
    # Pillow has errors of many kinds for files that are damaged.
    except Exception as error:
        why = str(error).rstrip(".") or type(error).__name__
        raise ValueError(
            f"folder of {_OWNER}: {path} cannot be read: {why}."
        ) from error
    if image.shape != _SHAPE:
        raise ValueError(
            f"folder of {_OWNER}: {path} must have 32 x 32 pixels, got "
            f"{image.shape[1]} x {image.shape[2]}."
        )
    return image
