"""One way to seed the parts of an estimator, strategy or filter."""

import copy

from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from skbal._utils.random import SMALL_SEEDS, check_seed, next_seed, stream


def fill_random_states(estimator, seed, *, every=False, in_order=False):
    """Set every ``random_state`` of an object that is None to an integer.

    Numbers that the user has set stay, so a part of a run may be held fixed. So do all
    of a part that ``clone`` returns itself, such as a fitted `PoolGraph`: it belongs to
    the user, and has no use for them any more.

    Parameters
    ----------
    estimator : object
        An estimator, query strategy, seed or filter, changed in place. Nested
        parameters (``base__random_state``) are set, too. An object without
        ``get_params`` stays as it is.
    seed : int
        Determines the integers. Parts of different names get different integers.
    every : bool, default=False
        Whether to replace numbers that the user has set, too.
    in_order : bool, default=False
        Whether the integers come from one stream, in the order of the names, as in
        scikit-learn's ensembles. Otherwise each name has a stream of its own.

    Returns
    -------
    estimator : object
        The same object.

    Examples
    --------
    >>> from skbal.query import BALD
    >>> type(fill_random_states(BALD(), 0).random_state)
    <class 'int'>
    >>> fill_random_states(BALD(random_state=7), 0)
    BALD(random_state=7)
    """
    if not _has_parameters(estimator):
        return estimator
    parameters = estimator.get_params(deep=True)
    names = [
        name
        for name, value in sorted(parameters.items())
        if (every or value is None)
        and name.split("__")[-1] == "random_state"
        and not is_kept(parameters.get(name.rpartition("__")[0]))
    ]
    if in_order:
        rng = check_random_state(seed)
        states = {name: int(rng.randint(SMALL_SEEDS)) for name in names}
    else:
        states = {name: next_seed(stream(seed, name)) for name in names}
    if states:
        estimator.set_params(**states)
    return estimator


def settled(strategy, rng=None):
    """Return a copy of a strategy whose random states are integers.

    Asked twice, it makes the same draws. Streams of the user's move on, once.

    Parameters
    ----------
    strategy : object
        A strategy or estimator. It is not changed.
    rng : numpy.random.Generator, optional
        What the integer in place of None is drawn from. Without it, it is a fresh one.

    Returns
    -------
    result : object
        Its integers are those of the strategy. None becomes an integer. Other
        parameters, such as arrays, are shared.

    Examples
    --------
    >>> from skbal.query import BALD
    >>> settled(BALD(random_state=7)).random_state
    7
    >>> type(settled(BALD()).random_state)
    <class 'int'>
    """
    result = copy.copy(strategy)
    for name, value in strategy.get_params(deep=False).items():
        if name == "random_state":
            if value is None and rng is not None:
                value = next_seed(rng)
            setattr(result, name, check_seed(value, type(strategy).__name__))
        elif _has_parameters(value) and not is_kept(value):
            setattr(result, name, settled(value, rng))
    return result


def hand_back(copied, strategy):
    """Set what a copy says of its last batch, its names with ``_`` at the end.

    Parameters
    ----------
    copied : object
        A result of `settled` that was called.
    strategy : object
        What it is a copy of; changed in place.
    """
    for name, value in vars(copied).items():
        if name.endswith("_") and not name.startswith("_"):
            setattr(strategy, name, value)


def _has_parameters(part):
    return hasattr(part, "get_params") and not isinstance(part, type)


def is_kept(part):
    """Return whether ``clone`` returns a part itself.

    Parameters
    ----------
    part : object
        Anything.

    Returns
    -------
    is_kept : bool
    """
    how = getattr(type(part), "__sklearn_clone__", BaseEstimator.__sklearn_clone__)
    return how is not BaseEstimator.__sklearn_clone__ and how(part) is part
