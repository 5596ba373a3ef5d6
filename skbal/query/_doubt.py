"""The probability that the prediction of a row is wrong."""

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal._utils.probabilities import checked_mean
from skbal._utils.unwrap import transform, unwrap

# Of a prediction that is certain. If all are, as before a second class is known, rows
# have equal weights instead of none.
_LEAST_DOUBT = 1e-9


class Doubt:
    """The probability that the predicted class of a row is not its class.

    Parameters
    ----------
    estimator : estimator or learner
        Fitted.
    owner : str
        Name of the strategy, for messages.

    Raises
    ------
    TypeError
        If the estimator has no class probabilities.
    """

    def __init__(self, estimator, owner):
        self._transformers, self._model = unwrap(estimator)
        self._owner = owner
        if not hasattr(self._model, "predict_proba"):
            raise TypeError(
                f"target_weights='uncertain' of {owner} needs a classifier with "
                f"predict_proba, and {type(self._model).__name__} has none. Leave "
                "target_weights at None."
            )

    def __call__(self, X):
        """Return ``1 - max_c P(c)`` of each row, (n_rows,), at least 1e-9."""
        rows = transform(self._transformers, X)
        mean = self._model.predict_proba(rows)
        name = type(self._model).__name__
        probabilities = checked_mean(mean, num_samples(X), name, self._owner)
        return np.maximum(1 - probabilities.max(axis=1), _LEAST_DOUBT)
