"""A quadratic surface through the results of runs, and where it is highest."""

import numpy as np

# Ridge penalties: how far a weight moves the area is of the order of 0.4 hundredths,
# its curvature of 0.2, and chance of 2.
_SLOPES, _CURVES = 25.0, 100.0


def highest_point(key, weights, area, penalty):
    """Return the weights at which a response surface is highest.

    Parameters
    ----------
    key : ndarray of int of shape (n_runs, n_keys)
        Runs with equal keys are compared with each other only.
    weights : ndarray of shape (n_runs, n_weights)
        In [-1, 1].
    area : ndarray of shape (n_runs,)
        What each run reached, in [0, 1].
    penalty : float
        Added to the curvature of each weight, in hundredths of the area.

    Returns
    -------
    best : ndarray of shape (n_weights,)
        In [-1, 1]; 0 for weights that make no difference.

    Examples
    --------
    The area grows with the first weight, and is highest at a second weight of 0:

    >>> rng = np.random.default_rng(0)
    >>> weights = rng.uniform(-1, 1, (4000, 2))
    >>> area = (weights[:, 0] - weights[:, 1] ** 2) / 100
    >>> best = highest_point(np.zeros((4000, 1)), weights, area, 0.25)
    >>> np.abs(best.round(1)).tolist()
    [1.0, 0.0]
    """
    groups = np.unique(key, axis=0, return_inverse=True)[1].ravel()
    n_weights = weights.shape[1]
    terms = _within(np.column_stack([weights, weights**2]), groups)
    ridge = np.repeat([_SLOPES, _CURVES], n_weights)
    found = np.linalg.solve(
        terms.T @ terms + np.diag(ridge), terms.T @ _within(100 * area, groups)
    )
    slopes, curves = found[:n_weights], found[n_weights:] - penalty
    ends = np.sign(slopes)
    with np.errstate(divide="ignore", invalid="ignore"):
        tops = -slopes / (2 * curves)
    return np.where(curves < 0, np.clip(tops, -1, 1), ends)


def _within(values, groups):
    """Return the differences of values to the mean of their group."""
    values = np.asarray(values, dtype=np.float64)
    sums = np.zeros((groups.max() + 1, *values.shape[1:]))
    np.add.at(sums, groups, values)
    counts = np.bincount(groups).reshape(-1, *(1,) * (values.ndim - 1))
    return values - (sums / counts)[groups]
