"""Classifiers of several yes/no labels per row, which scikit-learn calls multilabel.

Their y has shape (n_samples, n_labels) and holds 0 for no and 1 for yes. Their draws
have the same columns: the probability of yes for each label, so a draw of a row does
not sum to one. The functions here know the forms in which scikit-learn's classifiers
say the same.
"""

import numpy as np
from scipy.sparse import issparse
from sklearn.pipeline import Pipeline

from skbal._utils.tags import regresses
from skbal._utils.validation import as_numbers

_FIT_ONE_EACH = "Fit one classifier per column."


def is_multilabel(model):
    """Return whether a fitted model predicts several yes/no labels per row.

    Parameters
    ----------
    model : object
        A model without pipelines and learners around it.

    Returns
    -------
    is_multilabel : bool
        Also true if the columns of labels hold other classes than no and yes, as
        forests allow; see `check_yes_or_no`.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> X, y = [[0.0], [1.0]], [[0, 1], [1, 1]]
    >>> is_multilabel(RandomForestClassifier(2).fit(X, y))
    True
    >>> is_multilabel(RandomForestClassifier(2).fit(X, ["cat", "dog"]))
    False
    """
    classes = getattr(model, "classes_", None)
    if isinstance(classes, (list, tuple)) and len(classes):
        return all(np.ndim(known) == 1 for known in classes)
    if getattr(model, "multilabel_", False) is True:  # OneVsRestClassifier
        return True
    is_mlp = getattr(model, "out_activation_", None) == "logistic"
    return is_mlp and model.n_outputs_ > 1


def answers_of_labels(model):
    """Return the answers to each label that a multilabel classifier was fitted on.

    Parameters
    ----------
    model : estimator
        A model for which `is_multilabel` is true.

    Returns
    -------
    answers : list of ndarray
        One array per label, such as [0, 1].
    """
    if isinstance(model.classes_, (list, tuple)):
        return [np.asarray(known) for known in model.classes_]
    return [np.array([0, 1]) for _ in model.classes_]


def check_yes_or_no(model):
    """Raise a ValueError unless the columns of labels of a classifier are 0 and 1.

    Parameters
    ----------
    model : estimator
        A model for which `is_multilabel` is true.

    Raises
    ------
    ValueError
        If a column holds other classes.
    """
    answers = answers_of_labels(model)
    for column, known in enumerate(answers):
        if not set(known.tolist()) <= {0, 1}:
            raise ValueError(
                f"{type(model).__name__} was fitted on {len(answers)} columns of "
                f"labels, and column {column} holds {known.tolist()}. Several columns "
                f"must hold 0 for no and 1 for yes. {_FIT_ONE_EACH}"
            )


def knows_both_answers(model):
    """Return whether a multilabel classifier knows yes and no for any label."""
    return any(len(known) > 1 for known in answers_of_labels(model))


def probability_of_yes(probabilities, answers):
    """Return the probability of yes for each label.

    Parameters
    ----------
    probabilities : ndarray of shape (n_samples, n_labels), or list of ndarray
        What ``predict_proba`` of a multilabel classifier returns. A list has an array
        of shape (n_samples, n_answers) for each label, in the order of its answers.
    answers : list of ndarray
        As `answers_of_labels` returns them.

    Returns
    -------
    yes : ndarray of shape (n_samples, n_labels)
        0 for a label whose yes was never seen.

    Examples
    --------
    >>> probability_of_yes([[[0.4, 0.6]], [[1.0]]], [np.array([0, 1]), np.array([0])])
    array([[0.6, 0. ]])
    """
    if not isinstance(probabilities, list):
        return np.asarray(probabilities)
    columns = [
        yes_column(np.asarray(of_label), known)
        for of_label, known in zip(probabilities, answers, strict=True)
    ]
    return np.stack(columns, axis=-1)


def yes_column(probabilities, known):
    """Return the column of the answer yes; zeros if it was never seen.

    Parameters
    ----------
    probabilities : ndarray of shape (..., n_answers)
        In the order of the answers.
    known : ndarray of shape (n_answers,)
        Some of 0 and 1.

    Returns
    -------
    yes : ndarray of shape (...)
    """
    (places,) = np.nonzero(known == 1)
    if not len(places):
        return np.zeros(probabilities.shape[:-1], probabilities.dtype)
    return probabilities[..., places[0]]


def no_and_yes(yes):
    """Return the probabilities of no and of yes of one label, from that of yes.

    Parameters
    ----------
    yes : ndarray of shape (...)
        Probabilities of yes.

    Returns
    -------
    both : ndarray of shape (..., 2)

    Examples
    --------
    >>> no_and_yes(np.array([0.75]))
    array([[0.25, 0.75]])
    """
    return np.stack([1 - yes, yes], axis=-1)


