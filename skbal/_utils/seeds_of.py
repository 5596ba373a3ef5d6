"""One seed for everything that has a random_state and was given none."""

from skbal._utils.random import next_seed, stream


def fill_random_states(estimator, seed, *, every=False):
    """Give an integer to every ``random_state`` of an object that is None.

    Numbers that somebody has set stay, so a part of a run may be held fixed.

    Parameters
    ----------
    estimator : object
        An estimator, query strategy, seed or filter; changed in place. Parts of it
        count, too (``base__random_state``). What has no ``get_params`` stays as it is.
    seed : int
        Parts of different names get different integers.
    every : bool, default=False
        Whether those that are not None get an integer, too.

    Returns
    -------
    estimator : object
        The same.

    Examples
    --------
    >>> from skbal.query import BALD
    >>> type(fill_random_states(BALD(), 0).random_state)
    <class 'int'>
    >>> fill_random_states(BALD(random_state=7), 0)
    BALD(random_state=7)
    """
    if isinstance(estimator, type) or not hasattr(estimator, "get_params"):
        return estimator
    states = {
        name: next_seed(stream(seed, name))
        for name, value in sorted(estimator.get_params(deep=True).items())
        if (every or value is None) and name.split("__")[-1] == "random_state"
    }
    if states:
        estimator.set_params(**states)
    return estimator
