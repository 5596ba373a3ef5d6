"""Real galaxies: has it a spiral? Images of Galaxy Zoo 2, with a class and no votes.

The file ``gz2_spirals.npz`` holds 1,000 galaxies that most volunteers called spirals
and 1,000 others. A label is one vote for the class.
"""

from pathlib import Path

import numpy as np

FILE = "gz2_spirals.npz"
_WIDTH = 2  # of a ring, in pixels


def load_spirals(folder):
    """Return images of shape (2000, 64, 64) and votes of shape (2000, 2)."""
    with np.load(Path(folder, FILE)) as file:
        images, is_spiral = file["X"].astype(np.float64), file["y"].astype(np.int64)
    return images, np.stack([is_spiral, np.ones_like(is_spiral)], axis=1)


def small(images):
    """Return images of 32 pixels for a network, each with mean 0 and variance 1."""
    n = len(images)
    images = images.reshape(n, 1, 32, 2, 32, 2).mean(axis=(3, 5))
    images -= images.mean(axis=(1, 2, 3), keepdims=True)
    return (images / images.std(axis=(1, 2, 3), keepdims=True)).astype(np.float32)


def rings(images):
    """Return columns that stay the same when a galaxy is turned.

    For 16 rings around the middle: mean and scatter of the brightness, mean slope, and
    mean difference from the galaxy upside down; and the mean strength of the
    frequencies of 16 rings. Each column has mean 0 and variance 1.
    """
    size = images.shape[1]
    place = np.arange(size) - (size - 1) / 2
    ring = (np.hypot(*np.meshgrid(place, place)) / _WIDTH).astype(int)
    slope = np.hypot(*np.gradient(images, axis=(1, 2)))
    turned = np.abs(images - images[:, ::-1, ::-1])
    spectrum = np.fft.fftshift(np.fft.fft2(images), axes=(1, 2))
    spectrum = np.log1p(np.abs(spectrum))
    columns = []
    for number in range(size // 2 // _WIDTH):
        inside = ring == number
        columns.append(images[:, inside].std(axis=1))
        for values in (images, slope, turned, spectrum):
            columns.append(values[:, inside].mean(axis=1))
    columns = np.stack(columns, axis=1)
    return (columns - columns.mean(axis=0)) / columns.std(axis=0)
