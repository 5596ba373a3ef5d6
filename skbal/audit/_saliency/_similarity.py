"""How alike two maps of the same image are."""

import warnings

import numpy as np
from scipy.ndimage import uniform_filter
from scipy.stats import rankdata

_WINDOW = 7  # pixels
_SMALL = (0.01**2, 0.03**2)  # constants of Wang et al. (2004) for values up to 1


def rank_correlation(first, second):
    """Return Spearman's rank correlation of the absolute values of maps.

    Pixels that are zero in both maps are left out. Integrated gradients and occlusion
    are zero wherever the image is, whatever the network is, and so two unrelated maps
    would look alike.

    Parameters
    ----------
    first, second : ndarray of shape (n_samples, ...)
        Maps.

    Returns
    -------
    correlation : ndarray of shape (n_samples,)
        In [-1, 1]. It is NaN where the first map is zero everywhere, and 0 where a map
        has the same value in all pixels.

    Examples
    --------
    >>> import numpy as np
    >>> rank_correlation(np.array([[1.0, -2, 3, 0]]), np.array([[1.0, 2, 9, 0]]))
    array([1.])
    """
    pairs = zip(_flat(first), _flat(second))
    return np.array([_one_correlation(a, b) for a, b in pairs])


def _flat(maps):
    return abs(maps).reshape(len(maps), -1)


def _one_correlation(a, b):
    if not a.any():
        return np.nan
    where = (a > 0) | (b > 0)
    a, b = (rankdata(x[where]) for x in (a, b))
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale else 0.0


def structural_similarity(first, second):
    """Return the mean structural similarity of the absolute values of maps.

    Each map is divided by its largest absolute value. The windows have 7 by 7 pixels
    [1]_.

    Parameters
    ----------
    first, second : ndarray of shape (n_samples, height, width)
        Maps.

    Returns
    -------
    similarity : ndarray of shape (n_samples,)
        At most 1, for equal maps.

    References
    ----------
    .. [1] Z. Wang, A. C. Bovik, H. R. Sheikh and E. P. Simoncelli (2004), Image quality
       assessment: from error visibility to structural similarity, IEEE Transactions on
       Image Processing 13, eq. 13.

    Examples
    --------
    >>> import numpy as np
    >>> structural_similarity(np.eye(9)[np.newaxis], 2 * np.eye(9)[np.newaxis])
    array([1.])
    """
    a, b = (_scaled(maps) for maps in (first, second))

    def mean(x):
        return uniform_filter(x, size=(0, _WINDOW, _WINDOW), mode="reflect")

    mean_a, mean_b = mean(a), mean(b)
    variances = mean(a * a) - mean_a**2 + mean(b * b) - mean_b**2
    covariance = mean(a * b) - mean_a * mean_b
    light = (2 * mean_a * mean_b + _SMALL[0]) / (mean_a**2 + mean_b**2 + _SMALL[0])
    shape = (2 * covariance + _SMALL[1]) / (variances + _SMALL[1])
    return (light * shape).mean(axis=(1, 2))


def _scaled(maps):
    maps = abs(maps)
    largest = maps.max(axis=(1, 2), keepdims=True)
    return maps / np.where(largest > 0, largest, 1.0)


def mean_over_repeats(values):
    """Return the mean over the first axis without NaN, and NaN where all are."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        return np.nanmean(values, axis=0)
