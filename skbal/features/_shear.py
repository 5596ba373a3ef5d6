"""The slant of an image, and an image sheared by it.

With the intensity m of a pixel as its mass and means over that mass, the slant is

    s = cov(x, y) / var(y),

in pixels to the right for each row downwards. The row y of the upright image is row y
moved by s (y - mean(y)) to the left, so that afterwards cov(x, y) = 0.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

_SMALLEST = 1e-6  # variance of the rows as a share of the squared height: one row


def slants(mass):
    """Return the slant of images and the row of their centre of mass.

    Parameters
    ----------
    mass : ndarray of shape (n_images, height, width), dtype=float64
        Not negative.

    Returns
    -------
    slant : ndarray of shape (n_images,)
        Pixels to the right for each row downwards. 0 without mass, or where all of it
        is in one row.
    centre : ndarray of shape (n_images,)
        Row of the centre of mass, counted from 0.
    """
    _, height, width = mass.shape
    in_rows = mass.sum(axis=2)
    moments = mass @ (np.arange(width) - (width - 1) / 2)  # of each row
    total = in_rows.sum(axis=1, keepdims=True)
    in_rows, moments = (
        part / np.where(total > 0, total, 1) for part in (in_rows, moments)
    )
    y = np.arange(height)
    centre = (in_rows * y).sum(axis=1)
    below = y - centre[:, None]
    covariance = (below * moments).sum(axis=1)
    variance = (below**2 * in_rows).sum(axis=1)
    one_row = variance <= _SMALLEST * height**2
    return np.where(one_row, 0, covariance / np.where(one_row, 1, variance)), centre


def moved_left(rows, distances, ground):
    """Return rows of pixels moved to the left, with linear interpolation.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, width), dtype=float32
        The values.
    distances : ndarray of shape (n_rows,)
        Pixels; negative ones to the right.
    ground : ndarray of shape (n_rows,), dtype=float32
        Value beyond the ends of each row.

    Returns
    -------
    moved : ndarray of shape (n_rows, width), dtype=float32
    """
    n, width = rows.shape
    distances = np.clip(distances, -width, width)  # farther, only ground is seen
    whole = np.floor(distances).astype(np.intp)
    part = (distances - whole).astype(np.float32)[:, None]
    padded = np.repeat(ground[:, None], 3 * width + 1, axis=1)
    padded[:, width : 2 * width] = rows
    windows = sliding_window_view(padded, width + 1, axis=1)
    seen = windows[np.arange(n), whole + width]
    # In this form, equal neighbours keep their value exactly.
    return seen[:, :-1] + part * (seen[:, 1:] - seen[:, :-1])
