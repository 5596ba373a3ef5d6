"""Which action to do, given what each is thought to be worth."""

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
