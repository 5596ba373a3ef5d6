"""The Hessian over all weights with all its correlations.

H = R'R with one row of R for each row of data and column of the loss. With more rows
than weights, H is held as a matrix; with fewer, R by its singular values. Both are
exact, so that the smaller one is taken.
"""

import numpy as np
from scipy import linalg

from skbal._utils.linalg import safe_cholesky
from skbal._utils.random import stream
from skbal.models._laplace._all_weights._forms import (
    WeightCurvature,
    WeightDeviations,
)

_LARGEST = 2 * 2**30  # bytes that one matrix may have


def full_weights(loss_rows, n_rows, n_weights, owner):
    """Return the full Hessian in the smaller of its two forms.

    Parameters
    ----------
    loss_rows : iterable of ndarray of shape (n_loss_rows, n_weights)
        Chunks of rows R such that the sum of R'R is the Hessian.
    n_rows : int
        The number of rows in all chunks.
    n_weights : int
        The number of weights.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    curvature : ManyRows or FewRows

    Raises
    ------
    ValueError
        If both forms need more than 2 GiB.
    """
    smaller = min(n_rows, n_weights)
    if 8 * smaller * n_weights > _LARGEST:
        raise ValueError(
            f"hessian='full' of {owner} would be a matrix of {smaller} x {n_weights} "
            f"({8 * smaller * n_weights / 2**30:.1f} GiB) for {n_weights} weights. Set "
            "hessian='kronecker' or hessian='diagonal', or choose fewer weights by "
            "subnetwork."
        )
    if n_rows < n_weights:
        rows = np.empty((n_rows, n_weights))
        start = 0
        for chunk in loss_rows:
            rows[start : start + len(chunk)] = chunk
            start += len(chunk)
        return FewRows(rows)
    matrix = np.zeros((n_weights, n_weights))
    for chunk in loss_rows:
        chunk = chunk.astype(np.float64, copy=False)
        matrix += chunk.T @ chunk
    return ManyRows(matrix, owner)


class ManyRows(WeightCurvature):
    """The Hessian as a matrix; see `WeightCurvature`.

    Parameters
    ----------
    matrix : ndarray of shape (n_weights, n_weights)
        The Hessian.
    owner : str
        Name of the estimator, for messages.
    """

    def __init__(self, matrix, owner):
        self._matrix, self._owner = matrix, owner
        self.n_weights = len(matrix)

    def spectrum(self, weights):
        values, axes = linalg.eigh(self._matrix)
        return np.clip(values, 0.0, None), (weights @ axes) ** 2

    def at(self, ratio):
        precision = self._matrix.copy()
        precision[np.diag_indices_from(precision)] += ratio
        what = f"The precision of the weights of {self._owner}"
        return CholeskyDeviations(safe_cholesky(precision, what))


class CholeskyDeviations(WeightDeviations):
    """Deviations from a factor of their precision.

    Parameters
    ----------
    factor : ndarray of shape (n_weights, n_weights)
        Lower Cholesky factor of the precision.
    """

    def __init__(self, factor):
        self._factor = factor

    def draw(self, seed, n_draws, dtype):
        # The draws are the first axis, so draw k does not depend on n_draws.
        shape = (n_draws, len(self._factor))
        normal = stream(seed, "weights").standard_normal(shape)
        flat = linalg.solve_triangular(self._factor, normal.T, lower=True, trans="T")
        return flat.T.astype(dtype)

    def whiten(self, jacobian):
        flat = jacobian.reshape(-1, len(self._factor)).T.astype(np.float64)
        solved = linalg.solve_triangular(self._factor, flat, lower=True)
        return solved.T.reshape(jacobian.shape)


class FewRows(WeightCurvature):
    """The Hessian R'R by the singular values of R; see `WeightCurvature`.

    Parameters
    ----------
    rows : ndarray of shape (n_loss_rows, n_weights)
        The matrix R, with fewer rows than columns. It is overwritten.
    """

    def __init__(self, rows):
        self.n_weights = rows.shape[1]
        # LAPACK is much faster with the longer side first.
        axes, singular, _ = linalg.svd(
            rows.T, full_matrices=False, overwrite_a=True, check_finite=False
        )
        self._values, self._axes = singular**2, axes.T

    def spectrum(self, weights):
        return self._values, (self._axes @ weights) ** 2

    def at(self, ratio):
        return AxesDeviations(self._values, self._axes, ratio)


class AxesDeviations(WeightDeviations):
    """Deviations that have the prior precision but along some axes.

    Parameters
    ----------
    values : ndarray of shape (n_axes,)
        What the Hessian adds to the precision along each axis.
    axes : ndarray of shape (n_axes, n_weights)
        Orthogonal axes of length one.
    ratio : float
        The precision along all other directions.
    """

    def __init__(self, values, axes, ratio):
        self._values, self._axes, self._ratio = values, axes, ratio

    def draw(self, seed, n_draws, dtype):
        # The draws are the first axis, so draw k does not depend on n_draws.
        shape = (n_draws, self._axes.shape[1])
        normal = stream(seed, "weights").standard_normal(shape)
        return self._rooted(normal).astype(dtype)

    def whiten(self, jacobian):
        flat = jacobian.reshape(-1, jacobian.shape[-1]).astype(np.float64)
        return self._rooted(flat).reshape(jacobian.shape)

    def _rooted(self, rows):
        """Return rows times the symmetric square root of the covariance."""
        wide = 1.0 / np.sqrt(self._ratio)
        change = 1.0 / np.sqrt(self._values + self._ratio) - wide
        return wide * rows + ((rows @ self._axes.T) * change) @ self._axes
