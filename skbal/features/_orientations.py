"""Gradients of images, and histograms of their directions in a grid of cells.

The directions are d_k = (cos t_k, sin t_k) with t_k = 2 pi k / n_orientations. The
gradient g of a pixel is the sum of its shares in the two directions next to it,

    g = sum over k of m_k d_k,    m_k = max(0, min(d_{k-1} x g, g x d_{k+1}) / sin t_1),

where a x b = a_x b_y - a_y b_x. Each map m_k is blurred and read at the centres of the
cells. Along one axis both are one product with a small matrix (`cell_weights`), so that
a histogram is A m_k B', with A for the rows of the image and B for its columns.

Splitting a gradient between two directions, and a pixel between cells, is the soft
voting of [1]_. It matters: with each gradient in all directions within a right angle,
max(0, d_k . g), twice as many of the 10 nearest neighbours of a digit are others.

References
----------
.. [1] N. Dalal and B. Triggs (2005). Histograms of oriented gradients for human
   detection. CVPR. Section 6.3.
"""

import numpy as np


def in_unit_range(images):
    """Return images in float32 with another zero and another unit.

    The first pixel of each channel becomes 0 and the largest distance from it 1, so
    that a small contrast upon a large offset is as good as any. Directions of gradients
    are as before, and so are their relative lengths within an image.

    Parameters
    ----------
    images : ndarray of shape (n_images, channels, height, width)
        Numbers of any real dtype, finite and not above 1e38.

    Returns
    -------
    images : ndarray of the same shape, dtype=float32
    """
    exact = np.float32 if np.can_cast(images.dtype, np.float32) else np.float64
    images = images.astype(exact)
    images -= images[:, :, :1, :1].copy()
    largest = np.abs(images).max(axis=(1, 2, 3), keepdims=True)
    images /= np.where(largest > 0, largest, exact(1))
    return images.astype(np.float32, copy=False)


def gradients(images):
    """Return twice the central differences along both axes.

    Parameters
    ----------
    images : ndarray of shape (n_images, channels, height, width)
        Beyond its borders an image goes on with the pixels at the border.

    Returns
    -------
    along_x, along_y : ndarray of shape (n_images, channels, height, width)
        x counts columns to the right, y rows downwards.
    """
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")
    along_x = padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]
    along_y = padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]
    return along_x, along_y


def strongest(along_x, along_y):
    """Return the gradient of the channel in which it is longest, at each pixel.

    Parameters
    ----------
    along_x, along_y : ndarray of shape (n_images, channels, height, width)
        Gradients of each channel.

    Returns
    -------
    along_x, along_y : ndarray of shape (n_images, height, width)
        Of several channels with equal lengths, the first.
    """
    if along_x.shape[1] == 1:
        return along_x[:, 0], along_y[:, 0]
    channel = np.hypot(along_x, along_y).argmax(axis=1)[:, None]
    return tuple(
        np.take_along_axis(part, channel, axis=1)[:, 0] for part in (along_x, along_y)
    )


def cell_weights(n_pixels, n_cells, sigma=None):
    """Return the weights with which pixels along an axis count in each cell.

    Parameters
    ----------
    n_pixels : int
        Number of pixels along the axis.
    n_cells : int
        Number of cells of equal length that cover the axis.
    sigma : float, optional
        Standard deviation of the Gaussian around the centre of a cell, in pixels.
        ``None`` takes half the length of a cell.

    Returns
    -------
    weights : ndarray of shape (n_cells, n_pixels), dtype=float32
        Each row sums to one.

    Examples
    --------
    >>> cell_weights(4, 2).round(2)
    array([[0.41, 0.41, 0.15, 0.02],
           [0.02, 0.15, 0.41, 0.41]], dtype=float32)
    """
    length = n_pixels / n_cells
    centres = (np.arange(n_cells) + 0.5) * length - 0.5
    squares = ((np.arange(n_pixels) - centres[:, None]) / (sigma or length / 2)) ** 2
    # The nearest pixel has the exponent 0, however narrow the Gaussian is.
    weights = np.exp(-0.5 * (squares - squares.min(axis=1, keepdims=True)))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def orientation_maps(along_x, along_y, n_orientations):
    """Yield the share of each direction in the gradients.

    Parameters
    ----------
    along_x, along_y : ndarray of shape (n_images, height, width), dtype=float32
        Gradients.
    n_orientations : int
        Number of directions, at least 4.

    Yields
    ------
    share : ndarray of shape (n_images, height, width), dtype=float32
        m_k, not negative.
    """
    step = 2 * np.pi / n_orientations

    def after(k):  # d_k x g / sin t_1, positive if g lies less than 180 degrees after
        angle = k * step
        turned = np.float32(np.cos(angle) / np.sin(step)) * along_y
        turned -= np.float32(np.sin(angle) / np.sin(step)) * along_x
        return turned

    behind, here = after(-1), after(0)
    for k in range(n_orientations):
        ahead = after(k + 1)
        share = np.minimum(behind, -ahead)
        yield np.maximum(share, 0, out=share)
        behind, here = here, ahead


def in_cells(maps, rows, columns):
    """Return maps, blurred and read at the centres of cells.

    Parameters
    ----------
    maps : ndarray of shape (n_images, height, width), dtype=float32
        The values of pixels.
    rows : ndarray of shape (n_rows, height), dtype=float32
        Weights of the rows of pixels in each row of cells; see `cell_weights`.
    columns : ndarray of shape (n_columns, width), dtype=float32
        The same for columns.

    Returns
    -------
    cells : ndarray of shape (n_images, n_rows, n_columns), dtype=float32
        The numbers of an image do not depend on the other images: each has products of
        its own.
    """
    return rows @ maps @ columns.T


def root_of_shares(histograms):
    """Return the square roots of the shares of the sum: rows of unit length.

    Parameters
    ----------
    histograms : ndarray of shape (n_images, n_features)
        Not negative.

    Returns
    -------
    features : ndarray of shape (n_images, n_features)
        Zeros where the sum is zero.
    """
    sums = histograms.sum(axis=1, keepdims=True)
    return np.sqrt(histograms / np.where(sums > 0, sums, 1))
