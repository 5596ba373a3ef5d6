"""The loss of a fitted model on each row."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from skbal._utils._sklearn import num_samples
from skbal._utils.arrays import as_array
from skbal._utils.labelled import check_labelled
from skbal._utils.labels import class_codes, for_all_classes, label_column
from skbal._utils.tags import classifies, regresses
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import as_numbers
from skbal.audit._calibration._intervals import mean_interval, wilson_interval

LOSSES = ("zero-one", "log", "squared", "absolute")
_OF_CLASSIFIERS = ("zero-one", "log")


class SetError(NamedTuple):
    """The mean loss on a set of rows, with an interval."""

    error: float
    low: float
    high: float
    n_rows: int


def check_loss(loss, estimator, owner):
    """Return the loss to use; None is "zero-one" or "squared" by the kind of model.

    Parameters
    ----------
    loss : str, callable or None
        As given.
    estimator : estimator or learner
        The fitted model.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    loss : str or callable

    Raises
    ------
    TypeError, ValueError
        If it is none of these, or does not suit the model.
    """
    model = unwrap(estimator)[1]
    if loss is None and (classifies(model) or hasattr(model, "classes_")):
        return "zero-one"
    if loss is None and regresses(model) and not hasattr(model, "predict_votes"):
        return "squared"
    if callable(loss):
        return loss
    if not isinstance(loss, str) or loss not in LOSSES:
        words = ", ".join(map(repr, LOSSES))
        raise (TypeError if not isinstance(loss, str) else ValueError)(
            f"loss of {owner} must be {words} or a function of true and predicted "
            f"values that returns one loss per row, got {loss!r}"
            f"{_why_none(loss, model)}."
        )
    if (loss in _OF_CLASSIFIERS) == regresses(model):
        kind = "regressor" if regresses(model) else "classifier"
        raise ValueError(
            f"loss of {owner} is {loss!r}, but {type(model).__name__} is a {kind}."
        )
    if loss == "log" and not hasattr(estimator, "predict_proba"):
        raise TypeError(
            f"loss of {owner} is 'log', but {type(model).__name__} has no "
            "predict_proba: wrap it in a CalibratedClassifierCV."
        )
    return loss


def _why_none(loss, model):
    if loss is not None:
        return ""
    return f", and {type(model).__name__} is neither a classifier nor a plain regressor"


def labels_of(estimator, X, y, loss, owner):
    """Return labels as an array, or raise unless rows and labels belong together.

    Parameters
    ----------
    estimator : estimator or learner
        Fitted.
    X : array-like of shape (n_samples, ...)
        The rows.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Their true labels.
    loss : str or callable
        As `check_loss` returns it.
    owner : str
        Name of the caller and of the set, for messages.

    Returns
    -------
    y : ndarray of shape (n_samples,) or (n_samples, n_outputs)

    Raises
    ------
    TypeError, ValueError
        If rows and labels do not fit together, or labels are not what the loss needs.
    """
    what = f"y given to {owner}"
    array = as_array(y, what)
    check_labelled(X, y, estimator, owner)
    if callable(loss):
        return array
    if loss in _OF_CLASSIFIERS:
        y = label_column(y, what)
        class_codes(y, "y", owner)
        return y
    y = as_numbers(y, f"{what} must be numbers").astype(np.float64)
    if y.ndim not in (1, 2):
        raise ValueError(
            f"{what} must have shape (n_samples,) or (n_samples, n_outputs), got "
            f"{y.shape}."
        )
    return y


def losses_of(estimator, X, y, loss, owner):
    """Return the loss of each row.

    Parameters
    ----------
    estimator : estimator or learner
        Fitted.
    X : array-like of shape (n_samples, ...)
        The rows.
    y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        Their true labels, as `labels_of` returns them.
    loss : str or callable
        As `check_loss` returns it.
    owner : str
        Name of the caller and of the set, for messages.

    Returns
    -------
    losses : ndarray of shape (n_samples,), dtype=float64

    Raises
    ------
    ValueError
        If the labels are not like the predictions, a prediction is not finite, or there
        are not as many losses as rows.
    """
    if callable(loss):
        return _own_losses(loss(y, estimator.predict(X)), X, owner)
    if loss in _OF_CLASSIFIERS:
        of = _zero_one if loss == "zero-one" else _log
        return of(estimator, X, y, owner)
    predicted = np.asarray(estimator.predict(X), dtype=np.float64)
    _check_predicted(predicted, y, owner)
    errors = np.abs(predicted.reshape(y.shape) - y).reshape(len(y), -1)
    return (errors**2 if loss == "squared" else errors).mean(axis=1)


def _own_losses(losses, X, owner):
    what = f"The losses returned by loss of {owner}"
    losses = as_numbers(losses, f"{what} must be numbers").astype(np.float64)
    if losses.shape != (num_samples(X),) or not np.isfinite(losses).all():
        raise ValueError(
            f"{what} must be one finite number per row, {num_samples(X)} in all, got "
            f"shape {losses.shape}."
        )
    return losses


def _check_predicted(predicted, y, owner):
    if predicted.size != y.size:
        raise ValueError(
            f"estimator must predict what y of {owner} holds, of shape {y.shape}, but "
            f"its predictions have shape {predicted.shape}."
        )
    if predicted.dtype.kind == "f" and not np.isfinite(predicted).all():
        raise ValueError(
            f"estimator must predict finite numbers for the rows of {owner}, got NaN "
            "or infinity."
        )


def _check_kind(known, y, owner):
    if (known.dtype.kind in "OSU") != (y.dtype.kind in "OSU"):
        one, other = known.tolist()[0], y.tolist()[0]
        raise ValueError(
            f"y given to {owner} must hold labels like those that the model predicts, "
            f"such as {one!r}, got {other!r}."
        )


def _zero_one(estimator, X, y, owner):
    predicted = np.asarray(estimator.predict(X)).ravel()
    _check_predicted(predicted, y, owner)
    _check_kind(predicted, y, owner)
    return (predicted != y).astype(np.float64)


def _log(estimator, X, y, owner):
    known = np.asarray(unwrap(estimator)[1].classes_)
    _check_kind(known, y, owner)
    # A class that the model was never shown has probability 0.
    classes = np.union1d(known, y)
    found = np.asarray(estimator.predict_proba(X), dtype=np.float64)
    found = for_all_classes(found, known, classes)
    of_truth = found[np.arange(len(y)), np.searchsorted(classes, y)]
    return -np.log(np.maximum(of_truth, np.finfo(np.float64).eps))


def set_error(losses, loss, confidence, unit=1.0):
    """Return the mean loss with an interval: Wilson's for shares, else `mean_interval`.

    Parameters
    ----------
    losses : ndarray of shape (n_samples,)
        The loss of each row.
    loss : str or callable
        The kind of loss.
    confidence : float
        In (0, 1).
    unit : float, default=1.0
        How far other losses may be from these if all are equal, and show no variance: a
        large loss. 0 if that is not known, which makes the interval infinite.

    Returns
    -------
    error : SetError

    Examples
    --------
    >>> found = set_error(np.array([0.0, 0.0, 1.0, 0.0]), "zero-one", 0.95)
    >>> round(found.error, 2), round(found.low, 2), round(found.high, 2)
    (0.25, 0.05, 0.7)
    """
    n_rows = len(losses)
    if loss == "zero-one":
        low, high = wilson_interval(int(losses.sum()), n_rows, confidence)
    else:
        possible = losses[0] + (unit or np.inf) * np.array([-1, 1])
        low, high = mean_interval(losses, confidence, possible)
        if losses.min() >= 0:
            low = max(low, 0.0)
    return SetError(float(losses.mean()), float(low), float(high), n_rows)


def constant_loss(y, loss):
    """Return the mean loss of the best constant prediction, as a unit for margins.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        The true labels.
    loss : {"zero-one", "log", "squared", "absolute"}
        The kind of loss.

    Returns
    -------
    mean_loss : float

    Examples
    --------
    >>> constant_loss([0.0, 2.0], "squared"), constant_loss([0.0, 2.0], "absolute")
    (1.0, 1.0)
    """
    y = np.asarray(y)
    if loss in _OF_CLASSIFIERS:
        shares = np.unique(y, return_counts=True)[1] / len(y)
        best = 1 - shares.max() if loss == "zero-one" else stats.entropy(shares)
        return float(best)
    y = y.astype(np.float64)
    if loss == "squared":
        return float(y.var(axis=0).mean())
    return float(np.abs(y - np.median(y, axis=0)).mean())
