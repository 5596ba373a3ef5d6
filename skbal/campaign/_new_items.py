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

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from skbal._utils.arrays import refuse_masked
from skbal._utils.fits_files import ENDINGS as FITS
from skbal._utils.optional import require
from skbal._utils.pools import cut, n_rows

_OWNER = "Campaign"
_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", *FITS)
_AT_ONCE = 1_000  # rows turned into bytes together


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
    """
    if isinstance(items, (str, os.PathLike)):
        return _files_in(Path(items), names)
    if hasattr(items, "columns") and hasattr(items, "dtypes"):
        return _frame(items, names)
    if not hasattr(items, "shape"):
        items = list(items) if np.iterable(items) else [items]
        if items and all(isinstance(one, (str, os.PathLike)) for one in items):
            return _strings(items, names)
        items = np.asarray(items)
    return _array(items, names)


def _array(items, names):
    what = f"items of {_OWNER}"
    refuse_masked(items, what)
    if not getattr(items, "shape", ()) or items.shape[0] == 0:
        raise ValueError(f"{what} must have one row or more, got {items!r:.80}.")
    dtype = np.dtype(getattr(items, "dtype", object))
    if dtype.kind not in "biuf":
        raise TypeError(
            f"{what} must be an array of numbers, a data frame, a list of texts, or "
            f"image files, got an array of {dtype}."
        )
    dtype = dtype.newbyteorder("<")
    kind = {"kind": "array", "dtype": dtype.str, "shape": list(items.shape[1:])}

    def rows():
        parts = [slice(i, i + _AT_ONCE) for i in range(0, n_rows(items), _AT_ONCE)]
        for chunk in cut(items, parts):
            for row in np.ascontiguousarray(chunk, dtype=dtype):
                yield row.tobytes()

    return NewItems(kind, _check_names(names, items.shape[0]), rows)


def _frame(items, names):
    pandas = require("pandas", "campaign", "A campaign of a data frame")
    frame = items if isinstance(items, pandas.DataFrame) else items.to_pandas()
    if not len(frame):
        raise ValueError(f"items of {_OWNER} must have one row or more, got none.")
    if not all(isinstance(name, str) for name in frame.columns):
        raise TypeError(
            f"The columns of items of {_OWNER} must have names, got "
            f"{list(frame.columns)[:5]}."
        )
    kind = {
        "kind": "frame",
        "columns": list(frame.columns),
        "dtypes": [str(dtype) for dtype in frame.dtypes],
        "categories": {
            name: json.loads(
                frame[name].cat.categories.to_series().to_json(orient="values")
            )
            for name in frame.columns
            if isinstance(frame[name].dtype, pandas.CategoricalDtype)
        },
    }

    def rows():
        for start in range(0, len(frame), _AT_ONCE):
            for row in _plain_rows(frame.iloc[start : start + _AT_ONCE], pandas):
                yield json.dumps(row, ensure_ascii=False).encode()

    return NewItems(kind, _check_names(names, len(frame)), rows)


def _plain_rows(frame, pandas):
    """Return the rows of a data frame as lists that JSON can hold, None for missing."""
    text = frame.to_json(orient="values", date_format="iso", date_unit="ns")
    rows = json.loads(text)
    for place, dtype in enumerate(frame.dtypes):
        # pandas writes at most 15 decimals, so nothing would be left of 1e-16.
        if pandas.api.types.is_float_dtype(dtype):
            numbers = frame.iloc[:, place].to_numpy(np.float64, na_value=np.nan)
            for row, number in zip(rows, numbers.tolist()):
                row[place] = number if math.isfinite(number) else None
    return rows


def _strings(items, names):
    paths = [Path(one) for one in items]
    if all(_is_image(path) for path in paths):
        return _files(paths, names)
    if any(isinstance(one, os.PathLike) for one in items):
        path = next(p for p in paths if not _is_image(p))
        raise ValueError(f"{path}, an item of {_OWNER}, is no image file.")

    def rows():
        return (text.encode() for text in items)

    return NewItems({"kind": "text"}, _check_names(names, len(items)), rows)


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
    absolute = [path.resolve() for path in paths]
    if folder is None:
        folder = Path(os.path.commonpath([path.parent for path in absolute]))
    relative = [path.relative_to(folder.resolve()).as_posix() for path in absolute]
    kind = {"kind": "files", "folder": str(folder.resolve())}
    if names is None:
        return NewItems(kind, _check_names(relative, len(paths)))
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
    names = [str(name) for name in names]
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
