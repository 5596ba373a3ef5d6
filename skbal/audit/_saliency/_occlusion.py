"""Maps by hiding a part of a row after another, and looking at the change."""

from itertools import product

import numpy as np

from skbal._utils.chunks import chunks, rows_within
from skbal.audit._saliency._rows import spatial_axes


def patches_of(map_shape, patch, stride):
    """Return the parts of a row that are hidden one after the other.

    Parameters
    ----------
    map_shape : tuple of int
        Shape of the map of a row.
    patch, stride : int
        Side of a square, and the distance between squares, in pixels. In a row of
        columns they count columns. The last square may stick out of the image.

    Returns
    -------
    patches : list of tuple of slice
        Indices into a map. All channels are hidden at once.

    Examples
    --------
    >>> patches_of((4,), 2, 1)[:2]
    [(slice(0, 2, None),), (slice(1, 3, None),)]
    """
    axes = spatial_axes(map_shape) or (0,)
    sides = [_cuts(map_shape[axis], patch, stride) for axis in axes]
    found = []
    for cuts in product(*sides):
        where = [slice(None)] * len(map_shape)
        for axis, cut in zip(axes, cuts):
            where[axis] = cut
        found.append(tuple(where))
    return found


def _cuts(length, patch, stride):
    patch = min(patch, length)
    # The first start at which a patch reaches the end is the last one.
    n_more = -(-(length - patch) // stride)
    return [
        slice(k * stride, min(k * stride + patch, length)) for k in range(n_more + 1)
    ]


class Occlusion:
    """Draws of rows, and maps of how much a value falls where a pixel is hidden.

    Parameters
    ----------
    draw : callable
        Takes rows in the form of X and returns draws of shape (n_rows, n_draws,
        n_outputs).
    rows : Rows
        The rows of X.
    baseline : ndarray of shape (1, ...)
        What a hidden part is replaced by.
    patch, stride : int
        See `patches_of`.
    batch_size : int, optional
        Number of rows predicted at once.

    Attributes
    ----------
    rows_at_once : int
        This number.
    """

    def __init__(self, draw, rows, baseline, patch, stride, batch_size=None):
        self._draw, self._rows, self._baseline = draw, rows, baseline
        self._patches = patches_of(rows.map_shape, patch, stride)
        row_bytes = 16 * rows.values[0].size
        self.rows_at_once = batch_size or rows_within(row_bytes, largest=1024)
        self._count = np.zeros(rows.map_shape)
        for where in self._patches:
            self._count[where] += 1

    def draws(self, values):
        """Return draws of rows, (n_rows, n_draws, n_outputs).

        Parameters
        ----------
        values : ndarray of shape (n_rows, ...)
            The rows, as numbers.
        """
        return self._draw(self._rows.as_given(values))

    def maps(self, values, objective):
        """Return the mean fall of the objective over the patches that hide a pixel.

        Parameters
        ----------
        values : ndarray of shape (n_rows, ...)
            The rows, as numbers.
        objective : object
            See `_objectives`.

        Returns
        -------
        maps : ndarray of shape (n_rows, ...)
        """
        images = self._rows.as_maps(values)
        maps = np.zeros(images.shape)
        n_patches = len(self._patches)
        for rows in chunks(len(images), max(self.rows_at_once // (n_patches + 1), 1)):
            for chosen in chunks(n_patches, self.rows_at_once):
                patches = self._patches[chosen]
                falls = self._falls(images, rows, patches, objective)
                for where, fall in zip(patches, falls.T):
                    # One number per row, for all pixels of the patch.
                    ones = (-1, *(1 for _ in self._rows.map_shape))
                    maps[(rows, *where)] += fall.reshape(ones)
        return (maps / self._count).reshape(values.shape)

    def _falls(self, images, rows, patches, objective):
        """Return values of images minus those with a patch hidden, (n, n_patches)."""
        # An image is in the same call as its copies: the draws of a Gaussian process
        # are joint within a call only.
        hidden = self._rows.as_maps(self._baseline)[0]
        n_each = len(patches) + 1
        changed = np.repeat(images[rows, np.newaxis], n_each, axis=1)
        for place, where in enumerate(patches, start=1):
            changed[(slice(None), place, *where)] = hidden[where]
        numbers = np.repeat(np.arange(rows.start, rows.stop), n_each)
        draws = self.draws(changed.reshape(-1, *self._rows.map_shape))
        found = objective.value(draws, numbers).reshape(-1, n_each)
        return found[:, :1] - found[:, 1:]
