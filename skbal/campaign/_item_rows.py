"""The items of a campaign as rows, which estimators and query strategies take."""

import json

import numpy as np

from skbal.campaign._frames import frame_of
from skbal.campaign._image_rows import ImageRows
from skbal.campaign._items import read_contents


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
        self._store, self._ids = store, np.asarray(ids, dtype=np.int64)
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
    return frame_of(kind, [json.loads(one) for one in data])
