"""The scale of the rows that enter a network.

A network learns at a pace that depends on the scale of its inputs. Columns of large
numbers let the training diverge, and images of faint objects are hardly learned at all.
"""

import numpy as np
from sklearn.preprocessing import StandardScaler

from skbal._utils.chunks import chunks, rows_within

# With a larger mean, in standard deviations, float32 would swallow small differences.
_LARGE_MEAN = 100


class StandardizingMixin:
    """Subtracts the mean of the training rows and divides by their standard deviation.

    Each feature of a flat row has its own, each channel of an image one for all pixels.
    A subclass has the parameters ``standardize`` and ``module``.
    """

    def _learn_scale(self, X):
        """Learn mean and scale of training rows of shape (n_samples, *network_shape).

        Without standardization they are None.
        """
        self.row_mean_ = self.row_scale_ = None
        if not self._is_standardized():
            return
        scaler = StandardScaler()
        for rows in chunks(len(X), rows_within(8 * X[0].size)):
            # Features or channels last, with all pixels below each other.
            scaler.partial_fit(np.moveaxis(X[rows], 1, -1).reshape(-1, X.shape[1]))
        shape = (X.shape[1], *(1 for _ in X.shape[2:]))
        self.row_mean_ = scaler.mean_.reshape(shape)
        self.row_scale_ = scaler.scale_.reshape(shape)

    def _is_standardized(self):
        if isinstance(self.standardize, str):
            return isinstance(self.module, str)
        return bool(self.standardize)

    def _scaled(self, X):
        """Return float32 rows of shape (n_samples, *network_shape) as they enter."""
        if self.row_mean_ is None:
            return X
        mean, scale = self.row_mean_, self.row_scale_
        if np.abs(mean / scale).max() > _LARGE_MEAN:
            return ((X - mean) / scale).astype(np.float32)
        X = X - mean.astype(np.float32)
        X /= scale.astype(np.float32)
        return X

    def _scaled_tensor(self, x):
        """Return the same for a tensor in float64, which gradients pass through."""
        if self.row_mean_ is None:
            return x
        mean, scale = map(x.new_tensor, (self.row_mean_, self.row_scale_))
        return (x - mean) / scale
