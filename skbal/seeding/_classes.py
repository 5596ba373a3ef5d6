"""Rows of a pool by their classes."""

import numpy as np
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import type_of_target

from skbal._utils.labels import class_codes
from skbal._utils.pools import n_rows

_HINT = "RandomSeed and KMeansSeed(n_per_class=None) need no labels."


def check_classes(X, y, owner):
    """Return the class of every row as an array, or say what y had to be.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        The pool.
    y : array-like of shape (n_samples,)
        The classes.
    owner : str
        The seed's name, for messages.

    Returns
    -------
    y : ndarray of shape (n_samples,)

    Raises
    ------
    TypeError
        If it holds texts and numbers.
    ValueError
        If it is missing, empty, of another length, or no class labels.
    """
    if y is None:
        raise ValueError(
            f"y of {owner} must hold the class of every row, got None. {_HINT}"
        )
    if np.ndim(y) > 1 and np.shape(y)[-1] > 1:
        raise ValueError(
            f"y of {owner} must hold one class a row, got the shape {np.shape(y)}, as "
            f"of votes or several targets. {_HINT}"
        )
    y, n_samples = column_or_1d(y), n_rows(X)
    if len(y) != n_samples:
        raise ValueError(
            f"y of {owner} must hold a label for each of the {n_samples} rows of X, "
            f"got {len(y)}."
        )
    if not len(y):
        raise ValueError(f"y of {owner} is empty: no class to choose from.")
    class_codes(y, "y", owner)
    kind = type_of_target(y, input_name="y")
    if kind not in ("binary", "multiclass"):
        raise ValueError(f"y of {owner} must hold classes, got {kind} values. {_HINT}")
    return y


def members_of_classes(y, n_per_class, owner):
    """Return the rows of each class, if each has as many as are asked for.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        The classes.
    n_per_class : int
        How many rows each class must have.
    owner : str
        The seed's name, for the message.

    Returns
    -------
    members : list of ndarray of shape (n_members,), dtype=intp
        Rising row numbers, one array for each class, in the order of the classes.

    Raises
    ------
    ValueError
        If a class has fewer; the message names the one that has fewest.
    """
    classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    if counts.min() < n_per_class:
        rare, few = classes.tolist()[counts.argmin()], counts.min()
        raise ValueError(
            f"n_per_class of {owner} is {n_per_class}, but class {rare!r} has only "
            f"{few} row{'s' if few > 1 else ''}. Take n_per_class={few}, or a seed "
            "that looks at no labels."
        )
    return [np.flatnonzero(codes == code) for code in range(len(classes))]


def in_turns(chosen, rng):
    """Return one row of each class, then the next of each.

    Parameters
    ----------
    chosen : list of ndarray of shape (n_per_class,)
        Rows, one array for each class.
    rng : numpy.random.Generator
        Of the order of the classes, another one at each turn.

    Returns
    -------
    indices : ndarray of shape (n_classes * n_per_class,), dtype=intp

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> chosen = in_turns([np.array([1, 2]), np.array([8, 9])], rng)
    >>> sorted(chosen[:2].tolist()), sorted(chosen[2:].tolist())
    ([1, 8], [2, 9])
    """
    return rng.permuted(np.transpose(chosen), axis=1).ravel().astype(np.intp)
