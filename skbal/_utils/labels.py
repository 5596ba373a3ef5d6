"""Labels as codes of their classes, and columns of classes."""

import numpy as np
from sklearn.utils.multiclass import check_classification_targets

from skbal._utils.arrays import as_array
from skbal._utils.unanswered import unanswered

COULD_NOT_TELL = "Leave out the answers of people who could not tell."
_NUMBERS = (bool, int, float, np.number, np.bool_)


def label_column(labels, what, if_missing=""):
    """Return labels as an array of one axis.

    Parameters
    ----------
    labels : array-like of shape (n_samples,) or (n_samples, 1)
        Strings or numbers.
    what : str
        The argument and its owner, for messages, such as "labels of CrowdOracle".
    if_missing : str, default=""
        A sentence about what to do with a missing label, for messages.

    Returns
    -------
    labels : ndarray of shape (n_samples,)
        Objects that are all numbers become an array of numbers.

    Raises
    ------
    ValueError
        If they have another shape or form no array, or one of them is missing, masked
        or no label, such as infinity.

    Examples
    --------
    >>> label_column([["cat"], ["dog"]], "labels of CrowdOracle").tolist()
    ['cat', 'dog']
    """
    array = as_array(labels, what)
    if array.ndim != 1 and array.shape[1:] != (1,):
        raise ValueError(
            f"{what} must be one label per row, an array of one axis, got shape "
            f"{array.shape}."
        )
    array = array.ravel()
    _refuse_no_labels(array, what, if_missing)
    if array.dtype == object:
        for row, label in enumerate(array.tolist()):
            if not _is_label(label):
                raise ValueError(
                    f"{what} must hold a string or a number in each row, row {row} has "
                    f"{label!r}.{_hint(label, if_missing)}"
                )
        if all(isinstance(label, _NUMBERS) for label in array.tolist()):
            array = np.array(array.tolist())
            _refuse_no_labels(array, what, if_missing)
    return array


def _hint(label, if_missing):
    return f" {if_missing}" if if_missing and unanswered([label])[0] else ""


