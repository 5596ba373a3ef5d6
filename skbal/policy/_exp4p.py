"""EXP4.P: how much to trust each of several experts, from rewards of what was tried.

In every round each of N experts says which arms it would pull. An arm is drawn with
probabilities q that mix what the experts say by their weights w, and none is smaller
than a floor. The reward of the arm drawn, in [0, 1], changes the weights: an expert
gains by what it said of this arm, over the probability q of the arm, so that on average
all arms count alike.

Reference: A. Beygelzimer, J. Langford, L. Li, L. Reyzin and R. E. Schapire (2011),
Contextual Bandit Algorithms with Supervised Learning Guarantees, algorithm 1.
"""

import numpy as np
from scipy.special import softmax


def smallest_probability(n_arms, n_rounds):
    """Return the floor of the paper, for as many experts as arms.

    Parameters
    ----------
    n_arms : int
        Number of arms.
    n_rounds : int
        Number of rounds.

    Returns
    -------
    floor : float
        sqrt(log(n_arms) / (n_arms * n_rounds)), or 1 / n_arms if that is smaller.

    Examples
    --------
    >>> round(smallest_probability(2, 50), 4)
    0.0833
    """
    return float(min(np.sqrt(np.log(n_arms) / (n_arms * n_rounds)), 1 / n_arms))


def with_floor(shares, floor):
    """Return probabilities of arms, none of them below a floor.

    Parameters
    ----------
    shares : ndarray of shape (n_arms,)
        What the experts say of each arm, weighted by their trust; they sum to 1.
    floor : float
        At most 1 / n_arms.

    Returns
    -------
    probabilities : ndarray of shape (n_arms,)

    Examples
    --------
    >>> with_floor(np.array([1.0, 0.0]), 0.125).tolist()
    [0.875, 0.125]
    """
    return (1 - len(shares) * floor) * shares + floor


def updated(weights, gains, bounds, *, floor, failure_probability, n_rounds):
    """Return the weights of the experts after a round.

    Parameters
    ----------
    weights : ndarray of shape (n_experts,)
        Weights before the round; they sum to 1.
    gains : ndarray of shape (n_experts,)
        Estimate of the reward of each expert, the y of the paper.
    bounds : ndarray of shape (n_experts,)
        Bounds of the variances of these estimates, the v of the paper.
    floor : float
        The smallest probability of an arm.
    failure_probability : float
        Probability with which the bound of the paper may fail, its delta.
    n_rounds : int
        Number of rounds.

    Returns
    -------
    weights : ndarray of shape (n_experts,)
        w exp(floor / 2 (y + v sqrt(log(N / delta) / (N n_rounds)))), with the sum 1.
    """
    n_experts = len(weights)
    logs = np.log(n_experts / failure_probability)
    optimism = np.sqrt(logs / (n_experts * n_rounds))
    known = np.log(np.maximum(weights, np.finfo(np.float64).tiny))
    return softmax(known + floor / 2 * (gains + optimism * bounds))
