"""The weights of rows and classes in the loss of a network."""

import inspect

import numpy as np

from skbal._utils.weights import check_row_weights


class WeightsMixin:
    """Gives a network the weights of its training rows."""

    def _check_weights(self, sample_weight, X):
        """Return the weights as float32, None if all rows count alike."""
        if sample_weight is None:
            return None
        weights = check_row_weights(sample_weight, X, type(self).__name__)
        return weights.astype(np.float32)

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