def _refuse_no_labels(array, what, if_missing):
    if array.dtype.kind in "cmMV":
        raise ValueError(
            f"{what} must hold a string or a number in each row, got dtype "
            f"{array.dtype}."
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        row = int(np.argmin(np.isfinite(array)))
        wrong = "NaN" if np.isnan(array[row]) else "infinity"
        raise ValueError(
            f"{what} must not contain {wrong}, but row {row} has it."
            f"{_hint(array[row], if_missing)}"
        )


def are_not_whole(values):
    """Return whether some values are numbers that are not whole, as no labels are.

    Parameters
    ----------
    values : ndarray
        Labels or numbers, none of them NaN.

    Returns
    -------
    are_not_whole : bool

    Examples
    --------
    >>> are_not_whole(np.array([1.0, 2.5])), are_not_whole(np.array([1.0, 2.0]))
    (True, False)
    """
    return values.dtype.kind == "f" and bool((values != np.round(values)).any())


def different_labels(labels, what):
    """Return the labels of classes as an array, or raise if one is repeated.

    Parameters
    ----------
    labels : array-like of shape (n_classes,)
        Strings or numbers.
    what : str
        The argument and its owner, for messages.

    Returns
    -------
    labels : ndarray of shape (n_classes,)

    Raises
    ------
    ValueError
        If they are no array of one axis, a label is repeated, or one is NaN.

    Examples
    --------
    >>> different_labels(["cat", "cat"], "classes of NoisyOracle")
    Traceback (most recent call last):
        ...
    ValueError: classes of NoisyOracle must be different labels, got ['cat', 'cat'].
    """
    array = as_array(labels, what)
    given = array.tolist()
    differ = array.ndim == 1 and all(map(_is_label, given))
    if not differ or len(set(given)) < len(given):
        raise ValueError(f"{what} must be different labels, got {given!r}.")
    return array


def sorted_classes(classes, name, owner):
    """Return labels of classes, sorted, or raise if they cannot be those of classes.

    Parameters
    ----------
    classes : array-like of shape (n_classes,)
        Different strings or numbers.
    name, owner : str
        Names of the argument and of the caller, for messages.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Objects that are all numbers become an array of numbers.

    Raises
    ------
    TypeError
        If strings and numbers are mixed.
    ValueError
        If one is repeated, missing, infinite or no label.

    Examples
    --------
    >>> sorted_classes(["dog", "cat"], "classes", "MCDropoutClassifier").tolist()
    ['cat', 'dog']
    """
    what = f"{name} of {owner}"
    labels = label_column(different_labels(classes, what), what)
    return class_codes(labels, name, owner)[0]


def classes_among(labels, what):
    """Return the different classes among labels.

    Parameters
    ----------
    labels : array-like of shape (n_labels,)
        Strings or numbers.
    what : str
        The argument and its owner, for messages.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted.

    Raises
    ------
    TypeError
        If strings and numbers are mixed.
    ValueError
        If they have another shape, or one is missing, infinite or no label.

    Examples
    --------
    >>> classes_among(["dog", "cat", "dog"], "classes given to partial_fit").tolist()
    ['cat', 'dog']
    """
    labels = label_column(labels, what)
    if labels.dtype == object:
        _check_one_kind(labels, f"{what} must hold either strings or numbers", False)
    return np.unique(labels)


def with_classes_of(classes, labels, what):
    """Return classes together with those of more labels.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        At least one.
    labels : ndarray of shape (n_labels,)
        At least one.
    what : str
        The argument that the labels are, and its owner, for the message.

    Returns
    -------
    classes : ndarray of shape (n_all,)
        Sorted.

    Raises
    ------
    TypeError
        If some are strings and others are numbers. NumPy would make strings of all.

    Examples
    --------
    >>> with_classes_of(np.array([1, 2]), np.array([5]), "y").tolist()
    [1, 2, 5]
    """
    kinds = [_kind_of(values.tolist()[0])[0] for values in (classes, labels)]
    if kinds[0] != kinds[1]:
        raise TypeError(
            f"{what} must hold {kinds[0]}s, as the classes {classes.tolist()}, got "
            f"{labels.tolist()[0]!r}."
        )
    return np.unique(np.concatenate([classes, labels]))


def _is_label(value):
    if value is None or getattr(type(value), "__hash__", None) is None:
        return False
    same = value == value  # NaN differs from itself, and pandas' NA cannot tell
    return isinstance(same, (bool, np.bool_)) and bool(same)


def class_codes(labels, name, owner):
    """Return the classes, and the position of each label among them.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,)
        Strings or numbers.
    name, owner : str
        Names of the argument and of the caller, for messages.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted.
    codes : ndarray of shape (n_samples,), dtype=intp
        Positions in ``classes``.

    Raises
    ------
    TypeError
        If strings and numbers are mixed, or a label is None.
    ValueError
        If a label is NaN or infinite.

    Examples
    --------
    >>> class_codes(np.array(["b", None], dtype=object), "y", "NoisyOracle")
    Traceback (most recent call last):
        ...
    TypeError: y of NoisyOracle must hold either strings or numbers, got NoneType and
    str.
    """
    if labels.dtype.kind in "cV":
        raise TypeError(
            f"{name} of {owner} must hold either strings or numbers, got dtype "
            f"{labels.dtype}."
        )
    try:
        classes, codes = np.unique(labels, return_inverse=True)
    except TypeError:
        kinds = sorted({type(label).__name__ for label in labels.tolist()})
        raise TypeError(
            f"{name} of {owner} must hold either strings or numbers, got "
            f"{' and '.join(kinds)}."
        ) from None
    if (classes != classes).any():  # NaN differs from itself
        raise ValueError(f"{name} of {owner} must not contain NaN. Drop such rows.")
    if classes.dtype.kind == "f" and np.isinf(classes).any():
        raise ValueError(f"{name} of {owner} must be finite, got infinity.")
    return classes, codes


def labels_of_no_class(labels, classes):
    """Return the labels that are not among classes.

    They are compared as Python does. For NumPy, the text "1" would be the number 1.

    Parameters
    ----------
    labels : ndarray of shape (n_labels,)
        Strings or numbers.
    classes : array-like of shape (n_classes,)
        Strings or numbers.

    Returns
    -------
    unknown : list
        Sorted.

    Examples
    --------
    >>> labels_of_no_class(np.array([1, 3]), [1, 2])
    [3]
    >>> labels_of_no_class(np.array(["1"]), [1, 2])
    ['1']
    """
    return sorted(set(labels.tolist()) - set(np.asarray(classes).tolist()))


def for_all_classes(probabilities, known, classes):
    """Return probabilities with one column per class.

    Parameters
    ----------
    probabilities : ndarray of shape (..., n_known)
        Columns in the order of ``known``.
    known : ndarray of shape (n_known,)
        Some of the classes, in ascending order.
    classes : ndarray of shape (n_classes,)
        All classes, in ascending order.

    Returns
    -------
    aligned : ndarray of shape (..., n_classes)
        0 for a class that is not in ``known``.

    Raises
    ------
    ValueError
        If there is a column of a class that is not among all classes.

    Examples
    --------
    >>> for_all_classes(np.array([[0.3, 0.7]]), ["cat", "eel"], ["cat", "dog", "eel"])
    array([[0.3, 0. , 0.7]])
    """
    if np.array_equal(known, classes):
        return probabilities
    others = labels_of_no_class(np.asarray(known), classes)
    if others:
        raise ValueError(
            f"The probabilities have columns for the classes {others}, but there are "
            f"only {np.asarray(classes).tolist()}. Ensembles of scikit-learn number "
            "the labels: leave classes=None in the networks that they train."
        )
    shape = (*probabilities.shape[:-1], len(classes))
    aligned = np.zeros(shape, dtype=probabilities.dtype)
    aligned[..., np.searchsorted(classes, known)] = probabilities
    return aligned


def check_classes(y, owner):
    """Raise an error that names y if its labels cannot be those of classes.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        The labels.
    owner : str
        Name of the caller, for messages.

    Examples
    --------
    >>> check_classes([0.37, 1.2], "MCDropoutClassifier")
    Traceback (most recent call last):
        ...
    ValueError: y given to MCDropoutClassifier is refused: Unknown label type:
    continuous. Maybe you are trying to fit a classifier, which expects discrete classes
    on a regression target with continuous values.
    """
    _refuse_missing(y, owner)
    try:
        check_classification_targets(y)
    except TypeError:  # strings and numbers have no order
        words = f"y given to {owner} must hold either strings or numbers"
        _check_one_kind(np.asarray(y), words, False)
        raise
    except ValueError as error:
        raise ValueError(
            f"y given to {owner} is refused: {error}{objects_hint(y)}"
        ) from error


def _refuse_missing(y, owner):
    values = np.asarray(y)
    if values.dtype != object or values.ndim != 1:
        return
    rows = np.flatnonzero(unanswered(values))
    if rows.size:
        raise ValueError(
            f"y given to {owner} must have a label for each row, got "
            f"{values[rows[0]]!r} in row {rows[0]}. Leave out the rows without an "
            "answer."
        )


def objects_hint(y):
    """Return what to do about an array of objects that are numbers, or nothing."""
    y = np.asarray(y)
    if y.dtype != object or not all(isinstance(v, _NUMBERS) for v in y.ravel()):
        return ""
    return " Its numbers are held as objects: give y.astype(int)."


def check_answers(y, owner, numbers=False):
    """Raise a TypeError unless these are labels of one kind that an oracle can answer.

    Parameters
    ----------
    y : ndarray of shape (n_samples, ...)
        The labels.
    owner : str
        Name of the caller, for messages.
    numbers : bool, default=False
        Whether they must be numbers. Otherwise they may be strings, too.

    Examples
    --------
    >>> check_answers(np.array(["2026-01-01"], dtype="datetime64[D]"), "compare")
    Traceback (most recent call last):
        ...
    TypeError: y of compare must hold either strings or numbers, got datetime64[D].
    """
    words = "numbers" if numbers else "either strings or numbers"
    if y.dtype.kind not in ("biufO" if numbers else "biufOSUT"):
        raise TypeError(f"y of {owner} must hold {words}, got {y.dtype}.")
    if y.dtype == object:
        _check_one_kind(y, f"y of {owner} must hold {words}", numbers)


def _check_one_kind(y, words, numbers):
    rows = np.flatnonzero(~unanswered(y))
    kinds = [_kind_of(y[row]) for row in rows]
    allowed = ("number",) if numbers else ("number", "string")
    for row, kind in zip(rows, kinds):
        if kind[0] not in allowed:
            raise TypeError(f"{words}, got {y[row]!r} in row {row}.")
        if kind != kinds[0]:
            raise TypeError(
                f"{words}, got {y[row]!r} in row {row} and {y[rows[0]]!r} in row "
                f"{rows[0]}."
            )


def _kind_of(label):
    """Return whether a label is a string or a number, and its shape."""
    parts = np.ravel(np.asarray(label, dtype=object)).tolist()
    is_text = [isinstance(part, (str, bytes)) for part in parts]
    is_number = [isinstance(part, _NUMBERS) for part in parts]
    kind = "string" if all(is_text) else "number" if all(is_number) else "neither"
    return kind, np.shape(label)
