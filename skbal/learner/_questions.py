"""Checks of what a learner is asked, before its strategy sees the pool."""

import inspect
from difflib import get_close_matches

from skbal.learner._training_data import check_extends


def check_arguments(strategy, arguments, owner):
    """Raise a TypeError if a strategy does not take an argument of ``query``.

    Parameters
    ----------
    strategy : QueryStrategy
        The strategy of the learner.
    arguments : iterable of str
        Names of arguments that it is called with.
    owner : str
        Name of the learner, for the message.
    """
    if not set(arguments) - {"n_instances"}:
        return
    parameters = inspect.signature(type(strategy).__call__).parameters
    if any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        return
    known = [*parameters][3:]  # after self, the learner and the pool
    for name in arguments:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise TypeError(
                f"query of {owner} got the unexpected argument {name!r}.{hint}"
            )


def check_like_taught(known, X_pool, owner):
    """Raise an error unless rows of the pool can be taught after the earlier rows.

    Only what is known without reading the pool is compared.

    Parameters
    ----------
    known : array-like of shape (n_samples, ...) or None
        The rows that were taught.
    X_pool : array-like of shape (n_pool, ...)
        The pool.
    owner : str
        Name of the learner, for the message.

    Raises
    ------
    TypeError, ValueError
        As `check_extends`.
    """
    if all(hasattr(rows, "shape") for rows in (known, X_pool)):
        check_extends(known, X_pool, "X_pool", owner)
