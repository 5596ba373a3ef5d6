"""Checks of what a learner is asked, before its strategy sees the pool."""

import inspect
from difflib import get_close_matches

from skbal.learner._training_data import check_extends


def check_arguments(strategy, given, named, owner):
    """Raise a TypeError if a strategy does not take the arguments of ``query``.

    Parameters
    ----------
    strategy : QueryStrategy
        The strategy of the learner.
    given : tuple
        Arguments after the pool that are not named.
    named : iterable of str
        Names of the other arguments.
    owner : str
        Name of the learner, for the message.
    """
    if not given and not set(named) - {"n_instances"}:
        return
    parameters = [*inspect.signature(type(strategy).__call__).parameters.values()][3:]
    kinds = {each.kind for each in parameters}  # after self, the learner and the pool
    if inspect.Parameter.VAR_POSITIONAL not in kinds:
        _check_places(parameters, given, named, owner)
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        _check_names([each.name for each in parameters], named, owner)


def _check_places(parameters, given, named, owner):
    ordered = [each.name for each in parameters if each.kind is not each.KEYWORD_ONLY]
    if len(given) > len(ordered):
        raise TypeError(
            f"query of {owner} takes X_pool and {', '.join(ordered) or 'no more'} by "
            f"position, got {len(given)} arguments after X_pool."
        )
    twice = [name for name in ordered[: len(given)] if name in named]
    if twice:
        raise TypeError(f"query of {owner} got two values for {twice[0]!r}.")


def _check_names(known, named, owner):
    for name in named:
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
