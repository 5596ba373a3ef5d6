"""The diagonal of the Hessian over all weights: they are independent."""

import numpy as np

from skbal._utils.random import stream
from skbal.models._laplace._all_weights._forms import (
    WeightCurvature,
    WeightDeviations,
)


class DiagonalWeights(WeightCurvature):
    """The diagonal alone; see `WeightCurvature`.

    Parameters
    ----------
    values : ndarray of shape (n_weights,)
        The diagonal.
    """

    def __init__(self, values):
        self.values = values
        self.n_weights = len(values)

    @classmethod
    def of(cls, loss_rows, n_weights):
        """Return the diagonal of a sum over rows.

        Parameters
        ----------
        loss_rows : iterable of ndarray of shape (n_loss_rows, n_weights)
            Chunks of rows R such that the sum of R'R is the Hessian.
        n_weights : int
            The number of weights.
        """
        values = np.zeros(n_weights)
        for rows in loss_rows:
            values += np.einsum("ij,ij->j", rows, rows)
        return cls(values)

    def spectrum(self, weights):
        return self.values, weights**2

    def at(self, ratio):
        return DiagonalDeviations(self.values, ratio)


class DiagonalDeviations(WeightDeviations):
    """Independent deviations of the weights."""

    def __init__(self, values, ratio):
        self._values, self._ratio = values, ratio

    def draw(self, seed, n_draws, dtype):
        # The draws are the first axis, so draw k does not depend on n_draws.
        shape = (n_draws, len(self._values))
        normal = stream(seed, "weights").standard_normal(shape, dtype=dtype)
        normal /= np.sqrt(self._values + self._ratio).astype(dtype)
        return normal

    def whiten(self, jacobian):
        return jacobian / np.sqrt(self._values + self._ratio)
