"""Labels as numbers of their classes."""

import numpy as np


def class_codes(labels, name, owner):
    """Return the different labels, and which of them each label is.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,)
        Texts or numbers.
    name, owner : str
        The argument's name and whose it is, for messages.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted.
    codes : ndarray of shape (n_samples,), dtype=intp
        Positions in ``classes``.

    Raises
    ------
    TypeError
        If there are texts and numbers, or something missing.
    ValueError
        If there is NaN.

    Examples
    --------
    >>> class_codes(np.array(["b", None], dtype=object), "y", "NoisyOracle")
    Traceback (most recent call last):
        ...
    TypeError: y of NoisyOracle must hold either texts or numbers, got NoneType and str.
    """
    try:
        classes, codes = np.unique(labels, return_inverse=True)
    except TypeError:
        kinds = sorted({type(label).__name__ for label in labels.tolist()})
        raise TypeError(
            f"{name} of {owner} must hold either texts or numbers, got "
            f"{' and '.join(kinds)}."
        ) from None
    if (classes != classes).any():  # NaN differs from itself
        raise ValueError(f"{name} of {owner} must hold no NaN: leave such rows out.")
    return classes, codes
