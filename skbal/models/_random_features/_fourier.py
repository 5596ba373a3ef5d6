"""Random Fourier features of the Gaussian kernel, and its length scale."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import pdist

_GRID = np.geomspace(0.05, 20.0, 13)  # times the median distance
_MOST_ROWS = 500  # whose distances are measured


def frequencies(n_features, n_components, rng):
    """Return directions of waves of unit length scale, (n_features, n_waves).

    Parameters
    ----------
    n_features : int
        Number of columns of X.
    n_components : int
        Number of features to make, two for each wave; an odd one is rounded up.
    rng : numpy.random.Generator
        Its normal numbers are the spectral density of the Gaussian kernel.
    """
    return rng.standard_normal((n_features, (n_components + 1) // 2))


def fourier_features(X, waves, length_scale):
    """Return features whose inner products approximate the Gaussian kernel.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Rows.
    waves : ndarray of shape (n_features, n_waves)
        As `frequencies` returns them.
    length_scale : float
        The kernel is exp(-d^2 / (2 length_scale^2)).

    Returns
    -------
    features : ndarray of shape (n_samples, 2 * n_waves), dtype=float64
        Cosines and sines, each row of length 1.
    """
    phase = X.astype(np.float64) @ (waves / length_scale)
    features = np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    features /= np.sqrt(waves.shape[1])
    return features


def median_distance(X, weights, rng):
    """Return the median distance of different rows, or 1 if all are the same.

    Rows count once, however often they come, so that a row of weight 2 is the same as
    two rows.
    """
    X = np.unique(X if weights is None else X[np.asarray(weights) > 0], axis=0)
    if len(X) > _MOST_ROWS:
        X = X[rng.choice(len(X), _MOST_ROWS, replace=False)]
    X = X.astype(np.float64)
    # From differences, and of numbers whose squares are finite.
    scale = np.abs(X).max(initial=0.0) or 1.0
    distances = scale * pdist(X / scale)
    distances = distances[distances > 0]
    return float(np.median(distances)) if distances.size else 1.0


def best_length_scale(evidence, typical):
    """Return the length scale with the largest evidence.

    A grid of thirteen finds the hill, since there may be several, and a search between
    its neighbours the top.

    Parameters
    ----------
    evidence : callable
        Takes a length scale, returns the log marginal likelihood.
    typical : float
        The median distance.
    """
    grid = np.log(typical * _GRID)
    values = [evidence(np.exp(point)) for point in grid]
    best = int(np.argmax(values))
    bounds = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = minimize_scalar(
        lambda point: -evidence(np.exp(point)),
        bounds=bounds,
        method="bounded",
        options={"xatol": 0.02},
    )
    return float(np.exp(found.x if -found.fun >= values[best] else grid[best]))
