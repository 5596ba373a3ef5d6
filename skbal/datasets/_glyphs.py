"""Handwritten signs of an invented alphabet with any number of classes."""

from functools import lru_cache

import numpy as np
from sklearn.utils import Bunch

from skbal._utils.random import check_seed, stream
from skbal._utils.validation import MOST_IN_MEMORY, check_count, check_real

_OWNER = "make_glyphs"
_MOST_CLASSES = 100
_N_STROKES = 3
_N_POINTS = 9  # of a stroke, which is drawn as a chain of 8 segments
_CHUNK = 64  # images made at once; see `_Hand`
_CELLS = 2**21  # most distances of pixels from segments that are held at once
_ANCHORS = np.linspace(0.2, 0.8, 3)  # places where strokes begin and end
_BENDS = (-0.4, 0.0, 0.0, 0.4)  # of a stroke, in units of its length
_USUAL = 1.25  # movements at which a CNN reads half of 47 signs with 300 labels
_APART = 0.12  # least distance of two glyphs, see `_distances`

_DESCR = """\
{n:,} handwritten signs of {n_classes} classes, {size} x {size} pixels
------------------------------------------------------------------
Each sign of an invented alphabet consists of three strokes. Every second sign shares
two of them with the sign before it. {n_writers} writers have slants, pens and sizes of
their own, and no two signs of a writer are alike. The target is the number of the sign.
"""


def make_glyphs(
    n_samples=5000,
    n_classes=47,
    random_state=None,
    *,
    image_size=28,
    variation=1.0,
    n_writers=100,
    alphabet=0,
    return_X_y=False,
):
    """Return images of handwritten signs of an invented alphabet.

    A stand-in without a download for sets of many classes, such as the 47 classes of
    EMNIST on which BatchBALD was tested [1]_. With many classes, a batch may hold
    several rows of some classes and none of others.

    Parameters
    ----------
    n_samples : int, default=5000
        Number of images.
    n_classes : int, default=47
        Number of signs in the alphabet, from 2 to 100.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Decides how the signs are written. An integer gives the same images at every
        call, and image i does not depend on ``n_samples``.
    image_size : int, default=28
        Height and width in pixels, at least 8.
    variation : float, default=1.0
        How much the images of a class differ: 0 makes them all alike, and 2 moves
        everything twice as far. At most 10.
    n_writers : int, default=100
        Number of writers. Each has a slant, a thickness of the pen and a size.
    alphabet : int, default=0
        Seed of the signs themselves. Sign c does not depend on ``n_classes``. Training
        and test images need the same ``alphabet``.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    glyphs : sklearn.utils.Bunch
        With the entries

        data : ndarray of shape (n_samples, image_size ** 2), dtype=float32
            Pixels in [0, 1].
        target : ndarray of shape (n_samples,), dtype=int64
            The signs, 0 to n_classes - 1. Rows 0 to n_classes - 1 hold each sign once,
            in random order, and so does each further block of n_classes rows.
        images : ndarray of shape (n_samples, 1, image_size, image_size), dtype=float32
            A view of ``data`` as images, channels first.
        writers : ndarray of shape (n_samples,), dtype=int64
            The number of the writer of each image, from 0.
        target_names : ndarray of shape (n_classes,)
            The numbers of the signs.
        DESCR : str
            Description of the data set.

        With ``return_X_y``, the tuple ``(data, target)`` instead.

    Raises
    ------
    TypeError, ValueError
        If a parameter has a wrong type or value.

    See Also
    --------
    load_emnist : Real letters and digits, from files of your own.

    References
    ----------
    .. [1] A. Kirsch, J. van Amersfoort and Y. Gal (2019), BatchBALD: Efficient and
       Diverse Batch Acquisition for Deep Bayesian Active Learning, section 4.4.

    Examples
    --------
    >>> from skbal.datasets import make_glyphs
    >>> glyphs = make_glyphs(100, random_state=0)
    >>> glyphs.images.shape
    (100, 1, 28, 28)
    >>> len(set(glyphs.target[:47].tolist()))
    47
    """
    n = check_count(n_samples, "n_samples", _OWNER, most=MOST_IN_MEMORY)
    n_classes = _checked_classes(n_classes)
    size = check_count(image_size, "image_size", _OWNER, smallest=8, most=2**10)
    variation = _USUAL * check_real(variation, "variation", _OWNER, low=0, high=10)
    n_writers = check_count(n_writers, "n_writers", _OWNER, most=MOST_IN_MEMORY)
    signs = _alphabet(n_classes, check_seed(alphabet, f"{_OWNER} (alphabet)"))
    seed = check_seed(random_state, _OWNER)
    target = _balanced(n, n_classes, stream(seed, _OWNER, "target"))
    writers = stream(seed, _OWNER, "writers").integers(n_writers, size=n)
    data = np.empty((n, size * size), dtype=np.float32)
    for number, start in enumerate(range(0, n, _CHUNK)):
        rows = slice(start, start + _CHUNK)
        style = _style(writers[rows], n_writers, seed)
        hand = _Hand(stream(seed, _OWNER, "hand", number), len(style), variation)
        points, radius = _written(signs[target[rows]], style, hand)
        data[rows] = _inked(points, radius, size)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        images=data.reshape(n, 1, size, size),
        writers=writers,
        target_names=np.arange(n_classes),
        DESCR=_DESCR.format(n=n, n_classes=n_classes, size=size, n_writers=n_writers),
    )


