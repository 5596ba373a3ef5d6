"""How a student learns probabilities: as soft labels, or as weights of labels."""

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils.validation import has_fit_parameter

from skbal._utils.labels import labels_of_no_class, sorted_classes
from skbal._utils.pools import take
from skbal._utils.unwrap import last_step
from skbal.models._networks._class_targets import ClassTargets


def check_student(student, name, owner):
    """Raise a TypeError unless an estimator can learn probabilities.

    Parameters
    ----------
    student : object
        The estimator.
    name, owner : str
        The parameter and whose it is, for messages.
    """
    last = None if isinstance(student, type) else last_step(student)[0]
    if isinstance(last, ClassTargets):
        return
    if not is_a_classifier(last) or not has_fit_parameter(last, "sample_weight"):
        is_class = isinstance(student, type)
        got = f"the class {student.__name__}" if is_class else repr(student)
        raise TypeError(
            f"{name} of {owner} must be a network such as MCDropoutClassifier(), "
            "another classifier with predict_proba whose fit takes sample_weight, or "
            f"a Pipeline that ends in one, got {got}."
        )


def is_a_classifier(estimator):
    """Return whether an object is a classifier with probabilities."""
    tagged = hasattr(estimator, "__sklearn_tags__") and hasattr(estimator, "fit")
    return tagged and is_classifier(estimator) and hasattr(estimator, "predict_proba")


def classes_for(student, known, owner):
    """Return the classes that a student learns.

    Parameters
    ----------
    student : estimator or None
        A network may have a parameter ``classes``, all of them.
    known : ndarray of shape (n_known,)
        Those of the teacher.
    owner : str
        Name of the class whose student it is, for messages.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted.

    Raises
    ------
    ValueError
        If the teacher has a class that is not among those of the student.
    """
    last = None if student is None else last_step(student)[0]
    if not isinstance(last, ClassTargets) or last.classes is None:
        return known
    given = sorted_classes(last.classes, "classes", type(last).__name__)
    unknown = labels_of_no_class(known, given)
    if unknown:
        raise ValueError(
            f"y given to {owner} must hold labels among classes of its student, "
            f"{given.tolist()}, got {unknown}."
        )
    return given


def teach(student, X, probabilities, sample_weight=None):
    """Fit a student to the probabilities of classes, by the cross-entropy to them.

    A network takes them as soft labels. Another classifier is given each row once for
    each class, with the probability as its weight: the same sum of losses.

    Parameters
    ----------
    student : estimator
        The student, which is fitted.
    X : array-like of shape (n_samples, ...)
        The rows.
    probabilities : ndarray of shape (n_samples, n_classes)
        The probability of each class. The student learns the classes 0, 1, ...
    sample_weight : array-like of shape (n_samples,), optional
        Weights of the rows.

    Returns
    -------
    student : estimator
        The same object.
    """
    n_samples, n_classes = probabilities.shape
    last, prefix = last_step(student)
    name = f"{prefix}sample_weight"
    of_rows = {} if sample_weight is None else {name: np.asarray(sample_weight)}
    if n_classes == 1:
        return student.fit(X, np.zeros(n_samples, dtype=int), **of_rows)
    if isinstance(last, ClassTargets):
        return student.fit(X, probabilities, **of_rows)
    rows = np.repeat(np.arange(n_samples), n_classes)
    labels = np.tile(np.arange(n_classes), n_samples)
    weights = probabilities.ravel()
    if of_rows:
        weights = weights * of_rows[name][rows]
    return student.fit(take(X, rows), labels, **{name: weights})
