"""CIFAR-10, small photographs of ten classes, from files of the user's own."""

import numpy as np

from skbal._utils.validation import check_option
from skbal.datasets._image_sets import SUBSETS, check_folder, image_set

_OWNER = "load_cifar10"
CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship",
    "truck",
)  # fmt: skip
_SHAPE = (3, 32, 32)
_ROW = 1 + 3 * 32 * 32  # the class, then red, green and blue
_FILES = {
    "train": tuple(f"data_batch_{number}.bin" for number in range(1, 6)),
    "test": ("test_batch.bin",),
}
_PLACES = ("", "cifar-10-batches-bin")
_SOURCE = (
    "https://www.cs.toronto.edu/~kriz/cifar.html has it: unpack "
    "cifar-10-binary.tar.gz, the version for C programs"
)

_DESCR = """\
CIFAR-10, {n:,} photographs of 32 x 32 pixels
------------------------------------------------------------------
Ten classes of animals and vehicles. Red, green and blue are scaled from 0..255 to 0..1,
with the channels first. The standard split has 50,000 training and 10,000 test images.

A. Krizhevsky (2009): Learning multiple layers of features from tiny images. Technical
report, University of Toronto.
"""


def load_cifar10(folder, *, subset="train", return_X_y=False):
    """Return CIFAR-10, small photographs, from a folder with its binary files.

    Nothing is downloaded. The files are those of the binary version
    (``cifar-10-binary.tar.gz``) of https://www.cs.toronto.edu/~kriz/cifar.html,
    unpacked. The Python version is refused: it consists of pickles, and reading a
    pickle runs any code that is in it.

    Parameters
    ----------
    folder : str or path-like
        A folder with ``data_batch_1.bin`` to ``data_batch_5.bin`` and
        ``test_batch.bin``, or one in which these are in ``cifar-10-batches-bin``.
    subset : {"train", "test", "all"}, default="train"
        Which images. "all" returns the training images first.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    photographs : sklearn.utils.Bunch
        With the entries

        data : ndarray of shape (n_samples, 3072), dtype=float32
            Pixels in [0, 1]: all of red, then green, then blue.
        target : ndarray of shape (n_samples,), dtype=int64
            The classes, 0 to 9.
        images : ndarray of shape (n_samples, 3, 32, 32), dtype=float32
            ``data`` as images, channels first.
        target_names : ndarray of str of shape (10,)
            Names of the classes, from airplane to truck.
        DESCR : str
            Description of the data set.

        With ``return_X_y``, the tuple ``(data, target)`` instead.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is no such folder, or a file is missing. The message says which file
        was looked for, and where it can be had.
    ValueError
        If a file is damaged, the folder has the pickled version only, or ``subset`` has
        another value.
    TypeError
        If ``folder`` is no path.

    See Also
    --------
    load_cinic10 : More photographs of the same classes.
    load_image_votes : The votes of people on test images, as in CIFAR-10H.

    Examples
    --------
    >>> from skbal.datasets import load_cifar10
    >>> photographs = load_cifar10("data/cifar-10-batches-bin")  # doctest: +SKIP
    """
    check_option(subset, "subset", tuple(SUBSETS), _OWNER)
    folder = check_folder(folder, _OWNER)
    names = [name for part in SUBSETS[subset] for name in _FILES[part]]
    rows = np.concatenate([_rows(_find(folder, name)) for name in names])
    images = rows[:, 1:].reshape(-1, *_SHAPE)
    return image_set(images, rows[:, 0], CLASSES, _DESCR, return_X_y)


def _find(folder, name):
    places = [folder / place / name for place in _PLACES]
    for path in places:
        if path.is_file():
            return path
    pickled = [
        path
        for place in ("", "cifar-10-batches-py")
        if (path := folder / place / name.removesuffix(".bin")).is_file()
    ]
    if pickled:
        raise ValueError(
            f"folder of {_OWNER}: {pickled[0]} is of the Python version of CIFAR-10, "
            f"which is pickled and could run code. {_SOURCE}."
        )
    raise FileNotFoundError(
        f"folder of {_OWNER}: there is no file {places[0]}, nor one in "
        f"{_PLACES[1]} there. {_SOURCE}."
    )


def _rows(path):
    """Return the rows of a file, shape (n, 3073): a class and its pixels."""
    content = np.fromfile(path, dtype=np.uint8)
    if not len(content) or len(content) % _ROW:
        raise ValueError(
            f"folder of {_OWNER}: {path} is damaged: it should hold {_ROW} bytes for "
            f"each image, it holds {len(content)} bytes."
        )
    rows = content.reshape(-1, _ROW)
    if rows[:, 0].max() >= len(CLASSES):
        raise ValueError(
            f"folder of {_OWNER}: {path} is damaged: its classes should be 0 to 9, and "
            f"one is {rows[:, 0].max()}."
        )
    return rows
