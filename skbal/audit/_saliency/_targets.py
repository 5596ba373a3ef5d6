"""Which output of a prediction is explained."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from skbal._utils.unwrap import unwrap


def classes_of(estimator, owner):
    """Return the classes of a fitted estimator, or None for one without classes.

    Parameters
    ----------
    estimator : estimator or learner
        Fitted.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    classes : ndarray of shape (n_classes,) or None

    Raises
    ------
    TypeError
        If the estimator predicts several columns of labels.
    NotFittedError
        If it is a classifier that is not fitted.
    """
    model = unwrap(estimator)[1]
    classes = getattr(model, "classes_", None)
    if classes is None:
        if isinstance(model, ClassifierMixin):
            check_is_fitted(model)
        return None
    if any(np.ndim(each) for each in classes):
        raise TypeError(
            f"estimator of {owner} must predict one column of labels, but "
            f"{type(model).__name__} predicts {len(classes)}. Fit one classifier per "
            "column."
        )
    return np.asarray(classes)


def check_target(target, classes, n_rows, owner):
    """Return the number of the output that is explained for each row.

    Parameters
    ----------
    target : label, int, array-like of shape (n_samples,) or None
        One for all rows, or one for each.
    classes : ndarray of shape (n_classes,) or None
        The classes. ``None`` if outputs are numbered.
    n_rows : int
        Number of rows.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    outputs : ndarray of shape (n_samples,), dtype=intp, or None
        None if the predicted class is explained.

    Raises
    ------
    TypeError, ValueError
        If it is not a class or the number of an output, or there is not one per row.
    """
    if target is None:
        return None
    given = np.asarray(target)
    if given.ndim > 1 or (given.ndim == 1 and len(given) != n_rows):
        raise ValueError(
            f"target of {owner} must be one class, or one for each of the {n_rows} "
            f"rows of X, got shape {given.shape}."
        )
    each = np.broadcast_to(given, (n_rows,))
    if classes is not None:
        return _numbers_of_classes(each, classes, owner)
    if given.dtype.kind not in "iu" or (each < 0).any():
        raise ValueError(
            f"target of {owner} must be the number of an output, from 0, got "
            f"{target!r}."
        )
    return each.astype(np.intp)


def _numbers_of_classes(labels, classes, owner):
    known = {label: number for number, label in enumerate(classes.tolist())}
    unknown = [label for label in labels.tolist() if label not in known]
    if unknown:
        raise ValueError(
            f"target of {owner} must be a class of the estimator, one of "
            f"{classes.tolist()}, got {unknown[0]!r}."
        )
    return np.array([known[label] for label in labels.tolist()], dtype=np.intp)


def predicted_outputs(mean, classes):
    """Return the number of the predicted class of each row, or 0 for numbers.

    Parameters
    ----------
    mean : ndarray of shape (n_rows, n_outputs)
        The mean of the draws.
    classes : ndarray or None
        The classes.
    """
    if classes is None:
        return np.zeros(len(mean), dtype=np.intp)
    return mean.argmax(axis=1)


def check_outputs(outputs, n_outputs, classes, owner):
    """Raise an error if there is no output of a number, or not one per class."""
    if classes is not None and len(classes) != n_outputs:
        raise ValueError(
            f"estimator of {owner} must give a probability for each class, got "
            f"{n_outputs} for the {len(classes)} classes {classes.tolist()}."
        )
    if outputs is not None and outputs.max() >= n_outputs:
        raise ValueError(
            f"target of {owner} must be the number of an output, below {n_outputs}, "
            f"got {outputs.max()}."
        )
