"""Image files as rows of pixels, which are read when needed."""

from pathlib import Path

import numpy as np
import sqlalchemy as sa

from skbal._utils.fits_files import ENDINGS as FITS
from skbal._utils.image_files import read_fits, read_picture, resized, with_channels
from skbal.campaign._tables import item
from skbal.exceptions import CampaignError

_OWNER = "Campaign.retrain"
_PICTURES = ("PNG", "JPEG", "GIF", "WEBP")  # what people can be shown
_LONGEST_SIDE = 64  # pixels; larger images are shrunk


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
        (n_items, channels, height, width), as the first item of the campaign has them:
        1 channel if it is grey, 3 if it has colours, and its size, shrunk so that the
        longer side has at most 64 pixels. All others are stretched to it, since rows
        must be of equal shape. Pixels are in [0, 1], as `load_images` reads them.
    dtype : numpy.dtype
        float32.
    """

    def __init__(self, store, kind, ids):
        self._store, self._kind = store, kind
        self._ids = np.asarray(ids, dtype=np.int64)
        (first,) = self._paths(np.array([0]))
        channels, *size = _read(first).shape
        shrunk = min(1, _LONGEST_SIDE / max(size))
        size = [max(1, round(shrunk * side)) for side in size]
        self.dtype, self.shape = np.dtype(np.float32), (len(self._ids), channels, *size)
        self.ndim = len(self.shape)

    def __len__(self):
        return len(self._ids)

    def __getitem__(self, rows):
        ids = self._ids[rows]
        if np.ndim(ids) == 0:
            return self[[rows]][0]
        pixels = np.empty((len(ids), *self.shape[1:]), dtype=self.dtype)
        size = self.shape[2:]
        rows_of = {}
        for row, path in enumerate(self._paths(ids)):
            rows_of.setdefault(path, []).append(row)
        for path, places in rows_of.items():
            image = with_channels(_read(path), self.shape[1])
            same = image.shape[1:] == size
            pixels[places] = image if same else resized(image, size, _OWNER)
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


def _read(path):
    """Return an image of shape (channels, height, width) in [0, 1]."""
    try:
        if path.name.lower().endswith(FITS):
            return read_fits(path, _OWNER)
        return read_picture(path, _OWNER, _PICTURES)
    except (ImportError, MemoryError):
        raise
    # What a damaged file raises: pillow and astropy have errors of many kinds.
    except Exception as error:
        why = str(error).rstrip(".") or type(error).__name__
        raise CampaignError(
            f"Images of the campaign cannot be read as rows of pixels: {path}: {why}."
        ) from error
