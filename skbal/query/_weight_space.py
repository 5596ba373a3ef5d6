"""The row whose label lowers the mean variance of targets most, by shared weights.

The function at row j is ``phi_j @ w``, and the weights w have the covariance R R'. With
M the mean of phi phi' over the targets, and R' M R = Q diag(s) Q', the numbers ``y =
phi R Q`` of a row give both parts of its fall (see `_reduction`):

    V = sum y**2,  S = sum s y**2.

So each row takes one product with a matrix, and only few rows are held at once.
"""

import numpy as np

from skbal._utils.chunks import chunks, rows_within
from skbal.query._greedy import first_of

_CACHED = 2**21  # bytes of a chunk of functions
_ROUGH = 1e-4  # relative error of a fall in float32, with room to spare


def falls_of(space, noise, moment):
    """Return how far the label of each row lowers the mean variance of the targets.

    Parameters
    ----------
    space : WeightSpace
        The pool; see `skbal.models.GraphClassifier.weight_space`.
    noise : float or ndarray of shape (n_rows,)
        Variance of a label of each row.
    moment : ndarray of shape (n_functions, n_functions)
        M.

    Returns
    -------
    falls : ndarray of shape (n_rows,), dtype=float64
    """
    return _falls(space, noise, *_diagonal(space.root, moment), np.float64)


def row_of_largest_fall(space, noise, moment, priority):
    """Return the row of the largest fall, and the fall.

    The falls of all rows are computed in the precision of the functions, and those near
    the largest once more in float64.

    Parameters
    ----------
    space, noise, moment
        As `falls_of` takes them.
    priority : ndarray of shape (n_rows,)
        Among equal falls, the row with the smallest priority is taken.

    Returns
    -------
    row : int
    fall : float
    """
    root, sizes = _diagonal(space.root, moment)
    found = _falls(space, noise, root, sizes, space.functions(slice(0, 1)).dtype)
    near = np.flatnonzero(found >= (1 - _ROUGH) * found.max())
    exact = _falls(space, noise, root, sizes, np.float64, near)
    best = first_of(exact, priority[near], np.finfo(np.float64).tiny)
    return near[best], exact[best]


def _diagonal(root, moment):
    """Return R Q and s, of shape (n_functions, n_functions) and (n_functions,)."""
    sizes, directions = np.linalg.eigh(root.T @ moment @ root)
    return root @ directions, np.maximum(sizes, 0)


def _falls(space, noise, root, sizes, dtype, rows=None):
    """Return the falls of some rows, computed in a precision. None takes all rows."""
    n_rows, n_functions = len(space) if rows is None else len(rows), len(root)
    noise = np.broadcast_to(noise, len(space))
    root = root.astype(dtype)
    both = np.stack([np.ones(n_functions), sizes], axis=1).astype(dtype)
    found = np.empty((n_rows, 2))  # V and S
    size = rows_within(np.dtype(dtype).itemsize * n_functions, max_memory=_CACHED)
    for part in chunks(n_rows, size):
        functions = space.functions(part if rows is None else rows[part])
        seen = functions.astype(dtype, copy=False) @ root
        found[part] = np.square(seen, out=seen) @ both
    variances, spreads = found.T
    return spreads / (variances + (noise if rows is None else noise[rows]))
