"""Where gradients are taken, and with which weights: at the row, around it or along
a line that leads to it.
"""

from typing import NamedTuple

import numpy as np

from skbal._utils.random import stream


class Path(NamedTuple):
    """Points per row, at which gradients are taken.

    Attributes
    ----------
    weights : ndarray of shape (n_points,)
        The weight of each point in the sum. They sum to one.
    shares : ndarray of shape (n_points,)
        How far along the line from the baseline to the row a point lies.
    noise : float
        Standard deviation of what is added to a point, as a share of the range of the
        values of the row.
    times_difference : bool
        Whether the sum is multiplied by the difference between row and baseline.
    """

    weights: np.ndarray
    shares: np.ndarray
    noise: float
    times_difference: bool


def path_of(method, n_points, noise):
    """Return the path of a method.

    Parameters
    ----------
    method : {"gradient", "smooth", "integrated"}
        The method.
    n_points : int
        Number of points of "smooth" and "integrated".
    noise : float
        Noise of "smooth".

    Returns
    -------
    path : Path

    Examples
    --------
    >>> path_of("gradient", 50, 0.15).shares
    array([1.])
    >>> path_of("integrated", 2, 0.15).shares.round(3)
    array([0.211, 0.789])
    """
    if method == "gradient":
        return Path(np.ones(1), np.ones(1), 0.0, False)
    if method == "smooth":
        return Path(np.full(n_points, 1 / n_points), np.ones(n_points), noise, False)
    # Gauss-Legendre quadrature on [0, 1]
    nodes, weights = np.polynomial.legendre.leggauss(n_points)
    return Path(weights / 2, (nodes + 1) / 2, 0.0, True)


def points_of(path, values, baseline, numbers, seed):
    """Return points of some rows.

    Parameters
    ----------
    path : Path
        The path.
    values : ndarray of shape (n, ...)
        The row of each point.
    baseline : ndarray of shape (1, ...)
        The baseline.
    numbers : ndarray of shape (n,)
        The number of each point along its path.
    seed : int
        Seed of the noise. The noise of a point is the same for all rows.

    Returns
    -------
    points : ndarray of shape (n, ...)
    """
    ones = (-1, *(1 for _ in values.shape[1:]))
    shares = path.shares[numbers].reshape(ones)
    points = baseline + shares * (values - baseline)
    if not path.noise:
        return points
    inner = tuple(range(1, values.ndim))
    scale = path.noise * np.ptp(values, axis=inner, keepdims=True)
    for number in np.unique(numbers):
        own = numbers == number
        normal = stream(seed, "noise", int(number)).standard_normal(values.shape[1:])
        points[own] += scale[own] * normal
    return points
