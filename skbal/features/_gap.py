"""How many clusters a graph has, read from its eigenvalues."""

import numpy as np

_MOST = 20
_RESOLUTION = 1e-6  # of an eigenvalue: 1 up to this is 1
_NEARLY = 2 / 3  # of the largest gap: gaps from here on count as large
_CLEAR = 2  # times the typical gap: those of clusters are larger


def n_clusters_of(eigenvalues, most=_MOST):
    """Return behind which eigenvalue the last large gap is.

    On a smooth cloud of points in d dimensions, ``1 - lambda_k`` grows like ``k **
    (2 / d)`` (Weyl's law), so the logarithm of the ratio of two neighbours, times k, is
    about equal for all k. Where it is largest, the functions before tell clusters
    apart, and those behind tell parts of clusters apart.

    Parameters
    ----------
    eigenvalues : ndarray of shape (n_components,)
        Those of the random walk, largest first.
    most : int, default=20
        Largest number allowed. At most half of the eigenvalues are looked at.

    Returns
    -------
    n_clusters : int
        At least 2, if ``most`` and the number of eigenvalues allow.

    Examples
    --------
    >>> n_clusters_of(np.array([1.0, 0.999, 0.998, 0.7, 0.6, 0.5]))
    3
    """
    most = min(most, max(len(eigenvalues) // 2, 2), len(eigenvalues) - 1)
    if most < 2:
        return max(most, 1)
    slowness = np.maximum(1 - eigenvalues[: most + 1], _RESOLUTION)
    numbers = np.arange(2, most + 1)
    gaps = numbers * np.log(slowness[2:] / slowness[1:-1])
    least = max(_NEARLY * gaps.max(), _CLEAR * np.median(gaps))
    # Without clusters, no gap stands out, and the largest is taken.
    return int(numbers[gaps >= min(least, gaps.max())][-1])
