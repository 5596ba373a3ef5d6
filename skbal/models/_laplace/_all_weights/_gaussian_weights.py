"""The fitted state: a normal distribution of weights, and the values that follow."""

from typing import NamedTuple

import numpy as np

from skbal.models._laplace._all_weights._forms import WeightDeviations
from skbal.models._laplace._all_weights._passes import Passes


class GaussianWeights(NamedTuple):
    """The values of a network to first order in weights with a normal distribution.

    Attributes
    ----------
    names : list of str
        The parameters that have chosen weights.
    chosen : ndarray of shape (n_weights,) or None
        Which of their weights; None means all.
    columns : ndarray of shape (n_outputs, n_values)
        The values are the outputs of the network times this matrix,
    location : ndarray of shape (n_values,)
        plus this vector.
    deviations : WeightDeviations
        The distribution of the weights minus their mean,
    variance : float
        up to this factor of their covariance.
    """

    names: list
    chosen: np.ndarray | None
    columns: np.ndarray
    location: np.ndarray
    deviations: WeightDeviations
    variance: float

    def means(self, estimator, X):
        """Yield the mean of the values, chunk by chunk, (n_rows, n_values)."""
        for _, outputs in self._passes(estimator, X).output_chunks():
            yield self._values(outputs)

    def whitened(self, estimator, X):
        """Yield the mean of the values, and W such that W W' is their covariance.

        W has the shape (n_rows, n_values, n_weights).
        """
        passes = self._passes(estimator, X)
        # Three arrays of the size of the Jacobian, in float64.
        bytes_per_row = 24 * passes.network.n_outputs * passes.network.n_chosen
        for _, outputs, jacobian in passes.chunks(bytes_per_row):
            root = self.deviations.whiten(jacobian) * np.sqrt(self.variance)
            yield self._values(outputs), self.columns.T @ root

    def draw_chunks(self, estimator, X, n_draws, seed):
        """Yield slices of rows and draws of their values, (n_rows, n_draws, n_values).

        All draws of the weights are held in the precision of the network.
        """
        passes = self._passes(estimator, X)
        weights = self.deviations.draw(seed, n_draws, passes.dtype)
        weights *= np.sqrt(self.variance).astype(passes.dtype)
        bytes_per_row = 40 * n_draws * max(self.columns.shape)
        for rows, outputs, jacobian in passes.chunks(bytes_per_row):
            # (n_rows, n_outputs, n_draws) -> (n_rows, n_draws, n_values)
            flat = _product(jacobian.reshape(-1, jacobian.shape[2]), weights.T)
            change = flat.reshape(*jacobian.shape[:2], n_draws).astype(np.float64)
            values = self._values(outputs)[:, np.newaxis]
            yield rows, values + change.swapaxes(1, 2) @ self.columns

    def _passes(self, estimator, X):
        return Passes(estimator, estimator._check_rows(X), self.names, self.chosen)

    def _values(self, outputs):
        return outputs @ self.columns + self.location


_ENOUGH_ROWS = 16


def _product(rows, matrix):
    """Return a product in which a row alone has the numbers that it has among many.

    See `skbal.models._networks._few_rows`.
    """
    missing = max(_ENOUGH_ROWS - len(rows), 0)
    if not missing:
        return rows @ matrix
    filled = np.concatenate([rows, np.repeat(rows[-1:], missing, axis=0)])
    return (filled @ matrix)[: len(rows)]
