"""The nearest other rows of each row, also after it was shifted or flipped.

Images are compared in few coordinates, those along which images differ most. Structure
lies there and noise does not, so that a noisy copy is near to its original. They are
centred before and scaled afterwards, so that brightness and contrast do not matter, and
noise in the other directions does not shrink an image.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from skbal._utils.chunks import rows_within
from skbal._utils.random import next_seed, stream

N_NEIGHBORS = 40
FEWEST_ROWS = 12  # with fewer, there are no neighbours to compare a gap with
_N_COORDINATES = 60
_TO_FIT = 5000  # rows that the coordinates are found from
_MOST_POINTS = 200  # columns of a table that are not reduced
# Row and column by which an image is moved.
_SHIFTS = [(up, left) for up in (-1, 0, 1) for left in (-1, 0, 1)]
_FLIPS = {
    "mirrored": (slice(None), slice(None, None, -1)),
    "upside down": (slice(None, None, -1), slice(None)),
    "turned by 180 degrees": (slice(None, None, -1), slice(None, None, -1)),
}


@dataclass(frozen=True)
class Neighbours:
    """Nearest other rows of each row.

    Attributes
    ----------
    how : str
        What was done to the row before it was compared, in words.
    rows : ndarray of shape (n_rows, n_neighbors), dtype=intp
        The neighbours, nearest first.
    distances : ndarray of shape (n_rows, n_neighbors)
        Their distances, ascending.
    """

    how: str
    rows: np.ndarray
    distances: np.ndarray


def neighbours_of_points(points, seed):
    """Return the nearest other rows of each row of a table.

    Parameters
    ----------
    points : ndarray of shape (n_rows, n_features)
        Different rows.
    seed : int
        Seed of the coordinates, which are used if there are many features.

    Returns
    -------
    found : list of Neighbours
        With one entry.
    """
    if not points.shape[1]:
        return []
    if points.shape[1] > _MOST_POINTS:
        points = _coordinates(points, seed).transform(points)
    rows = _candidates(points, points)[0]
    return [_sorted("as it is", rows, _distances(points, points, rows))]


def neighbours_of_images(images, seed):
    """Return the nearest other images of each image, as it is, moved and flipped.

    Parameters
    ----------
    images : ndarray of shape (n_rows, channels, height, width), dtype=float32
        Different images.
    seed : int
        Seed of the coordinates.

    Returns
    -------
    found : list of Neighbours
        As it is, moved by up to one pixel, and flipped in three ways.
    """
    if min(images.shape[2:]) < 3:  # nothing to move or to flip
        return neighbours_of_points(_standardized(images).astype(np.float64), seed)
    middle = images[..., 1:-1, 1:-1]
    axes = _coordinates(_standardized(middle), seed).components_
    points = _projected(middle, axes)
    rows = _candidates(points, points)[0]
    found = [_sorted("as it is", rows, _distances(points, points, rows))]
    found.append(_moved(images, axes, points))
    for how, flip in _FLIPS.items():
        flipped = _projected(middle[(..., *flip)], axes)
        rows = _candidates(points, flipped)[0]
        found.append(_sorted(how, rows, _distances(points, flipped, rows)))
    return found


def _projected(images, axes):
    """Return coordinates of length 1 of images, (n_rows, n_axes)."""
    return _unit(_centred(images) @ axes.T).astype(np.float64)


def _standardized(images):
    """Return flat images of mean 0 and length 1, (n_rows, n_pixels)."""
    return _unit(_centred(images))


def _centred(images):
    flat = images.reshape(len(images), -1)
    return flat - flat.mean(axis=1, keepdims=True)


def _unit(rows):
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, length, out=rows, where=length > 0)


def _coordinates(rows, seed):
    rng = stream(seed, "leakage_check", "coordinates")
    if len(rows) > _TO_FIT:
        rows = rows[rng.choice(len(rows), _TO_FIT, replace=False)]
    n = min(_N_COORDINATES, *rows.shape)
    pca = PCA(n, svd_solver="randomized", random_state=next_seed(rng))
    return pca.fit(rows)


def _candidates(points, queries):
    """Return the nearest points of each query but that of the same row, and distances.

    The distances of nearly equal points are rounded to about 1e-8.
    """
    n_neighbors = min(N_NEIGHBORS, len(points) - 1)
    search = NearestNeighbors(n_neighbors=n_neighbors + 1, algorithm="brute")
    distances, rows = search.fit(points).kneighbors(queries)
    own = rows == np.arange(len(rows))[:, np.newaxis]
    own[~own.any(axis=1), -1] = True  # the row itself is not among them: drop the last
    shape = len(rows), n_neighbors
    return rows[~own].reshape(shape), distances[~own].reshape(shape)


def _distances(points, queries, rows):
    """Return distances that are exact also where they are nearly 0."""
    distances = np.empty(rows.shape)
    step = rows_within(8 * 2 * rows.shape[1] * points.shape[1])
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        # (n_part, n_neighbors, n_features)
        apart = points[rows[part]] - queries[part, np.newaxis]
        distances[part] = np.linalg.norm(apart, axis=2)
    return distances


def _moved(images, axes, points):
    """Return the neighbours of each image after the best of nine moves."""
    height, width = images.shape[2:]
    rows = distances = None
    for up, left in _SHIFTS:
        inside = slice(1 + up, height - 1 + up), slice(1 + left, width - 1 + left)
        queries = _projected(images[(..., *inside)], axes)
        new_rows, new_distances = _candidates(points, queries)
        if rows is None:
            rows, distances = new_rows, new_distances
        else:
            rows = np.hstack([rows, new_rows])
            distances = np.hstack([distances, new_distances])
            rows, distances = _nearest_different(rows, distances, new_rows.shape[1])
    return _sorted("moved by a pixel", rows, distances)


def _nearest_different(rows, distances, n):
    """Return the n nearest of neighbours that may be named twice, each once."""
    take = np.take_along_axis
    order = np.lexsort((distances, rows), axis=1)  # by row, the nearest first
    rows, distances = take(rows, order, axis=1), take(distances, order, axis=1)
    again = np.zeros(rows.shape, dtype=bool)
    again[:, 1:] = rows[:, 1:] == rows[:, :-1]
    order = np.argsort(np.where(again, np.inf, distances), axis=1)[:, :n]
    return take(rows, order, axis=1), take(distances, order, axis=1)


def _sorted(how, rows, distances):
    order = np.argsort(distances, axis=1, kind="stable")
    take = np.take_along_axis
    return Neighbours(how, take(rows, order, axis=1), take(distances, order, axis=1))
