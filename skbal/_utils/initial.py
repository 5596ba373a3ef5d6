"""The first labels: indices of rows, or an object that selects them."""

from contextlib import contextmanager
from numbers import Integral
from types import ModuleType

import numpy as np

from skbal._utils.arrays import as_array
from skbal._utils.indices import check_indices
from skbal._utils.labelled import known_labels
from skbal._utils.parameters import own
from skbal._utils.pools import n_rows, subset
from skbal._utils.unanswered import unanswered

_WORDS = (
    "rows of X, an array of indices, or an object that selects them such as "
    "skbal.seeding.BalancedSeed()"
)


def selects_rows(initial):
    """Return whether ``initial`` is an object that selects rows, not the rows.

    Parameters
    ----------
    initial : object
        As a loop takes it.

    Returns
    -------
    selects : bool

    Examples
    --------
    >>> from skbal.seeding import BalancedSeed
    >>> selects_rows(BalancedSeed()), selects_rows([3, 5])
    (True, False)
    """
    # A torch tensor has a method of this name, but it is an array of indices. The
    # modules numpy and torch have functions of this name.
    is_other = isinstance(initial, (type, ModuleType)) or hasattr(initial, "__array__")
    return not is_other and callable(getattr(initial, "select", None))


def check_initial(initial, name, owner):
    """Raise an error unless ``initial`` is an array of indices or selects rows."""
    if selects_rows(initial):
        return
    is_number = isinstance(initial, Integral)
    if not is_number and not as_array(initial, f"{name} of {owner}").ndim:
        raise TypeError(f"{name} of {owner} must be {_WORDS}, got {initial!r}.")
    check_indices(initial, np.inf, name, owner)


initial_rule = own(check_initial, _WORDS, "kmeans", none=True)


def initial_rows(initial, X, y, owner, candidates=None):
    """Return the rows that are labelled first.

    Parameters
    ----------
    initial : array-like of int of shape (n_initial,), object with select, or None
        The rows, or an object that selects them from the candidates. None selects
        no rows.
    X : array-like of shape (n_pool, ...)
        The pool.
    y : array-like of shape (n_pool, ...), optional
        The labels that ``select`` may look at. It does not select rows whose label is
        missing.
    owner : str
        Name of the caller, for messages.
    candidates : ndarray of int of shape (n_candidates,), optional
        The rows that may be labelled. None allows all.

    Returns
    -------
    rows : ndarray of shape (n_initial,), dtype=intp

    Raises
    ------
    TypeError, ValueError
        If they are not distinct rows of X, or one is not a candidate. Errors of
        ``select`` pass through.

    Examples
    --------
    >>> from skbal.seeding import RandomSeed
    >>> X = [[0], [1], [2], [3]]
    >>> initial_rows(RandomSeed(1), X, None, "compare", candidates=np.array([2]))
    array([2])
    """
    if initial is None:
        return np.empty(0, dtype=np.intp)
    check_initial(initial, "initial", owner)
    if selects_rows(initial):
        initial = _selected(initial, X, y, owner, candidates)
    rows = check_indices(initial, n_rows(X), "initial", owner)
    if candidates is not None and not np.isin(rows, candidates).all():
        outside = rows[~np.isin(rows, candidates)][0]
        raise ValueError(
            f"initial of {owner} must be among its candidates, got row {outside}."
        )
    return rows


@contextmanager
def noting_default(initial, default, owner):
    """Say in errors that the user gave no ``initial``, and what stands for it.

    Parameters
    ----------
    initial : object
        As the user gave it. Nothing is said unless it is None.
    default : object
        What selects rows instead.
    owner : str
        Name of the caller, for the note.
    """
    try:
        yield
    except ValueError as error:
        if initial is None:
            error.add_note(
                f"initial of {owner} is None, which stands for {default!r} here. Give "
                "it another one."
            )
        raise


def _selected(initial, X, y, owner, candidates):
    missing = np.zeros(n_rows(X), dtype=bool) if y is None else unanswered(y)
    if missing.any():
        rows = np.arange(len(missing)) if candidates is None else candidates
        candidates = rows[~missing[rows]]
    if candidates is None or len(candidates) == len(missing):
        return initial.select(X, y)
    if y is not None:
        # Labels of their own kind also if y is an array of objects with some missing.
        places = np.searchsorted(np.flatnonzero(~missing), candidates)
        y = known_labels(y)[places]
    # Checked before NumPy takes a mask or a number below 0 for other rows.
    places = initial.select(subset(X, candidates), y)
    return candidates[check_indices(places, len(candidates), "initial", owner)]
