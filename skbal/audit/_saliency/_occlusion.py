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
    """

    def __init__(self, draw, rows, baseline, patch, stride, batch_size=None):
        self._draw, self._rows, self._baseline = draw, rows, baseline
        self._patches = patches_of(rows.map_shape, patch, stride)
        row_bytes = 16 * rows.values[0].size
        self._step = batch_size or rows_within(row_bytes, largest=1024)
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
        hidden = self._rows.as_maps(self._baseline)[0]
        maps = np.zeros((len(values), *self._rows.map_shape))
        for number, image in enumerate(self._rows.as_maps(values)):
            for chosen in chunks(len(self._patches), self._step):
                patches = self._patches[chosen]
                falls = self._falls(number, image, hidden, patches, objective)
                for where, fall in zip(patches, falls):
                    maps[number][where] += fall
        return (maps / self._count).reshape(values.shape)

    def _falls(self, number, image, hidden, patches, objective):
        """Return the value of the image minus those with a patch hidden."""
        # The image is the first row of the same call: the draws of a Gaussian process
        # are joint within a call only.
        changed = np.repeat(image[np.newaxis], len(patches) + 1, axis=0)
        for place, where in enumerate(patches, start=1):
            changed[place][where] = hidden[where]
        draws = self.draws(changed)
        values = objective.value(draws, np.full(len(draws), number))
        return values[0] - values[1:]
