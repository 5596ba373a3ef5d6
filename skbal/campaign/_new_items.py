"""Items as they are given to `Campaign.create`, checked and ready to be stored.

=========  ====================================  =====================================
kind       items given to `Campaign.create`      what a row is
=========  ====================================  =====================================
"array"    array of shape (n_items, ...)         an array, kept in the database
"frame"    a data frame                          a dict, kept in the database
"text"     a list of strings                     a string, kept in the database
"files"    a folder, or a list of image files    the path of a file, which stays there
=========  ====================================  =====================================
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skbal._utils.arrays import check_length_known, refuse_masked
from skbal._utils.fits_files import ENDINGS as FITS
from skbal._utils.optional import require
from skbal._utils.pools import cut, n_rows
from skbal._utils.provenance import described
from skbal._utils.unanswered import unanswered
from skbal.campaign._frames import check_frame, kind_of_frame, stored_rows
from skbal.campaign._texts import check_storable

_OWNER = "Campaign"
_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", *FITS)
_AT_ONCE = 1_000  # rows turned into bytes together
_WHAT = (
    f"items of {_OWNER} must be an array of numbers, a data frame, a list of texts, or "
    "image files"
)


@dataclass(frozen=True)
class NewItems:
    """Items on their way into a campaign.

    Attributes
    ----------
    kind : dict
        How they are stored, as plain data.
    names : list of str
        Their names.
    rows : callable
        Without arguments, it gives the stored form of each row, as bytes. None for
        files, which stay where they are.
    """

    kind: dict
    names: list
    rows: Any = None


def check_items(items, names):
    """Return items in the form in which they are stored.

    Parameters
    ----------
    items : array-like, data frame, list of str, or path of a folder
        As `Campaign.create` takes them.
    names : list of str or None
        Their names. ``None`` uses the names of files, or numbers.

    Returns
    -------
    new : NewItems

    Raises
    ------
    TypeError, ValueError
        If there are no items, their kind is unknown, or names repeat.
    ImportError
        If there are FITS files and astropy is not installed: nobody could see them.
    """
    if isinstance(items, (str, os.PathLike)):
        return _files_in(Path(items), names)
    if hasattr(items, "columns") and hasattr(items, "dtypes"):
        return _frame(items, names)
    if isinstance(items, Mapping) or issparse(items) or not np.iterable(items):
        raise TypeError(f"{_WHAT}, got {described(items)!s:.80}.")
    if not hasattr(items, "shape"):
        items = list(items)
    elif len(items.shape) == 1 and hasattr(items, "to_numpy"):  # a column of a frame
        items = items.to_numpy()
    if _are_texts(items):
        return _strings(list(items), names)
    return _array(items if hasattr(items, "shape") else _joined(items), names)


def _are_texts(items):
    is_list = isinstance(items, list)
    if not is_list and not (type(items) is np.ndarray and items.dtype.kind in "UO"):
        return False
    return len(items) > 0 and all(isinstance(one, (str, os.PathLike)) for one in items)


def _joined(items):
    try:
        return np.asarray(items)
    except ValueError as error:
        raise ValueError(
            f"The rows of items of {_OWNER} must have the same shape: {error}"
        ) from None


def _array(items, names):
    what = f"items of {_OWNER}"
    refuse_masked(items, what)
    check_length_known(items, what)
    if not items.shape or items.shape[0] == 0:
        raise ValueError(f"{what} must have one row or more, got {items!r:.80}.")
    dtype = _dtype_of(items)
    if dtype.kind not in "biuf":
        raise TypeError(f"{_WHAT}, got an array of {dtype}.")
    dtype = dtype.newbyteorder("<")
    kind = {"kind": "array", "dtype": dtype.str, "shape": list(items.shape[1:])}

    def rows():
        parts = [slice(i, i + _AT_ONCE) for i in range(0, n_rows(items), _AT_ONCE)]
        for chunk in cut(items, parts):
            for row in np.ascontiguousarray(chunk, dtype=dtype):
                yield row.tobytes()

    return NewItems(kind, _check_names(names, items.shape[0]), rows)


def _dtype_of(items):
    try:
        return np.dtype(items.dtype)
    except TypeError:  # as of a tensor: that of a row, as NumPy has it
        pass
    try:
        return np.asarray(items[:1]).dtype
    except (TypeError, ValueError) as error:
        raise TypeError(f"{_WHAT}, got {items.dtype} ({error}).") from None


def _frame(items, names):
    frame = check_frame(items)
    names = _check_names(names, len(frame))
    return NewItems(kind_of_frame(frame), names, lambda: stored_rows(frame))


def _strings(items, names):
    paths = [Path(one) for one in items]
    if all(_is_image(path) for path in paths):
        return _files(paths, names)
    if any(isinstance(one, os.PathLike) for one in items):
        path = next(p for p in paths if not _is_image(p))
        raise ValueError(f"{path}, an item of {_OWNER}, is no image file.")

    def rows():
        return (_encoded(number, text) for number, text in enumerate(items))

    return NewItems({"kind": "text"}, _check_names(names, len(items)), rows)


def _encoded(number, text):
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"Item {number} of {_OWNER} must be a text in UTF-8: {error}."
        ) from None


def _files_in(folder, names):
    if not folder.is_dir():
        raise ValueError(
            f"items of {_OWNER} must be an array, a data frame, a list of texts or a "
            f"folder of images, got {str(folder)!r}, which is no folder."
        )
    paths = sorted(path for path in folder.rglob("*") if _is_image(path))
    paths = [path for path in paths if not path.name.startswith(".")]
    if not paths:
        raise ValueError(
            f"The folder {str(folder)!r}, given as items of {_OWNER}, has no image "
            f"files ({', '.join(_IMAGES)})."
        )
    return _files(paths, names, folder)


def _files(paths, names, folder=None):
    missing = next((path for path in paths if not path.is_file()), None)
    if missing is not None:
        raise ValueError(f"{missing}, an item of {_OWNER}, is not a file.")
    if any(path.name.lower().endswith(FITS) for path in paths):
        require("astropy.io.fits", "fits", "A campaign of FITS files")
    absolute = [path.resolve() for path in paths]
    if folder is None:
        folder = Path(os.path.commonpath([path.parent for path in absolute]))
    root = folder.resolve()
    for path, whole in zip(paths, absolute):
        if not whole.is_relative_to(root):
            raise ValueError(
                f"{path}, an item of {_OWNER}, is a link to {whole}, which lies "
                f"outside of the folder {str(root)!r}. Copy the file there."
            )
    relative = [path.relative_to(root).as_posix() for path in absolute]
    kind = {"kind": "files", "folder": str(root)}
    if names is None:
        return NewItems(kind, _check_names(relative, len(paths)))
    for path in relative:
        check_storable(path, f"File names of items of {_OWNER}")
    names = _check_names(names, len(paths))
    return NewItems({**kind, "paths": relative}, names)


def _is_image(path):
    return path.name.lower().endswith(_IMAGES)


def _check_names(names, n_items):
    if names is None:
        return [str(number) for number in range(n_items)]
    if isinstance(names, str) or not np.iterable(names):
        raise TypeError(
            f"names of {_OWNER} must be a list of names, got {names!r:.80}."
        )
    names = list(names)
    if (missing := unanswered(names)).any():
        number = int(missing.argmax())
        raise ValueError(
            f"names of {_OWNER} must be texts or numbers, got {names[number]!r} for "
            f"item {number}."
        )
    names = [check_storable(str(name), f"names of {_OWNER}") for name in names]
    if len(names) != n_items:
        raise ValueError(
            f"names of {_OWNER} must be as many as items, got {len(names)} and "
            f"{n_items}."
        )
    if len(set(names)) < n_items:
        seen = set()
        twice = next(name for name in names if name in seen or seen.add(name))
        raise ValueError(f"names of {_OWNER} must differ, got {twice!r} twice.")
    return names
