"""What loaders of known sets of images share: the folder, the pixels, the Bunch."""

import numpy as np
from sklearn.utils import Bunch

from skbal._utils.archives import check_path

SUBSETS = {"train": ("train",), "test": ("test",), "all": ("train", "test")}


def check_folder(folder, owner):
    """Return a folder that exists.

    Parameters
    ----------
    folder : str or path-like
        The argument.
    owner : str
        Name of the loader, for messages.

    Returns
    -------
    folder : pathlib.Path

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is none, or it is a file.
    TypeError, ValueError
        If it is no path on this machine.
    """
    folder = check_path(folder, "folder", owner)
    if not folder.exists():
        raise FileNotFoundError(f"folder of {owner}: there is no folder {folder}.")
    if not folder.is_dir():
        raise NotADirectoryError(
            f"folder of {owner} must be a folder, but {folder} is a file."
        )
    return folder


def image_set(images, target, target_names, description, return_X_y, **more):
    """Return images and their classes as every loader does.

    Parameters
    ----------
    images : ndarray of shape (n_samples, channels, height, width)
        uint8, which become float32 in [0, 1], or float32 in [0, 1].
    target : ndarray of int of shape (n_samples,)
        Their classes.
    target_names : list of str
        Names of the classes.
    description : str
        Description of the data set, with ``{n:,}`` for the number of images.
    return_X_y : bool
        Whether to return ``(data, target)`` only.
    **more
        Further entries of the Bunch.

    Returns
    -------
    data : sklearn.utils.Bunch or tuple of ndarray
    """
    if images.dtype == np.uint8:
        images = np.divide(images, np.float32(255), dtype=np.float32, order="C")
    data, target = images.reshape(len(images), -1), target.astype(np.int64)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        images=images,
        target_names=np.array(target_names),
        DESCR=description.format(n=len(data)),
        **more,
    )
