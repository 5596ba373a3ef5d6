"""The distribution of the votes of N volunteers, and their information.

Given the weights, the number k of yes votes among N is binomial with the probability
rho of the draw, or beta-binomial with that mean. Over the weights it is a mixture with
one part per draw.
"""

import numpy as np

from skbal._utils.draws import check_draws
from skbal._utils.votes import check_n_votes, check_numbers_to_compare
from skbal.information._binomials import mixture_information, vote_mixture
from skbal.information._vote_checks import (
    chunks_of_one_number,
    inverse_concentration,
)


def vote_distribution(rho_draws, n_votes, concentration=None):
    """Return the probability of each number of yes votes, over the draws.

    p(k | N) = mean over draws of Binomial(k; N, rho) [1]_.

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions)
        Draws of the probability that one volunteer says yes, in [0, 1].
    n_votes : int or array-like of shape (n_samples,) or (n_samples, n_questions)
        N, the number of volunteers, 0 or more.
    concentration : None, float or array-like of shape (n_questions,) or (n_samples, \
n_questions)
        If given, k is beta-binomial with a = concentration * rho and
        b = concentration * (1 - rho). Above 0. The smaller it is, the more volunteers
        agree with each other. None and infinity are the binomial distribution.

    Returns
    -------
    distribution : ndarray of shape (n_samples, n_questions, max(n_votes) + 1)
        In float64. The last axis is k = 0, 1, ... and sums to one. 0 if k is above the
        N of the row.

    Raises
    ------
    TypeError
        If ``n_votes`` does not hold integers or ``concentration`` does not hold
        numbers.
    ValueError
        If ``n_votes`` is negative, ``concentration`` is not above 0, the shape of one
        of them does not fit, or ``rho_draws`` does not have three axes or is not in
        [0, 1].

    References
    ----------
    .. [1] M. Walmsley et al. (2020), Galaxy Zoo: probabilistic morphology through
       Bayesian CNNs and active learning.

    Examples
    --------
    Each draw is certain of the answer, but the two draws disagree:

    >>> vote_distribution([[[0.0], [1.0]]], 2)
    array([[[0.5, 0. , 0.5]]])

    With a concentration of 2, rho = 0.5 is a uniform distribution:

    >>> vote_distribution([[[0.5]]], 3, concentration=2).round(4)
    array([[[0.25, 0.25, 0.25, 0.25]]])
    """
    owner = "vote_distribution"
    rho_draws, n_votes, inverse = _check(rho_draws, n_votes, concentration, owner)
    distribution = np.zeros((*n_votes.shape, n_votes.max(initial=0) + 1))
    chunks = chunks_of_one_number(rho_draws, n_votes, inverse, owner)
    for rows, question, (rho, n, u) in chunks:
        distribution[rows, question, : n + 1] = vote_mixture(rho, n, u)
    return distribution


def vote_mutual_information(rho_draws, n_votes, concentration=None):
    """Return the information between N votes and the weights, in nats.

    I[k; w] = H[mean of the binomials] - mean of H[Binomial(N, rho)] [1]_. The sums over
    k are exact. With N = 1 it is `mutual_information` of the draws (1 - rho, rho).

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions)
        Draws of the probability that one volunteer says yes, in [0, 1].
    n_votes : int or array-like of shape (n_samples,) or (n_samples, n_questions)
        N, the number of volunteers, 0 or more.
    concentration : None, float or array-like of shape (n_questions,) or (n_samples, \
n_questions)
        As in `vote_distribution`.

    Returns
    -------
    information : ndarray of shape (n_samples, n_questions), dtype=float64
        Not negative. 0 if N is 0 or all draws agree.

    Raises
    ------
    TypeError
        If ``n_votes`` does not hold integers or ``concentration`` does not hold
        numbers.
    ValueError
        If ``n_votes`` is negative, ``concentration`` is not above 0, the shape of one
        of them does not fit, or ``rho_draws`` does not have three axes or is not in
        [0, 1].

    References
    ----------
    .. [1] M. Walmsley et al. (2020), Galaxy Zoo: probabilistic morphology through
       Bayesian CNNs and active learning.

    Examples
    --------
    >>> vote_mutual_information([[[0.0], [1.0]], [[0.5], [0.5]]], 2).round(4)
    array([[0.6931],
           [0.    ]])
    """
    owner = "vote_mutual_information"
    rho_draws, n_votes, inverse = _check(rho_draws, n_votes, concentration, owner)
    return _information(rho_draws, n_votes, inverse, owner)


def vote_information_curve(rho_draws, n_votes, concentration=None):
    """Return the information for several numbers of volunteers, in nats.

    Once the curve is flat, more votes tell no more. Its limit is at most the logarithm
    of the number of draws.

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions)
        Draws of the probability that one volunteer says yes, in [0, 1].
    n_votes : array-like of int of shape (n_numbers,)
        Numbers of volunteers, each 0 or more, in any order.
    concentration : None, float or array-like of shape (n_questions,) or (n_samples, \
n_questions)
        As in `vote_mutual_information`.

    Returns
    -------
    information : ndarray of shape (n_samples, n_questions, n_numbers), dtype=float64
        `vote_mutual_information` of each number.

    Raises
    ------
    TypeError
        If ``n_votes`` does not hold integers or ``concentration`` does not hold
        numbers.
    ValueError
        If ``n_votes`` does not have one axis, is empty or is negative. As
        `vote_mutual_information` for the other arguments.

    Examples
    --------
    If two draws are certain of opposite answers, one volunteer decides between them. If
    they are less certain, it takes more:

    >>> rho_draws = [[[0.0], [1.0]], [[0.4], [0.6]]]
    >>> vote_information_curve(rho_draws, [1, 10, 100])[:, 0].round(3)
    array([[0.693, 0.693, 0.693],
           [0.02 , 0.171, 0.636]])
    """
    owner = "vote_information_curve"
    n_votes = check_numbers_to_compare(n_votes, owner)
    rho_draws = check_draws(rho_draws, owner, name="rho_draws")
    shape = (rho_draws.shape[0], rho_draws.shape[2])
    inverse = inverse_concentration(concentration, shape, owner)
    curve = [
        _information(rho_draws, np.broadcast_to(n, shape), inverse, owner)
        for n in n_votes
    ]
    return np.stack(curve, axis=2)


def _information(rho_draws, n_votes, inverse, owner):
    information = np.empty(n_votes.shape)
    chunks = chunks_of_one_number(rho_draws, n_votes, inverse, owner)
    for rows, question, arguments in chunks:
        information[rows, question] = mixture_information(*arguments)
    return information


def _check(rho_draws, n_votes, concentration, owner):
    rho_draws = check_draws(rho_draws, owner, name="rho_draws")
    shape = (rho_draws.shape[0], rho_draws.shape[2])
    n_votes = check_n_votes(n_votes, *shape, owner)
    return rho_draws, n_votes, inverse_concentration(concentration, shape, owner)
