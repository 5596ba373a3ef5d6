"""Patches of images: cut out, with their contrast made alike, whitened, and encoded.

A patch p of d values, from all channels of an image, is normalised to

    x = (p - mean(p)) / sqrt(var(p) + f**2),

where f, the floor, keeps a patch of little contrast small. With C the mean of x x' over
many patches, C = V diag(c) V', a whitened patch is

    z = W x,    W = V diag(1 / sqrt(c + e)) V'.

Its values have variance near 1 and are nearly uncorrelated. W is symmetric, so z has
again the form of a patch ("ZCA"). The mean of x is not subtracted: each x has mean 0
already, and so a patch without contrast stays 0. A word w has length 1. At a place of
the image it answers w'z, and how far this is beyond a threshold t counts:

    max(0, w'z - t)    and    max(0, -w'z - t).

References
----------
.. [1] A. Coates, H. Lee and A. Y. Ng (2011). An analysis of single-layer networks in
   unsupervised feature learning. AISTATS. Section 3.
.. [2] A. Coates and A. Y. Ng (2012). Learning feature representations with k-means.
   Neural Networks: Tricks of the Trade. Springer. Sections 2 to 4.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from skbal._utils.chunks import chunks, rows_within

_MAX_MEMORY = 2**20  # bytes of answers at once, for the cache of a processor
_FAINTEST = 1e18  # a floor in units of an image; its square is in float32's range


def in_own_unit(images):
    """Return images in float32 with a zero and a unit of their own, and the units.

    The first value of each image becomes 0 and the largest distance from it 1, so that
    a small contrast upon a large offset is as good as any.

    Parameters
    ----------
    images : ndarray of shape (n_images, channels, height, width)
        Numbers of any real dtype, finite and not above 1e38.

    Returns
    -------
    images : ndarray of the same shape, dtype=float32
    units : ndarray of shape (n_images,), dtype=float64
        The largest distance in units of X; 1 if it is 0.
    """
    images = images.astype(np.float64)
    images -= images[:, :1, :1, :1].copy()
    units = np.abs(images).max(axis=(1, 2, 3))
    units[units == 0] = 1
    images /= units[:, None, None, None]
    return images.astype(np.float32), units


def windows(images, size):
    """Return a view of all square patches of images.

    Parameters
    ----------
    images : ndarray of shape (n_images, channels, height, width)
        The images.
    size : int
        Height and width of a patch.

    Returns
    -------
    patches : ndarray of shape (n_images, n_rows, n_columns, channels, size, size)
        The patch at row i and column j has its upper left corner there.
    """
    return sliding_window_view(images, (size, size), axis=(2, 3)).transpose(
        0, 2, 3, 1, 4, 5
    )


def normalised(patches, floor):
    """Return patches of mean 0 and, unless they are faint, of variance near 1.

    Parameters
    ----------
    patches : ndarray of shape (n_patches, n_values), dtype=float32
        Patches of images in units of their own.
    floor : float or ndarray of shape (n_patches, 1)
        The floor f in the same units.

    Returns
    -------
    patches : ndarray of the same shape, dtype=float32
        (p - mean(p)) / sqrt(var(p) + f**2), and 0 where this is 0 / 0.
    """
    patches = patches - patches.mean(axis=1, keepdims=True)
    length = np.sqrt(np.einsum("ij,ij->i", patches, patches) / patches.shape[1])
    floor = np.float32(np.minimum(floor, _FAINTEST))
    scale = np.hypot(length[:, None], floor)
    scale[scale == 0] = 1
    patches /= scale
    return patches


def whitening_matrix(patches, floor):
    """Return the symmetric matrix that makes values of patches uncorrelated.

    Parameters
    ----------
    patches : ndarray of shape (n_patches, n_values)
        Normalised patches.
    floor : float
        e, as a share of the mean eigenvalue, larger than 0.

    Returns
    -------
    matrix : ndarray of shape (n_values, n_values), dtype=float32
        W, or the identity if all patches are 0.
    """
    values, vectors = np.linalg.eigh(patches.T @ patches / np.float64(len(patches)))
    mean = values.mean()
    if mean <= 0:
        return np.eye(len(values), dtype=np.float32)
    values = np.maximum(values, 0) + floor * mean
    return ((vectors / np.sqrt(values)) @ vectors.T).astype(np.float32)


def cells(n_places, n_cells):
    """Return the slices that cut places along an axis into cells of nearly equal size.

    Parameters
    ----------
    n_places : int
        Number of places, at least ``n_cells``.
    n_cells : int
        Number of cells.

    Returns
    -------
    slices : list of slice

    Examples
    --------
    >>> cells(7, 2)
    [slice(0, 4, None), slice(4, 7, None)]
    """
    parts = np.array_split(np.arange(n_places), n_cells)
    return [slice(int(part[0]), int(part[-1]) + 1) for part in parts]


def mean_answers(patches, floor, filters, threshold):
    """Return the mean answers of words over places, beyond the threshold.

    Parameters
    ----------
    patches : ndarray of shape (n_rows, n_columns, channels, size, size)
        The patches at the places; a view, which is copied in strips of rows.
    floor : float
        As for `normalised`.
    filters : ndarray of shape (n_values, n_words)
        W w for each word w.
    threshold : float
        t.

    Returns
    -------
    answers : ndarray of shape (2, n_words), dtype=float32
        Means of max(0, w'z - t), then of max(0, -w'z - t).
    """
    n_rows, n_columns = patches.shape[:2]
    n_values, n_words = filters.shape
    row_bytes = np.float32().nbytes * n_columns * max(n_values, n_words)
    answers = np.zeros((2, n_words), dtype=np.float32)
    for strip in chunks(n_rows, rows_within(row_bytes, max_memory=_MAX_MEMORY)):
        found = normalised(patches[strip].reshape(-1, n_values), floor) @ filters
        for answer, sign in zip(answers, (1, -1)):
            beyond = np.multiply(found, sign)
            beyond -= threshold
            answer += np.maximum(beyond, 0, out=beyond).sum(axis=0)
    return answers / (n_rows * n_columns)
