"""The rows of each class in a pool."""

import numpy as np
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import type_of_target

from skbal._utils.arrays import without_new_text
from skbal._utils.labels import class_codes, objects_hint
from skbal._utils.pools import n_rows

_HINT = "RandomSeed and KMeansSeed(n_per_class=None) need no labels."


def check_classes(X, y, owner):
    """Return the class of every row as an array, or raise an error that names y.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        The pool.
    y : array-like of shape (n_samples,)
        The classes.
    owner : str
        Name of the seed, for messages.

    Returns
    -------
    y : ndarray of shape (n_samples,)

    Raises
    ------
    TypeError
        If y mixes strings and numbers.
    ValueError
        If y is missing, is empty, has another length than X, or holds no classes.
    """
    if y is None:
        raise ValueError(
            f"y of {owner} must hold the class of every row, got None. {_HINT}"
        )
    if np.ndim(y) > 1 and np.shape(y)[-1] > 1:
        raise ValueError(
            f"y of {owner} must hold one class per row, got shape {np.shape(y)}, "
            f"as of votes or several targets. {_HINT}"
        )
    y, n_samples = column_or_1d(without_new_text(y)), n_rows(X)
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
        raise ValueError(
            f"y of {owner} must hold classes, got {kind} values."
            f"{objects_hint(y)} {_HINT}"
        )
    return y


def members_of_classes(y, n_per_class, owner):
    """Return the rows of each class, if every class has enough of them.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        The classes.
    n_per_class : int
        Number of rows that each class must have.
    owner : str
        Name of the seed, for the message.

    Returns
    -------
    members : list of ndarray of shape (n_members,), dtype=intp
        Indices of rows in ascending order, one array per class, in the order of the
        classes.

    Raises
    ------
    ValueError
        If a class has fewer. The message names the class with fewest rows.
    """
    classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    if counts.min() < n_per_class:
        rare, few = classes.tolist()[counts.argmin()], counts.min()
        raise ValueError(
            f"n_per_class of {owner} is {n_per_class}, but class {rare!r} has only "
            f"{few} row{'s' if few > 1 else ''}. Take n_per_class={few}, or a seed "
            "that needs no labels."
        )
    return [np.flatnonzero(codes == code) for code in range(len(classes))]


def in_turns(chosen, rng):
    """Return one row of each class, then the next row of each class.

    Parameters
    ----------
    chosen : list of ndarray of shape (n_per_class,)
        Rows, one array for each class.
    rng : numpy.random.Generator
        Draws the order of the classes, again in each turn.

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
