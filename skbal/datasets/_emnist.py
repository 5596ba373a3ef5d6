"""EMNIST, handwritten letters and digits, from files of the user's own."""

from string import ascii_lowercase, ascii_uppercase, digits

import numpy as np
from scipy.io import loadmat

from skbal._utils.validation import check_option
from skbal.datasets._idx_files import read_idx
from skbal.datasets._image_sets import SUBSETS, check_folder, image_set

_OWNER = "load_emnist"
_SIDE = 28
# Lower-case letters that look like their capitals have no class of their own there.
_MERGED = digits + ascii_uppercase + "abdefghnqrt"
_CHARACTERS = {
    "balanced": _MERGED,
    "bymerge": _MERGED,
    "byclass": digits + ascii_uppercase + ascii_lowercase,
    "letters": ascii_uppercase,
    "digits": digits,
    "mnist": digits,
}
# Where the archives of the authors and other programs put the files.
_PLACES = ("", "gzip", "matlab", "raw", "EMNIST/raw")
_SOURCE = (
    "https://www.nist.gov/itl/products-and-services/emnist-dataset has them: unpack "
    "gzip.zip or matlab.zip"
)

_DESCR = """\
EMNIST handwritten characters, split {split!r}, {{n:,}} images
------------------------------------------------------------------
Characters of NIST Special Database 19 in the form of MNIST: 28 x 28 pixels, scaled from
0..255 to 0..1, and upright (the files have rows and columns the other way round). The
target is the number of the character in target_names.

G. Cohen, S. Afshar, J. Tapson and A. van Schaik (2017): EMNIST: an extension of MNIST
to handwritten letters. arXiv:1702.05373.
"""


def load_emnist(folder, split="balanced", *, subset="train", return_X_y=False):
    """Return EMNIST, handwritten letters and digits, from a folder with its files.

    Nothing is downloaded. The files are those of
    https://www.nist.gov/itl/products-and-services/emnist-dataset in the format of MNIST
    (``gzip.zip``) or of Matlab (``matlab.zip``), unpacked.

    Parameters
    ----------
    folder : str or path-like
        A folder with ``emnist-balanced-train-images-idx3-ubyte.gz`` and the file of its
        labels, packed or not, or with ``emnist-balanced.mat``. They may also be in its
        folder ``gzip``, ``matlab`` or ``EMNIST/raw``.
    split : {"balanced", "bymerge", "byclass", "letters", "digits", "mnist"}, \
default="balanced"
        Which characters. "balanced" has 47 classes of equal size, and BatchBALD was
        tested on it [1]_. "bymerge" has the same classes and all images, "byclass" has
        62 classes, "letters" 26, and "digits" and "mnist" 10.
    subset : {"train", "test", "all"}, default="train"
        Which images. "all" returns the training images first. Of "balanced", there are
        112,800 training and 18,800 test images.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    characters : sklearn.utils.Bunch
        With the entries

        data : ndarray of shape (n_samples, 784), dtype=float32
            Pixels in [0, 1].
        target : ndarray of shape (n_samples,), dtype=int64
            The classes, from 0.
        images : ndarray of shape (n_samples, 1, 28, 28), dtype=float32
            ``data`` as images, channels first, upright.
        target_names : ndarray of str of shape (n_classes,)
            The character of each class. In "letters", it stands for both cases.
        DESCR : str
            Description of the data set.

        With ``return_X_y``, the tuple ``(data, target)`` instead.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is no such folder, or a file is missing. The message says which file
        was looked for, and where it can be had.
    ValueError
        If a file is damaged, or ``split`` or ``subset`` has another value.
    TypeError
        If ``folder`` is no path.

    See Also
    --------
    make_glyphs : Images of many classes without any file.

    References
    ----------
    .. [1] A. Kirsch, J. van Amersfoort and Y. Gal (2019), BatchBALD: Efficient and
       Diverse Batch Acquisition for Deep Bayesian Active Learning, section 4.4.

    Examples
    --------
    >>> from skbal.datasets import load_emnist
    >>> characters = load_emnist("data/emnist", subset="test")  # doctest: +SKIP
    """
    check_option(split, "split", tuple(_CHARACTERS), _OWNER)
    check_option(subset, "subset", tuple(SUBSETS), _OWNER)
    folder = check_folder(folder, _OWNER)
    parts = [_part(folder, split, part) for part in SUBSETS[subset]]
    images, target = (np.concatenate(arrays) for arrays in zip(*parts))
    return image_set(
        images,
        target,
        list(_CHARACTERS[split]),
        _DESCR.format(split=split),
        return_X_y,
    )


def _part(folder, split, part):
    """Return images (n, 1, 28, 28) and classes (n,) of the training or the test set."""
    names = f"{split}-{part}-images-idx3-ubyte", f"{split}-{part}-labels-idx1-ubyte"
    found = [_find(folder, f"emnist-{name}.gz", f"emnist-{name}") for name in names]
    matlab = _find(folder, f"emnist-{split}.mat")
    what = f"folder of {_OWNER}"
    if all(found):
        images, labels = read_idx(found[0], 3, what), read_idx(found[1], 1, what)
        path = found[0]
    elif matlab:
        images, labels, path = *_from_matlab(matlab, part, what), matlab
    else:
        raise FileNotFoundError(
            f"{what}: {folder} holds neither emnist-{names[0]}.gz and "
            f"emnist-{names[1]}.gz nor emnist-{split}.mat. {_SOURCE}{_hint(folder)}."
        )
    labels = labels.astype(np.int64) - (split == "letters")  # they begin with 1
    _check(images, labels, len(_CHARACTERS[split]), path)
    # In the files, the columns of an image come one after the other.
    return images.transpose(0, 2, 1)[:, np.newaxis], labels


def _find(folder, *names):
    places = [folder / place / name for name in names for place in _PLACES]
    return next((path for path in places if path.is_file()), None)


def _hint(folder):
    packed = [name for name in ("gzip.zip", "matlab.zip") if (folder / name).is_file()]
    return f" ({' and '.join(packed)} lies in the folder)" if packed else ""


def _from_matlab(path, part, what):
    try:
        content = loadmat(path, simplify_cells=True)["dataset"][part]
        images, labels = content["images"], content["labels"]
        if images.dtype != np.uint8:
            raise ValueError(f"its images must be uint8, got {images.dtype}")
        return images.reshape(-1, _SIDE, _SIDE), np.reshape(labels, -1)
    except MemoryError:
        raise
    # SciPy has errors of many kinds for files that are damaged.
    except Exception as error:
        raise ValueError(f"{what}: {path} is damaged: {error}") from error


def _check(images, labels, n_classes, path):
    if images.shape[1:] != (_SIDE, _SIDE) or len(images) != len(labels):
        raise ValueError(
            f"folder of {_OWNER}: {path} must hold images of {_SIDE} x {_SIDE} pixels, "
            f"one for each label, got shape {images.shape} and {len(labels)} labels."
        )
    if not len(labels):
        raise ValueError(f"folder of {_OWNER}: {path} holds no image.")
    if not 0 <= labels.min() <= labels.max() < n_classes:
        raise ValueError(
            f"folder of {_OWNER}: the labels of {path} must be of {n_classes} classes, "
            f"got classes {labels.min()} to {labels.max()}, counted from 0."
        )
