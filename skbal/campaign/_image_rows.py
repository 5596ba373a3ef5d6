"""Image files as rows of pixels, which are read when needed."""

from pathlib import Path

import numpy as np
import sqlalchemy as sa

from skbal._utils.optional import require
from skbal.campaign._tables import item
from skbal.exceptions import CampaignError

SIDE = 64  # pixels to which images are scaled, in both directions


class ImageRows:
    """The images of a campaign as a pool that is read file by file.

    Parameters
    ----------
    store : Store
        The database, which has the names of the items.
    kind : dict
        How the items are stored, with the folder of the files.
    ids : ndarray of int
        The items.

    Attributes
    ----------
    shape : tuple of int
        (n_items, 3, 64, 64): red, green and blue, each scaled to [0, 1]. All images are
        scaled to one size, since estimators take rows of equal shape.
    dtype : numpy.dtype
        float32.
    """

    def __init__(self, store, kind, ids):
        self._store, self._kind = store, kind
        self._ids = np.asarray(ids, dtype=np.int64)
        self.dtype, self.shape = np.dtype(np.float32), (len(self._ids), 3, SIDE, SIDE)
        self.ndim = len(self.shape)

    def __len__(self):
        return len(self._ids)

    def __getitem__(self, rows):
        ids = self._ids[rows]
        if np.ndim(ids) == 0:
            return self[[rows]][0]
        pixels = np.empty((len(ids), *self.shape[1:]), dtype=self.dtype)
        for row, path in enumerate(self._paths(ids)):
            pixels[row] = read_image(path)
        return pixels

    def _paths(self, ids):
        paths = self._kind.get("paths")
        if paths is None:
            paths = self._store.read(lambda connection: _names(connection, ids))
        return [Path(self._kind["folder"], paths[number]) for number in ids.tolist()]


def _names(connection, ids):
    query = sa.select(item.c.id, item.c.name)
    if len(ids) < 500:  # so many numbers fit into a statement
        query = query.where(item.c.id.in_(ids.tolist()))
    return dict(map(tuple, connection.execute(query)))


def read_image(path):
    """Return an image file as an array of shape (3, 64, 64) in [0, 1].

    Raises
    ------
    CampaignError
        If the file is missing or no image that Pillow reads.
    """
    image = require("PIL.Image", "campaign", "A model of image files")
    try:
        with image.open(path) as opened:
            small = opened.convert("RGB").resize((SIDE, SIDE), image.Resampling.BOX)
    except OSError as error:  # also what Pillow does not know
        raise CampaignError(
            f"{path}, an item of the campaign, cannot be read as an image ({error})."
        ) from error
    return np.moveaxis(np.asarray(small, dtype=np.float32) / 255, 2, 0)
