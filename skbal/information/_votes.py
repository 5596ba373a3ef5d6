"""How many of N volunteers say yes, and what their votes tell about the weights.

Given the weights, the k of N votes are binomial with the draw's probability rho, or
beta-binomial with that mean; over the weights they are a mixture, one part a draw.
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
        The probability that one volunteer says yes, in [0, 1].
    n_votes : int or array-like of shape (n_samples,) or (n_samples, n_questions)
        How many volunteers are asked: N, 0 or more.
    concentration : None, float or array-like of shape (n_questions,) or (n_samples, \
n_questions)
        Above 0. k is then beta-binomial, with a = concentration * rho and
        b = concentration * (1 - rho): the smaller it is, the more do volunteers say the
        same. None and infinity are the binomial.

    Returns
    -------
    distribution : ndarray of shape (n_samples, n_questions, max(n_votes) + 1)
        In float64; the last axis is k = 0, 1, ... and sums to one. 0 where k is above
        the row's N.

    Raises
    ------
    TypeError
        If ``n_votes`` is not of integers, or ``concentration`` not of numbers.
    ValueError
        If ``n_votes`` is negative, ``concentration`` not above 0 or one of them of
        another shape, or if ``rho_draws`` has not three axes or is not in [0, 1].

    References
    ----------
    .. [1] M. Walmsley et al. (2020), Galaxy Zoo: probabilistic morphology through
       Bayesian CNNs and active learning.

    Examples
    --------
    Two volunteers; the weights know the answer, we do not:

    >>> vote_distribution([[[0.0], [1.0]]], 2)
    array([[[0.5, 0. , 0.5]]])

    With a concentration of 2, rho = 0.5 is a uniform distribution:

    >>> vote_distribution([[[0.5]]], 3, concentration=2).round(4)
    array([[[0.25, 0.25, 0.25, 0.25]]])
    """
    owner = "vote_distribution"
    rho_draws, n_votes, inverse = _check(rho_draws, n_votes, concentration, owner)
    distribution = np.zeros((*n_votes.shape, n_votes.max(initial=0) + 1))
    parts = chunks_of_one_number(rho_draws, n_votes, inverse, owner)
    for rows, question, (rho, n, u) in parts:
        distribution[rows, question, : n + 1] = vote_mixture(rho, n, u)
    return distribution


def vote_mutual_information(rho_draws, n_votes, concentration=None):
    """Return the information between N volunteers' votes and the weights, in nats.

    I[k; w] = H[mean of the binomials] - mean of H[Binomial(N, rho)], the sums over k
    exact [1]_. With N = 1 it is `mutual_information` of the draws (1 - rho, rho).

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions)
        The probability that one volunteer says yes, in [0, 1].
    n_votes : int or array-like of shape (n_samples,) or (n_samples, n_questions)
        How many volunteers would be asked: N, 0 or more.
    concentration : None, float or array-like of shape (n_questions,) or (n_samples, \
n_questions)
        Above 0: of beta-binomials in place of binomials, as in `vote_distribution`.
        None and infinity are the binomial.

    Returns
    -------
    information : ndarray of shape (n_samples, n_questions), dtype=float64
        Not negative; 0 where N is 0 or all draws agree.

    Raises
    ------
    TypeError
        If ``n_votes`` is not of integers, or ``concentration`` not of numbers.
    ValueError
        If ``n_votes`` is negative, ``concentration`` not above 0 or one of them of
        another shape, or if ``rho_draws`` has not three axes or is not in [0, 1].

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

    Where the curve is flat, more votes no longer pay: it ends at what the draws differ
    by, at most the logarithm of their number.

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions)
        The probability that one volunteer says yes, in [0, 1].
    n_votes : array-like of int of shape (n_numbers,)
        The numbers of volunteers, each 0 or more, in any order.
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
        If ``n_votes`` is not of integers, or ``concentration`` not of numbers.
    ValueError
        If ``n_votes`` has not one axis, is empty or negative, or as
        `vote_mutual_information`.

    Examples
    --------
    Two draws that are sure of opposite answers need one volunteer, milder ones more:

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
    parts = chunks_of_one_number(rho_draws, n_votes, inverse, owner)
    for rows, question, arguments in parts:
        information[rows, question] = mixture_information(*arguments)
    return information


def _check(rho_draws, n_votes, concentration, owner):
    rho_draws = check_draws(rho_draws, owner, name="rho_draws")
    shape = (rho_draws.shape[0], rho_draws.shape[2])
    n_votes = check_n_votes(n_votes, *shape, owner)
    return rho_draws, n_votes, inverse_concentration(concentration, shape, owner)
