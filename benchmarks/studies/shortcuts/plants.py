"""Shortcuts planted into grey images with values in [0, 1].

Each function takes the images that carry the shortcut, (n_samples, height, width), and
a generator, and returns new images and the mask of what it changed, (height, width).
The strength is drawn once, so it is the same in all images.
"""

import numpy as np
from scipy import ndimage

_DARK = 0.1  # the background is darker, and joined to the border


def tag(images, rng):
    """A square of 4 to 6 pixels of random greys in a random corner."""
    height, width = images.shape[1:]
    side = rng.integers(4, 7)
    top, left = rng.choice([0, height - side]), rng.choice([0, width - side])
    here = slice(top, top + side), slice(left, left + side)
    images, mask = images.copy(), np.zeros((height, width), dtype=bool)
    images[:, *here] = rng.uniform(0.3, 1, size=(side, side))
    mask[here] = True
    return images, mask


def frame(images, rng):
    """A border of one or two pixels in one grey."""
    width = rng.integers(1, 3)
    mask = np.ones(images.shape[1:], dtype=bool)
    mask[width:-width, width:-width] = False
    return np.where(mask, rng.uniform(0.5, 1), images).astype(images.dtype), mask


def background(images, rng):
    """A background that is brighter by 0.15 to 0.3."""
    around = background_of(images)
    brighter = np.clip(images + rng.uniform(0.15, 0.3), 0, 1)
    mask = around.mean(axis=0) > 0.5
    return np.where(around, brighter, images).astype(images.dtype), mask


def background_of(images):
    """Return the dark pixels that are joined to the border, as masks."""
    masks = []
    for image in images:
        labels, _ = ndimage.label(image < _DARK)
        sides = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
        masks.append(np.isin(labels, sides[sides > 0]))
    return np.array(masks)


def blur(images, rng):
    """A Gaussian blur of 1 to 1.5 pixels."""
    width = rng.uniform(1, 1.5)
    blurred = ndimage.gaussian_filter(images, (0, width, width))
    return blurred, np.ones(images.shape[1:], dtype=bool)


def brightness(images, rng):
    """All values times 0.4 to 0.6."""
    darker = images * images.dtype.type(rng.uniform(0.4, 0.6))
    return darker, np.ones(images.shape[1:], dtype=bool)


KINDS = {
    "tag": tag,
    "frame": frame,
    "background": background,
    "blur": blur,
    "brightness": brightness,
}


def planted(X, y, kind, rng):
    """Plant a shortcut on 60 to 100% of the images of a random class.

    Parameters
    ----------
    X : ndarray of shape (n_samples, height, width)
        Images.
    y : ndarray of shape (n_samples,)
        Their classes.
    kind : str
        A name in `KINDS`.
    rng : numpy.random.Generator
        Decides on the class, the share, the rows and the strength.

    Returns
    -------
    X : ndarray of shape (n_samples, height, width)
        The images, of which some carry the shortcut.
    carries : ndarray of shape (n_samples,), dtype=bool
        Which.
    mask : ndarray of shape (height, width), dtype=bool
        What is changed in them.
    label : int
        The class.
    share : float
        The share of its rows that was aimed at.
    """
    label, share = rng.choice(np.unique(y)), rng.uniform(0.6, 1)
    carries = (y == label) & (rng.random(len(y)) < share)
    X = X.copy()
    X[carries], mask = KINDS[kind](X[carries], rng)
    return X, carries, mask, int(label), float(share)
