"""Labels as codes of their classes, and columns of classes."""

import numpy as np


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
        If a label is NaN.

    Examples
    --------
    >>> class_codes(np.array(["b", None], dtype=object), "y", "NoisyOracle")
    Traceback (most recent call last):
        ...
    TypeError: y of NoisyOracle must hold either strings or numbers, got NoneType and
    str.
    """
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
    return classes, codes


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

    Examples
    --------
    >>> for_all_classes(np.array([[0.3, 0.7]]), ["cat", "eel"], ["cat", "dog", "eel"])
    array([[0.3, 0. , 0.7]])
    """
    if np.array_equal(known, classes):
        return probabilities
    shape = (*probabilities.shape[:-1], len(classes))
    aligned = np.zeros(shape, dtype=probabilities.dtype)
    aligned[..., np.searchsorted(classes, known)] = probabilities
    return aligned
