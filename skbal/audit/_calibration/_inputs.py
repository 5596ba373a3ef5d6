"""Labels and class probabilities as a caller gives them, checked."""

from typing import NamedTuple

import numpy as np

from skbal._utils.labels import class_codes, different_labels, label_column
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import as_numbers
from skbal.sampling import predict_samples

_TOLERANCE = 1e-3  # for the sum of a row, enough for probabilities in float16


class Predictions(NamedTuple):
    """Labels and probabilities that belong together."""

    codes: np.ndarray  # (n_samples,): the column of the true class
    probabilities: np.ndarray  # (n_samples, n_classes), float64
    classes: np.ndarray  # (n_classes,): the labels of the columns


def check_predictions(y_true, y_prob, classes, owner):
    """Return labels and probabilities, or an error that names the argument.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        The true labels.
    y_prob : array-like of shape (n_samples,), (n_samples, n_classes) or (n_samples, \
n_draws, n_classes)
        Class probabilities. One axis is the probability of the second of two classes.
        The mean of draws is taken.
    classes : array-like of shape (n_classes,) or None
        Labels of the columns. None takes the names of the columns if ``y_prob`` is a
        data frame whose columns are named like the labels, and otherwise the labels in
        ``y_true``, in ascending order.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    predictions : Predictions

    Raises
    ------
    TypeError, ValueError
        If an argument is not as it must be, or they do not fit together.
    """
    y_true = label_column(y_true, f"y_true of {owner}")
    probabilities = _check_probabilities(y_prob, owner)
    if len(y_true) != len(probabilities):
        raise ValueError(
            f"y_true and y_prob of {owner} must have the same number of rows, got "
            f"{len(y_true)} and {len(probabilities)}."
        )
    n_classes, names = probabilities.shape[1], _column_names(y_prob)
    codes, classes = _codes(y_true, classes, names, n_classes, owner)
    return Predictions(codes, probabilities, classes)


def _check_probabilities(y_prob, owner):
    what = f"y_prob of {owner}"
    given = as_numbers(y_prob, f"{what} must be probabilities")
    if given.ndim not in (1, 2, 3) or not given.size:
        raise ValueError(
            f"{what} must have shape (n_samples,), (n_samples, n_classes) or "
            f"(n_samples, n_draws, n_classes) and at least one row, got {given.shape}."
        )
    given = given.astype(np.float64)
    if not (np.isfinite(given).all() and given.min() >= 0 and given.max() <= 1 + 1e-6):
        raise ValueError(
            f"{what} must be probabilities in [0, 1], got values from "
            f"{given.min():.6g} to {given.max():.6g}."
        )
    if given.ndim == 1:
        given = np.stack([1 - given, given], axis=1)
    sums = given.sum(axis=-1)
    if abs(sums - 1).max() > _TOLERANCE:
        raise ValueError(
            f"{what} must sum to one over the last axis, got sums from "
            f"{sums.min():.6g} to {sums.max():.6g}."
        )
    given = given.mean(axis=1) if given.ndim == 3 else given
    if given.shape[1] < 2:
        raise ValueError(
            f"{what} must have a column for each of at least two classes, got one."
        )
    return given.clip(0, 1)


def _column_names(y_prob):
    """Return the names of the columns of a data frame, None if they have none."""
    columns = getattr(y_prob, "columns", None)
    is_numbered = columns is None or type(columns).__name__ == "RangeIndex"
    return None if is_numbered else list(columns)


def _codes(y_true, classes, names, n_classes, owner):
    found, codes = class_codes(y_true, "y_true", owner)
    if classes is None and names and set(found.tolist()) <= set(names):
        classes = names
    if classes is None:
        if len(found) != n_classes:
            raise ValueError(
                f"y_prob of {owner} has {n_classes} columns, but y_true has "
                f"{len(found)} different labels. Say by classes=... which labels the "
                "columns belong to, such as classes=model.classes_."
            )
        return codes, found
    classes = different_labels(classes, f"classes of {owner}")
    if len(classes) != n_classes:
        raise ValueError(
            f"classes of {owner} must name the {n_classes} columns of y_prob, got "
            f"{len(classes)} labels."
        )
    given = classes.tolist()
    if names and names != given and set(names) == set(given):
        raise ValueError(
            f"classes of {owner} must be in the order of the columns of y_prob, "
            f"{names}, got {given}."
        )
    place = {label: column for column, label in enumerate(classes.tolist())}
    unknown = [label for label in found.tolist() if label not in place]
    if unknown:
        raise ValueError(
            f"y_true of {owner} must hold labels of classes, got {unknown[0]!r}, but "
            f"classes are {classes.tolist()!r}."
        )
    columns = np.array([place[label] for label in found.tolist()], dtype=np.intp)
    return columns[codes], classes


def probabilities_of(estimator, X, owner):
    """Return the class probabilities of a fitted classifier, and its classes.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier with ``predict_proba``, or one that makes draws.
    X : array-like of shape (n_samples, ...)
        The rows.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    probabilities : ndarray of shape (n_samples, n_classes)
    classes : ndarray of shape (n_classes,)

    Raises
    ------
    TypeError
        If it is not a classifier, or gives no probabilities.
    """
    if isinstance(getattr(estimator, "classes_", None), list):
        raise TypeError(
            f"estimator of {owner} must be a classifier of one label per row, got "
            f"{type(estimator).__name__} with {len(estimator.classes_)} labels."
        )
    if hasattr(estimator, "predict_proba"):
        probabilities = np.asarray(estimator.predict_proba(X))
    else:
        probabilities = predict_samples(estimator, X, random_state=0).mean(axis=1)
    inner = unwrap(estimator)[1]
    classes = getattr(estimator, "classes_", getattr(inner, "classes_", None))
    if classes is None:
        raise TypeError(
            f"estimator of {owner} must be a fitted classifier with classes_, got "
            f"{type(estimator).__name__}."
        )
    return probabilities, np.asarray(classes)
