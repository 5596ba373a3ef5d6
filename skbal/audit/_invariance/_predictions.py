"""What an estimator predicts for rows, and how sure it is."""

from typing import NamedTuple

import numpy as np

from skbal.exceptions import NoDrawsError
from skbal.information import mutual_information, predictive_entropy
from skbal.sampling import predict_samples


class Predicted(NamedTuple):
    """Predictions of rows.

    Attributes
    ----------
    probabilities : ndarray of shape (n_samples, n_classes)
        Means over the draws.
    entropy : ndarray of shape (n_samples,)
        Predictive entropy in nats. NaN for an estimator without probabilities.
    mutual_information : ndarray of shape (n_samples,)
        In nats. NaN for an estimator without several draws.
    """

    probabilities: np.ndarray
    entropy: np.ndarray
    mutual_information: np.ndarray

    @property
    def codes(self):
        """Positions of the predicted classes, shape (n_samples,)."""
        return self.probabilities.argmax(axis=1)


def predicted(estimator, X, classes, n_draws, seed):
    """Return what an estimator predicts.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier.
    X : array-like of shape (n_samples, ...)
        Rows, as it takes them.
    classes : ndarray of shape (n_classes,)
        Its classes.
    n_draws : int or None
        Number of posterior draws. ``None`` takes the estimator's own number.
    seed : int
        Seed of the draws: the same seed gives the same draws of the model.

    Returns
    -------
    predicted : Predicted
    """
    nothing = np.full(len(X), np.nan)
    try:
        draws = predict_samples(estimator, X, n_draws, random_state=seed)
    except NoDrawsError:
        if n_draws is not None:
            raise
        if not hasattr(estimator, "predict_proba"):
            labels = np.asarray(estimator.predict(X))
            hits = (labels[:, np.newaxis] == classes).astype(np.float64)
            return Predicted(hits, nothing, nothing)
        draws = np.asarray(estimator.predict_proba(X))[:, np.newaxis]
    entropy = predictive_entropy(draws)
    information = mutual_information(draws) if draws.shape[1] > 1 else nothing
    mean = np.asarray(draws, dtype=np.float64).mean(axis=1)
    return Predicted(mean, entropy, information)


def joined(parts):
    """Return predictions of slices as those of the whole."""
    return Predicted(*(np.concatenate(each) for each in zip(*parts)))
