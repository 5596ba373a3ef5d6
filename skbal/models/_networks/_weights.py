"""The weights of rows and classes in the loss of a network."""

import inspect

import numpy as np

from skbal._utils._sklearn import check_sample_weight


class WeightsMixin:
    """Gives a network the weights of its training rows."""

    def _check_weights(self, sample_weight, X):
        """Return the weights as float32, None if all rows count alike."""
        if sample_weight is None:
            return None
        weights = check_sample_weight(
            sample_weight, X, dtype=np.float32, ensure_non_negative=True
        )
        if not weights.any():
            raise ValueError(
                f"sample_weight given to {type(self).__name__} must have a weight "
                "above 0, got only zeros."
            )
        return weights

    def _with_class_weights(self, weights, y):
        """Return the weights of the rows times those of their classes, with mean 1."""
        if weights is None:
            return None
        if self.criterion != "auto" and not _has_reduction(self.criterion):
            raise ValueError(
                f"criterion of {type(self).__name__} must have a parameter reduction, "
                "as the losses of torch have, to weight the rows, but "
                f"{self.criterion.__name__} has none."
            )
        return weights / weights.mean()


def _has_reduction(criterion):
    return "reduction" in inspect.signature(criterion).parameters