def _checked_classes(n_classes):
    n_classes = check_count(n_classes, "n_classes", _OWNER, smallest=2)
    if n_classes > _MOST_CLASSES:
        raise ValueError(
            f"n_classes of {_OWNER} must be at most {_MOST_CLASSES}, got {n_classes}: "
            "more signs of three strokes would hardly differ."
        )
    return n_classes


def _balanced(n, n_classes, rng):
    """Return classes of shape (n,): blocks that hold each class once."""
    blocks = [rng.permutation(n_classes) for _ in range(-(-n // n_classes))]
    return np.concatenate(blocks)[:n]


# -------------------------------------------------------------------------- alphabet


@lru_cache(maxsize=4)
def _alphabet(n_classes, seed):
    """Return the strokes of each sign, shape (n_classes, 3 strokes, 3 points, 2).

    A stroke is a quadratic Bezier curve: where it begins, what it bends to, where it
    ends. No sign is nearly the same as an earlier one.
    """
    signs = np.empty((n_classes, _N_STROKES, 3, 2))
    shapes = np.empty((n_classes, _N_STROKES * _N_POINTS, 2))
    for number in range(n_classes):
        rng = stream(seed, _OWNER, "sign", number)
        gap = 0
        while gap <= _APART:
            signs[number] = _sign(rng, signs[number - 1] if number % 2 else None)
            shapes[number] = _points(signs[number]).reshape(-1, 2)
            gap = _distances(shapes[number], shapes[:number]).min(initial=np.inf)
    signs.setflags(write=False)  # it is kept for the next call
    return signs


def _sign(rng, relative):
    """Return a new sign, or one that shares two strokes with its relative."""
    sign = np.empty((_N_STROKES, 3, 2)) if relative is None else relative.copy()
    first = 0 if relative is None else _N_STROKES - 1
    for number in range(first, _N_STROKES):
        # Strokes hang together: each begins where an earlier one begins or ends.
        ends = sign[:number, ::2].reshape(-1, 2)
        start = rng.choice(ends) if number else rng.choice(_ANCHORS, size=2)
        end = start
        while np.array_equal(end, start):
            end = rng.choice(_ANCHORS, size=2)
        across = (end - start)[::-1] * [-1, 1]
        sign[number] = start, (start + end) / 2 + rng.choice(_BENDS) * across, end
    return sign


def _distances(shape, others):
    """Return how far a sign is from each of others, shape (n_others,).

    It is the mean distance of the points of one sign from the nearest point of the
    other one, times 3, for a stroke that is missing is a third of the points.
    """
    gaps = np.linalg.norm(shape[:, np.newaxis] - others[:, np.newaxis], axis=-1)
    there, back = gaps.min(axis=1).mean(axis=1), gaps.min(axis=2).mean(axis=1)
    return _N_STROKES * np.maximum(there, back)


def _points(strokes):
    """Return points (..., 16, 2) along Bezier curves given by (..., 3, 2)."""
    t = np.linspace(0, 1, _N_POINTS)
    weights = np.stack([(1 - t) ** 2, 2 * t * (1 - t), t**2], axis=1)
    return weights @ strokes


# --------------------------------------------------------------------------- writing


def _style(writers, n_writers, seed):
    """Return slant, size and pen of the writer of each row, shape (n, 3)."""
    styles = stream(seed, _OWNER, "styles").standard_normal((n_writers, 3))
    return styles[writers]


class _Hand:
    """Random movements of the hand, the same for a row whatever rows come after it."""

    def __init__(self, rng, n_samples, variation):
        self.rng, self.n_samples, self.variation = rng, n_samples, variation

    def moves(self, *shape):
        """Return standard normal numbers (n_samples, *shape) times the variation."""
        numbers = self.rng.standard_normal((_CHUNK, *shape))[: self.n_samples]
        return self.variation * numbers


def _written(strokes, style, hand):
    """Return points (n, 3 strokes, 9, 2) on the page, and the radius of the pen (n,).

    The unit is the width of the image.
    """
    points = _points(strokes + 0.045 * hand.moves(_N_STROKES, 3, 2)) - 0.5
    points = points + 0.03 * _smooth(points, hand)
    own, style = hand.moves(6), hand.variation * style
    slant = 0.22 * style[:, 0] + 0.08 * own[:, 0]
    size = np.exp(0.08 * style[:, 1] + 0.06 * own[:, 1])
    width = np.exp(0.1 * own[:, 2])
    turn = 0.12 * own[:, 3]
    # (x, y) -> ((width x + slant y), y) -> turned -> larger: (n, 2, 2)
    leaning = np.array([[width, slant], [np.zeros_like(slant), np.ones_like(slant)]])
    turning = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = np.einsum("ijn,jkn,n->nik", turning, leaning, size)
    page = np.einsum("nik,nspk->nspi", matrix, points)
    page += 0.5 + 0.035 * own[:, np.newaxis, np.newaxis, 4:]
    return page, 0.035 * np.exp(0.25 * style[:, 2])


def _smooth(points, hand):
    """Return moves (n, 3, 9, 2) that are alike for points near to each other."""
    waves = 5 * hand.moves(2, 2)  # radians over the width of the image
    heights, phases = hand.moves(2), np.pi * hand.moves(2)
    bent = np.einsum("nspk,nki->nspi", points, waves)
    return heights[:, None, None] * np.cos(bent + phases[:, None, None])


def _inked(points, radius, size):
    """Return images of shape (n, size ** 2), float32, in [0, 1]."""
    points = points.astype(np.float32)
    starts = points[:, :, :-1].reshape(len(points), -1, 2)
    steps = np.diff(points, axis=2).reshape(starts.shape)
    images = np.empty((len(points), size * size), dtype=np.float32)
    n_rows = max(_CELLS // (size * size * starts.shape[1]), 1)
    for first in range(0, len(points), n_rows):
        rows = slice(first, first + n_rows)
        distance = _distance_of_pixels(starts[rows], steps[rows], size)
        # Ink ends within a pixel around the edge of the pen.
        images[rows] = (radius[rows, np.newaxis] - distance) * size + 0.5
    return np.clip(images, 0, 1, out=images)


def _distance_of_pixels(starts, steps, size):
    """Return the distance (n, pixels) of the centre of each pixel from the strokes."""
    centres = (np.arange(size, dtype=np.float32) + 0.5) / size
    pixels = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)  # x, y
    lengths = np.maximum(np.sum(steps**2, axis=2), 1e-12)[:, np.newaxis]
    # All that follows has shape (n, pixels, segments).
    along = pixels @ steps.transpose(0, 2, 1)
    along -= np.sum(starts * steps, axis=2)[:, np.newaxis]
    place = np.clip(along / lengths, 0, 1)  # of the nearest point of the segment
    squares = -2 * pixels @ starts.transpose(0, 2, 1)
    squares += np.sum(pixels**2, axis=1)[:, np.newaxis]
    squares += np.sum(starts**2, axis=2)[:, np.newaxis]
    squares -= place * (2 * along - place * lengths)
    return np.sqrt(np.maximum(squares.min(axis=2), 0))
