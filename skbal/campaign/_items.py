"""The items of a campaign: how they are stored, and how they come back.

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
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import sqlalchemy as sa

from skbal._utils.arrays import refuse_masked
from skbal._utils.optional import require
from skbal._utils.pools import cut, n_rows
from skbal.campaign._image_rows import ImageRows
from skbal.campaign._inserting import insert_rows
from skbal.campaign._tables import content, item
from skbal.exceptions import CampaignError

_OWNER = "Campaign"
_FITS = (".fits", ".fit", ".fits.gz")
_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", *_FITS)
_AT_ONCE = 1_000  # rows read or written together


@dataclass(frozen=True)
class Item:
    """One item that somebody is asked about.

    Parameters
    ----------
    id : int
        Its number, from 0, in the order of the items of the campaign.
    name : str
        Its name: that of the file, or as given.
    content : ndarray, dict, str or pathlib.Path
        The image or row, the row of a frame, the text, or the path of the file.
    queue : str
        The queue that it comes from.
    until : float
        When the time to answer ends, in seconds since 1970. Others may be asked about
        it from then on.
    """

    id: int
    name: str
    content: Any
    queue: str
    until: float


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
            part = frame.iloc[start : start + _AT_ONCE]
            text = part.to_json(orient="values", date_format="iso", date_unit="ns",
                                double_precision=15)  # fmt: skip
            for row in json.loads(text):
                yield json.dumps(row, ensure_ascii=False).encode()

    return NewItems(kind, _check_names(names, len(frame)), rows)


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
    if any(path.name.lower().endswith(_FITS) for path in paths):
        require("astropy.io.fits", "fits", "A campaign of FITS files")
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


def write_items(connection, new, places, gold):
    """Write items into the empty tables of a campaign.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    new : NewItems
        The items.
    places : ndarray of int of shape (n_items,)
        The place of each item in the random order.
    gold : dict of int to str
        The right answer of some items, as JSON.
    """
    rows = new.rows() if new.rows is not None else None
    for start in range(0, len(new.names), _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, len(new.names)))
        new_rows = (
            _new_row(number, new.names[number], int(places[number]), gold)
            for number in numbers
        )
        insert_rows(connection, item, [*new_rows])
        if rows is not None:
            data = {number: next(rows) for number in numbers}
            contents = (
                {"item_id": number, "data": one, "checksum": crc32(one)}
                for number, one in data.items()
            )
            insert_rows(connection, content, [*contents])


def _new_row(number, name, place, gold):
    values = {"id": number, "name": name, "place": place, "gold": gold.get(number)}
    return {
        **values,
        "checksum": checksum_of_item(values),
        # The right answer of a gold item is known, so it is none that needs answers.
        "is_open": number not in gold,
        "n_votes": 0,
        "doubt": 1.0,
    }


def checksum_of_item(values):
    """Return the checksum of what never changes about an item."""
    names = ("id", "name", "place", "gold")
    return crc32("\x1f".join(repr(values[name]) for name in names).encode())


class StoredRows:
    """The rows of a campaign's items as a pool whose rows are read when needed.

    Parameters
    ----------
    store : Store
        The database.
    kind : dict
        How the rows are stored.
    ids : ndarray of int
        The items.

    Attributes
    ----------
    shape : tuple of int
        As of an array.
    dtype : numpy.dtype
        The type of the numbers.
    """

    def __init__(self, store, kind, ids):
        self._store, self._kind, self._ids = (
            store,
            kind,
            np.asarray(ids, dtype=np.int64),
        )
        self.dtype = np.dtype(kind["dtype"])
        self.shape = (len(self._ids), *kind["shape"])
        self.ndim = len(self.shape)

    def __len__(self):
        return len(self._ids)

    def __getitem__(self, rows):
        ids = self._ids[rows]
        if np.ndim(ids) == 0:
            return self[[rows]][0]
        data = read_contents(self._store, ids)
        joined = np.frombuffer(b"".join(data), dtype=self.dtype)
        return joined.reshape(len(ids), *self.shape[1:]).copy()


def read_contents(store, ids):
    """Return the stored bytes of some items, in their order.

    Raises
    ------
    CampaignError
        If the bytes are not those that were written.
    """
    wanted = [int(number) for number in ids]
    found = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        found |= store.read(lambda connection, part=part: _contents(connection, part))
    return [found[number] for number in wanted]


def _contents(connection, ids):
    query = sa.select(content).where(content.c.item_id.in_(ids))
    found = {}
    for row in connection.execute(query):
        if crc32(row.data) != row.checksum:
            raise CampaignError(
                f"Item {row.item_id} is damaged in the database: it is not what was "
                "stored. Restore a backup."
            )
        found[row.item_id] = row.data
    return found


def contents_of(connection, kind, rows):
    """Return what a person looks at: arrays, dicts, texts, or paths.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Open on the tables.
    kind : dict
        How the items are stored.
    rows : list of rows
        The items, with ``id`` and ``name``.

    Returns
    -------
    contents : list
    """
    if kind["kind"] == "files":
        paths = kind.get("paths")
        names = [row.name if paths is None else paths[row.id] for row in rows]
        return [Path(kind["folder"], name) for name in names]
    data = _contents(connection, [row.id for row in rows])
    return [_shown(kind, data[row.id]) for row in rows]


def _shown(kind, data):
    if kind["kind"] == "text":
        return data.decode()
    if kind["kind"] == "frame":
        return dict(zip(kind["columns"], json.loads(data)))
    return np.frombuffer(data, dtype=kind["dtype"]).reshape(kind["shape"])


def rows_of(store, kind, ids):
    """Return the rows of some items as estimators take them.

    Parameters
    ----------
    store : Store
        The database.
    kind : dict
        How the rows are stored.
    ids : ndarray of int
        The items.

    Returns
    -------
    X : StoredRows, ImageRows, pandas.DataFrame or ndarray of str
        Arrays are read when needed.
    """
    if kind["kind"] == "array":
        return StoredRows(store, kind, ids)
    if kind["kind"] == "files":
        return ImageRows(store, kind, ids)
    data = read_contents(store, ids)
    if kind["kind"] == "text":
        return np.array([one.decode() for one in data], dtype=object)
    return _frame_of(kind, [json.loads(one) for one in data])


def _frame_of(kind, rows):
    pandas = require("pandas", "campaign", "A campaign of a data frame")
    frame = pandas.DataFrame(rows, columns=kind["columns"])
    for name, dtype in zip(kind["columns"], kind["dtypes"]):
        if dtype == "category":
            dtype = pandas.CategoricalDtype(kind["categories"][name])
        frame[name] = frame[name].astype(dtype)
    return frame
