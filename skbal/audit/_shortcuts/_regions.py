"""Search for pixels whose content repeats in one class and is rare in all others."""

import numpy as np
from scipy import ndimage

from skbal.audit._shortcuts._parts import Region, distances

REPEATS = 0.4  # share of the rows of a class in which the content must repeat
_SPREAD = 0.1  # of a repeated pixel, in units of the range of all pixels
_MARGIN = 0.02  # beside that spread, likewise
_ELSEWHERE = 0.2  # at most this share of other rows has a repeated pixel
_COMMON = 0.2  # a value near that of this share of all pixels is an empty one
_FEWEST_PIXELS = 4
_MOST_PARTS = 3  # per class
_ALL = np.ones((3, 3), dtype=bool)


def repeated_regions(rows, members, others, closeness):
    """Return the parts of the image whose content repeats in a class alone.

    Parameters
    ----------
    rows : ImageRows
        The images.
    members, others : ndarray of int
        Rows of the class, and of all other classes.
    closeness : float
        A row carries the content if it is closer to it than this share of the distance
        of the nearest 2% of other rows.

    Returns
    -------
    regions : list of Region
        At most three, the largest first.
    """
    inside, outside = rows.pixels[members], rows.pixels[others]
    scale = max(rows.high - rows.low, 1e-7)
    template, repeats = repeated_pixels(inside, outside, scale)
    found = []
    for component in components(repeats):
        pixels = repeats & component
        near = distances(outside, template, pixels, rows)
        radius = closeness * np.quantile(near, 0.02)
        carries = distances(inside, template, pixels, rows) <= radius
        if carries.mean() >= REPEATS / 2:
            mask = delimited(inside[carries], outside, pixels, scale)
            found.append(Region(rows, mask, template, pixels, radius))
    return found


def repeated_pixels(inside, outside, scale):
    """Return the content that each pixel repeats in a class, and where it does.

    For each pixel: the shortest interval of values that holds the share `REPEATS` of
    the rows of the class. The pixel counts if it is short and seldom holds other rows.

    Parameters
    ----------
    inside, outside : ndarray of shape (n_rows, channels, height, width)
        Images of the class, and of the others.
    scale : float
        The range of all pixels.

    Returns
    -------
    template : ndarray of shape (channels, height, width)
        The middle of the interval.
    repeats : ndarray of shape (channels, height, width), dtype=bool
    """
    ordered = np.sort(inside, axis=0)
    n_held = max(int(np.ceil(REPEATS * len(ordered))), 2)
    widths = ordered[n_held - 1 :] - ordered[: len(ordered) - n_held + 1]
    first = widths.argmin(axis=0)
    last = len(widths) - 1 - widths[::-1].argmin(axis=0)
    best = None
    for start in (first, last):  # of equal intervals the lowest and the highest
        low, high = (
            np.take_along_axis(ordered, (start + step)[None], axis=0)[0]
            for step in (0, n_held - 1)
        )
        template = (low + high) / 2
        share = share_between(outside, low, high, _MARGIN * scale)
        fits = (high - low <= _SPREAD * scale) & (share <= _ELSEWHERE)
        fits &= ~is_common(template, outside, _MARGIN * scale)
        if best is None:
            best = template, fits
        else:
            best = np.where(best[1], best[0], template), best[1] | fits
    return best


def share_between(images, low, high, margin):
    """Return the share of images whose pixel lies in an interval, for each pixel."""
    return np.mean((images >= low - margin) & (images <= high + margin), axis=0)


def is_common(template, images, margin):
    """Return where a content is one that much of all images has, such as black.

    Empty space that a class alone has says what the object is, not that the data are
    odd.
    """
    values = np.sort(images, axis=None)[:: max(images.size // 100_000, 1)]
    n_near = np.searchsorted(values, template + margin, side="right")
    n_near = n_near - np.searchsorted(values, template - margin)
    return n_near > _COMMON * len(values)


def components(repeats):
    """Yield connected sets of repeated pixels (height, width), the largest first."""
    flat = repeats.any(axis=0)
    joined = ndimage.binary_closing(np.pad(flat, 2), _ALL)[2:-2, 2:-2] | flat
    labels, n_labels = ndimage.label(joined, structure=_ALL)
    sizes = np.bincount(labels[flat], minlength=n_labels + 1)
    for label in np.argsort(-sizes, kind="stable")[:_MOST_PARTS]:
        if label and sizes[label] >= _FEWEST_PIXELS:
            yield labels == label


def delimited(carriers, outside, pixels, scale):
    """Return the pixels that carriers share and other rows lack.

    They are joined to those by which the carriers were found.

    Parameters
    ----------
    carriers, outside : ndarray of shape (n_rows, channels, height, width)
        Rows that carry the content, and rows of other classes.
    pixels : ndarray of shape (channels, height, width), dtype=bool
        The pixels by which they were found.
    scale : float
        The range of all pixels.

    Returns
    -------
    mask : ndarray of shape (height, width), dtype=bool
        A whole rectangle if they fill more than half of one.
    """
    low, high = np.quantile(carriers, [0.1, 0.9], axis=0)
    rare = share_between(outside, low, high, _MARGIN * scale) <= 0.5
    rare &= ~is_common((low + high) / 2, outside, _MARGIN * scale)
    shared = ((high - low <= _SPREAD * scale) & rare).any(axis=0) | pixels.any(axis=0)
    joined = ndimage.binary_closing(np.pad(shared, 2), _ALL)[2:-2, 2:-2] | shared
    labels, _ = ndimage.label(joined, structure=_ALL)
    mask = np.isin(labels, np.unique(labels[pixels.any(axis=0)]))
    box = ndimage.find_objects(mask.astype(int))[0]
    if mask[box].mean() > 0.5:
        mask[box] = True
    return mask
