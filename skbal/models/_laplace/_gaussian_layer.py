"""A linear layer whose weights have a matrix-normal distribution."""

import numpy as np


class GaussianLayer:
    """The values of the layer: their mean, their covariance and draws of them.

    Parameters
    ----------
    weights : ndarray of shape (n_features, n_outputs)
        The mean of the weights.
    location : ndarray of shape (n_outputs,)
        A constant that is added to all values.
    posterior : CholeskyPosterior, SpectralPosterior or DiagonalPosterior
        The posterior of the weights. Its mean is not used.
    output : OutputCovariance
        The covariance between outputs.
    """

    def __init__(self, weights, location, posterior, output):
        self.weights = weights
        self._location = location
        self._posterior = posterior
        self._output = output

    def mean(self, features):
        """Return the mean of the values, (n_samples, n_outputs)."""
        return features @ self.weights + self._location

    def factor(self, features):
        """Return F, (n_samples, n_features), where F F' is the row covariance."""
        return self._posterior.factor(features)

    def row_variance(self, features):
        """Return the row variance of the values, (n_samples,)."""
        factor = self._posterior.factor(features)
        return np.einsum("ij,ij->i", factor, factor)

    def weight_draws(self, n_draws, rng):
        """Return draws of the weights, (n_features, n_draws * n_outputs)."""
        # The draws are the first axis, so draw k does not depend on n_draws.
        normal = rng.standard_normal((n_draws, *self.weights.shape))
        normal = normal @ self._output.root
        # (n_draws, n_features, n_outputs) -> (n_features, n_draws * n_outputs)
        normal = normal.swapaxes(0, 1).reshape(len(self.weights), -1)
        return self._posterior.deviations(normal) + np.tile(self.weights, n_draws)

    def values(self, features, weight_draws):
        """Return the values for drawn weights, (n_samples, n_draws, n_outputs)."""
        values = (features @ weight_draws).reshape(
            len(features), -1, len(self._location)
        )
        return values + self._location
