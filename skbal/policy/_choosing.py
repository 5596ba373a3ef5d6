"""Which action to do, given what each is thought to be worth."""

from operator import index

import numpy as np


def epsilon_greedy(values, epsilon, rng):
    """Return a random action with probability epsilon, otherwise the best one.

    Parameters
    ----------
    values : ndarray of shape (n_actions,)
        What each action is thought to be worth. One of several best is drawn.
    epsilon : float
        Probability of an action at random.
    rng : numpy.random.Generator
        Moves on.

    Returns
    -------
    action : int

    Examples
    --------
    >>> epsilon_greedy(np.array([0.0, 2.0, 1.0]), 0.0, np.random.default_rng(0))
    1
    """
    if rng.random() < epsilon:
        return int(rng.integers(len(values)))
    best = np.flatnonzero(values == values.max())
    return int(best[rng.integers(len(best))])


def check_position(value, what, n):
    """Return a position in a list as an int.

    Parameters
    ----------
    value : int
        Bools, floats and negative numbers are refused.
    what : str
        The argument and its owner, for messages.
    n : int
        Length of the list.

    Returns
    -------
    position : int

    Raises
    ------
    TypeError
        If it is no integer.
    ValueError
        If there is no such position.

    Examples
    --------
    >>> check_position(2, "An action of an env", 2)
    Traceback (most recent call last):
        ...
    ValueError: An action of an env must be an integer from 0 to 1, got 2.
    """
    must = f"{what} must be an integer from 0 to {n - 1}, got {value!r:.80}."
    if isinstance(value, bool):
        raise TypeError(must)
    try:
        position = index(value)
    except TypeError:
        raise TypeError(must) from None
    if not 0 <= position < n:
        raise ValueError(must)
    return position
