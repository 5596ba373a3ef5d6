"""What the network of a deep Q-network is to learn."""

import numpy as np


def q_targets(rewards, terminated, online, target, discount, double):
    """Return the values that actions should have had, given what came after.

    Parameters
    ----------
    rewards : ndarray of shape (n,)
        What each step gave.
    terminated : ndarray of shape (n,), dtype=bool
        Whether nothing comes after.
    online : ndarray of shape (n, n_actions)
        What the network in training says about the states after the steps.
    target : ndarray of shape (n, n_actions)
        What its older copy, the target network, says about them.
    discount : float
        What a reward one step later is worth.
    double : bool
        Whether ``online`` chooses the next action and ``target`` values it (van Hasselt
        et al. 2016, equation 4). Otherwise ``target`` does both (Mnih et al. 2015).

    Returns
    -------
    targets : ndarray of shape (n,)

    Examples
    --------
    The network prefers the first action, to which its copy gives the value 2:

    >>> online, target = np.array([[9.0, 5.0]]), np.array([[2.0, 6.0]])
    >>> q_targets(np.array([1.0]), np.array([False]), online, target, 0.5, True)
    array([2.])
    >>> q_targets(np.array([1.0]), np.array([False]), online, target, 0.5, False)
    array([4.])
    """
    chosen = (online if double else target).argmax(axis=1)
    future = target[np.arange(len(target)), chosen]
    return rewards + discount * np.where(terminated, 0, future)
