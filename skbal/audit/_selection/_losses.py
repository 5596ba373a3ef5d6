"""Losses of a classifier's predictions, and what they are expected to be."""

from dataclasses import dataclass

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.pools import n_rows, take
from skbal._utils.unwrap import unwrap

BOUNDS = {"zero-one": (0, 1), "log": (0, None)}
_SMALLEST = np.finfo(np.float64).eps  # probability, as in scikit-learn's log_loss


@dataclass(frozen=True)
class Predictions:
    """What a classifier predicts for the rows of a pool.

    Attributes
    ----------
    labels : ndarray of shape (n_rows,)
        Predicted labels.
    probabilities : ndarray of shape (n_rows, n_classes) or None
        None for a classifier without ``predict_proba``.
    classes : ndarray of shape (n_classes,)
        Labels of the columns.
    """

    labels: np.ndarray
    probabilities: np.ndarray | None
    classes: np.ndarray

    def at(self, rows):
        """Return the predictions for some rows.

        Parameters
        ----------
        rows : ndarray of int
            The rows.

        Returns
        -------
        predictions : Predictions
        """
        given = self.probabilities
        some = None if given is None else given[rows]
        return Predictions(self.labels[rows], some, self.classes)


def predictions_of(estimator, X, name, owner, *, with_probabilities):
    """Return what a fitted classifier predicts, computed in chunks of rows.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier.
    X : array-like of shape (n_rows, ...)
        The rows.
    name, owner : str
        Names of the parameter and of the caller, for messages.
    with_probabilities : bool
        Whether ``predict_proba`` is needed.

    Returns
    -------
    predictions : Predictions

    Raises
    ------
    TypeError
        If it has no classes, or no probabilities where they are needed.
    NotFittedError
        If it is not fitted.
    """
    if hasattr(estimator, "fit") and hasattr(estimator, "get_params"):
        check_is_fitted(unwrap(estimator)[1])
    classes = getattr(estimator, "classes_", None)
    if classes is None:
        classes = getattr(unwrap(estimator)[1], "classes_", None)
    if classes is None or isinstance(classes, list):
        raise TypeError(
            f"{name} of {owner} must be a fitted classifier of one label per row, got "
            f"{type(estimator).__name__}."
        )
    if with_probabilities and not hasattr(estimator, "predict_proba"):
        raise TypeError(
            f"{name} of {owner} must have predict_proba, which "
            f"{type(estimator).__name__} has not: wrap it in a CalibratedClassifierCV."
        )
    labels, probabilities = [], []
    for rows in chunks(n_rows(X), rows_within(2**14)):
        part = take(X, rows)
        labels.append(np.asarray(estimator.predict(part)))
        if with_probabilities:
            probabilities.append(np.asarray(estimator.predict_proba(part), np.float64))
    return Predictions(
        np.concatenate(labels),
        np.concatenate(probabilities) if with_probabilities else None,
        np.asarray(classes),
    )


def losses_of(loss, y, predictions, owner):
    """Return the loss of each prediction.

    Parameters
    ----------
    loss : {"zero-one", "log"} or callable
        Which loss. A callable is given y and the predictions: the probabilities.
    y : ndarray of shape (n_rows,)
        The true labels.
    predictions : Predictions
        Those for the same rows.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    losses : ndarray of shape (n_rows,), dtype=float64

    Raises
    ------
    ValueError
        If a callable returns something other than a finite number per row.

    Examples
    --------
    >>> classes = np.array(["cat", "dog"])
    >>> made = Predictions(np.array(["cat"]), np.array([[0.75, 0.25]]), classes)
    >>> losses_of("zero-one", np.array(["dog"]), made, "ActiveTest").tolist()
    [1.0]
    >>> losses_of("log", np.array(["dog"]), made, "ActiveTest").round(3).tolist()
    [1.386]
    """
    if loss == "zero-one":
        return (y != predictions.labels).astype(np.float64)
    if loss == "log":
        is_true = y[:, np.newaxis] == predictions.classes
        # A class that the model has never met has probability 0.
        true = np.sum(predictions.probabilities * is_true, axis=1)
        return -np.log(np.clip(true, _SMALLEST, 1))
    losses = np.asarray(loss(y, predictions.probabilities), dtype=np.float64)
    if losses.shape != (len(y),) or not np.isfinite(losses).all():
        raise ValueError(
            f"loss of {owner} must return a finite number for each of {len(y)} rows, "
            f"got shape {losses.shape} or numbers that are not finite."
        )
    return losses


def expected_losses(loss, predictions, beliefs, owner):
    """Return the first and the second moment of each row's loss.

    Parameters
    ----------
    loss : {"zero-one", "log"} or callable
        As for `losses_of`.
    predictions : Predictions
        Those of the model that is tested.
    beliefs : Predictions
        Those of the surrogate, whose probabilities are those of the labels.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    first, second : ndarray of shape (n_rows,)
        Expectation of the loss and of its square.
    """
    _check_classes_in_common(predictions.classes, beliefs.classes, owner)
    first, second = np.zeros((2, len(beliefs.labels)))
    for column, label in enumerate(beliefs.classes):
        y = np.full(len(first), label)
        losses = losses_of(loss, y, predictions, owner)
        first += beliefs.probabilities[:, column] * losses
        second += beliefs.probabilities[:, column] * losses**2
    return first, second


def _check_classes_in_common(classes, others, owner):
    if not set(classes.tolist()) & set(others.tolist()):
        raise ValueError(
            f"surrogate of {owner} must know classes of the estimator, "
            f"{classes[:3].tolist()}, got one that knows {others[:3].tolist()}."
        )