def check_label_columns(y, what):
    """Return several yes/no labels per row as float32, NaN where one is missing.

    Parameters
    ----------
    y : array-like of shape (n_samples, n_labels)
        0 for no, 1 for yes, or NaN.
    what : str
        The argument and its owner, for messages.

    Returns
    -------
    labels : ndarray of shape (n_samples, n_labels), dtype=float32

    Raises
    ------
    TypeError
        If y is a sparse matrix.
    ValueError
        If y has another shape, holds something else, or a row has no label.

    Examples
    --------
    >>> check_label_columns([[0, 1], [2, 1]], "y given to fit")
    Traceback (most recent call last):
        ...
    ValueError: y given to fit must hold 0 for no, 1 for yes, or NaN, got 2 for label 0
    of row 1.
    """
    if issparse(y):
        raise TypeError(f"{what} must be dense: give y.toarray().")
    must = f"{what} must hold 0 for no, 1 for yes, or NaN"
    labels = as_numbers(y, must).astype(np.float32)
    if labels.ndim != 2:
        raise ValueError(
            f"{what} must have shape (n_samples, n_labels), with a column for each "
            f"yes/no label, got {labels.shape}."
        )
    wrong = ~(np.isnan(labels) | (labels == 0) | (labels == 1))
    if wrong.any():
        row, label = np.argwhere(wrong)[0]
        raise ValueError(
            f"{must}, got {labels[row, label]:g} for label {label} of row {row}."
        )
    empty = np.isnan(labels).all(axis=1)
    if empty.any():
        raise ValueError(
            f"{what} must have a label in each row, but row {int(empty.argmax())} has "
            "none. Leave such rows out."
        )
    return labels


def known_or_none(y, owner):
    """Return labels of rows, of which some rows may have none.

    Parameters
    ----------
    y : ndarray of shape (n_samples, n_labels)
        0, 1, or NaN; a row of which all are NaN has no label.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    y : ndarray of shape (n_samples, n_labels)
        The given array.

    Raises
    ------
    ValueError
        If something else is among the labels.

    Examples
    --------
    >>> known_or_none(np.array([[0, 3]]), "ActiveLearningClassifier")
    Traceback (most recent call last):
        ...
    ValueError: y given to ActiveLearningClassifier must hold 0 for no, 1 for yes, or
    NaN, got 3 for label 1 of row 0. Fit one classifier per column.
    """
    what = f"y given to {owner}"
    values = as_numbers(y, f"{what} must hold 0 for no and 1 for yes in its columns")
    wrong = ~(np.isnan(values.astype(np.float64)) | np.isin(values, [0, 1]))
    if wrong.any():
        row, label = np.argwhere(wrong)[0]
        raise ValueError(
            f"{what} must hold 0 for no, 1 for yes, or NaN, got {values[row, label]:g} "
            f"for label {label} of row {row}. {_FIT_ONE_EACH}"
        )
    return y


def holds_labels(y):
    """Return whether labels have several columns, one for each label of a row.

    Parameters
    ----------
    y : ndarray of shape (n_samples, ...)
        Labels.

    Returns
    -------
    holds : bool

    Examples
    --------
    >>> holds_labels(np.zeros((3, 2))), holds_labels(np.zeros((3, 1)))
    (True, False)
    """
    return y.ndim == 2 and y.shape[1] > 1


def takes_missing_labels(estimator):
    """Return whether an estimator is fitted also where a label of a row is missing.

    Parameters
    ----------
    estimator : estimator or learner
        Such a model has a true attribute ``takes_missing_labels``. It may be the last
        step of a pipeline, or inside a search or a learner.

    Returns
    -------
    takes : bool
    """
    while not hasattr(estimator, "takes_missing_labels"):
        if isinstance(estimator, Pipeline):
            estimator = estimator.steps[-1][1]
        elif hasattr(estimator, "estimator"):
            estimator = estimator.estimator
        else:
            return False
    return estimator.takes_missing_labels is True


def check_no_gaps(y, estimator, what):
    """Raise a ValueError if one label of a row is missing and the model needs it.

    Parameters
    ----------
    y : array-like of shape (n_samples, n_labels)
        Labels. Those of one column are not looked at.
    estimator : estimator or learner
        It will be fitted to them.
    what : str
        The argument and its owner, for the message.

    Raises
    ------
    ValueError
        If a label of a row is NaN and another is not.

    Examples
    --------
    >>> check_no_gaps([[1.0, float("nan")]], None, "y given to ActiveLearner")
    Traceback (most recent call last):
        ...
    ValueError: y given to ActiveLearner has no answer to label 1 of row 0, but NaN, and
    NoneType needs all labels of a row. Leave the whole row unanswered, or use
    MCDropoutMultiLabelClassifier, which learns from the labels that are there.
    """
    gaps = gaps_of(y)
    if not gaps.any() or takes_missing_labels(estimator):
        return
    row, label = np.argwhere(gaps)[0]
    name = type(estimator).__name__
    if regresses(estimator):
        raise ValueError(
            f"{what} has no number for output {label} of row {row}, but NaN, and "
            f"{name} needs all outputs of a row. Leave the whole row unanswered."
        )
    raise ValueError(
        f"{what} has no answer to label {label} of row {row}, but NaN, and "
        f"{name} needs all labels of a row. Leave the whole row unanswered, or use "
        "MCDropoutMultiLabelClassifier, which learns from the labels that are there."
    )


def gaps_of(y):
    """Return which labels are missing in rows that have others.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_labels)
        Labels of any kind.

    Returns
    -------
    gaps : ndarray of shape (n_samples, n_labels) or (n_samples, 0), dtype=bool
    """
    y = np.asarray(y)
    if y.ndim != 2 or y.dtype.kind != "f":
        return np.zeros((len(y), 0), dtype=bool)
    missing = np.isnan(y)
    return missing & ~missing.all(axis=1, keepdims=True)
