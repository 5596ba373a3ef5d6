"""The counts of several answers to one question, and their information.

Given the weights, the counts of N votes are multinomial with the shares of the draw, or
Dirichlet-multinomial with that mean. Over the weights they are a mixture with one part
per draw. With two answers they are the k of N of the functions of votes.
"""

import numpy as np

from skbal._utils.chunks import chunks
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count
from skbal.information._answer_checks import (
    check_n_votes_per_row,
    check_share_draws,
    inverse_per_row,
    shares_as_float64,
)
from skbal.information._multinomials import (
    count_vectors,
    enumerated_information,
    n_outcomes,
    rows_at_once,
)
from skbal.information._simulated_answers import simulated_information
from skbal.information._votes import vote_distribution

_NUMBERS = 2**19  # shares that are checked at once


def answer_distribution(share_draws, n_votes, concentration=None):
    """Return the probability of each count of each single answer, over the draws.

    A single count of a multinomial is binomial, and one of a Dirichlet-multinomial is
    beta-binomial with the same concentration.

    Parameters
    ----------
    share_draws : array-like of shape (n_samples, n_draws, n_answers)
        Draws of the share of each answer, which sum to one over the answers.
    n_votes : int or array-like of shape (n_samples,)
        N, the number of volunteers, 0 or more.
    concentration : None, float or array-like of shape (n_samples,)
        Concentration of the Dirichlet distribution of the shares, above 0. The smaller
        it is, the more volunteers agree with each other. None and infinity are the
        multinomial distribution.

    Returns
    -------
    distribution : ndarray of shape (n_samples, n_answers, max(n_votes) + 1)
        In float64. The last axis is k = 0, 1, ... and sums to one. 0 if k is above the
        N of the row.

    Raises
    ------
    TypeError
        If ``n_votes`` does not hold integers or ``concentration`` does not hold
        numbers.
    ValueError
        If ``n_votes`` is negative, ``concentration`` is not above 0, the shape of one
        of them does not fit, or the shares do not sum to one.

    Examples
    --------
    One of two votes goes to an answer of share 0.5 with probability 0.5:

    >>> answer_distribution([[[0.5, 0.5, 0.0]]], 2)
    array([[[0.25, 0.5 , 0.25],
            [0.25, 0.5 , 0.25],
            [1.  , 0.  , 0.  ]]])
    """
    owner = "answer_distribution"
    shares, n_votes, inverse = _check(share_draws, n_votes, concentration, owner)
    shape = (len(shares), shares.shape[2])
    distribution = np.zeros((*shape, n_votes.max(initial=0) + 1))
    step = max(_NUMBERS // max(shares[:1].size, 1), 1)
    with np.errstate(divide="ignore"):
        concentration = np.broadcast_to(1 / inverse[:, np.newaxis], shape)
    for rows in chunks(len(shares), step):
        found = vote_distribution(
            shares_as_float64(shares[rows], owner), n_votes[rows], concentration[rows]
        )
        distribution[rows, :, : found.shape[2]] = found
    return distribution


def answer_information(
    share_draws,
    n_votes,
    concentration=None,
    *,
    max_outcomes=10_000,
    n_simulated=1000,
    random_state=None,
    return_std=False,
):
    """Return the information between the counts of N votes and the weights, in nats.

    I[k; w] = H[mean of the multinomials] - mean of H[Multinomial(N, shares)], for one
    question with several answers. With a concentration, the counts are
    Dirichlet-multinomial [1]_. The sum over all count vectors k is exact. With two
    answers it is `vote_mutual_information`, and with N = 1 `mutual_information`.

    Parameters
    ----------
    share_draws : array-like of shape (n_samples, n_draws, n_answers)
        Draws of the share of each answer, which sum to one over the answers.
    n_votes : int or array-like of shape (n_samples,)
        N, the number of volunteers, 0 or more.
    concentration : None, float or array-like of shape (n_samples,)
        As in `answer_distribution`.
    max_outcomes : int, default=10_000
        Largest number of count vectors, (N + n_answers - 1 choose n_answers - 1), that
        are summed. Rows with more are simulated. 10,000 are 139 votes on three answers,
        or 12 on six.
    n_simulated : int, default=1000
        Number of counts that are simulated for a row, rounded up to a multiple of the
        number of draws.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the simulation. An integer gives the same result at every call, and equal
        rows have equal results.
    return_std : bool, default=False
        Whether to return the standard errors of the simulation, too.

    Returns
    -------
    information : ndarray of shape (n_samples,), dtype=float64
        Not negative. 0 if N is 0 or all draws agree.
    std : ndarray of shape (n_samples,), dtype=float64
        Standard errors, 0 for rows whose sum is exact. Only if ``return_std`` is true.

    Raises
    ------
    TypeError
        If ``n_votes`` does not hold integers, ``concentration`` does not hold numbers,
        or a keyword is of the wrong kind.
    ValueError
        If ``n_votes`` is negative, ``concentration`` is not above 0, the shape of one
        of them does not fit, the shares do not sum to one, ``max_outcomes`` is below 1,
        or ``n_simulated`` is below 2.

    References
    ----------
    .. [1] M. Walmsley et al. (2022), Galaxy Zoo DECaLS: detailed visual morphology
       measurements from volunteers and deep learning for 314,000 galaxies.

    Examples
    --------
    In the first row, the draws are certain of different answers. In the second, they
    agree:

    >>> share_draws = [[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], [[0.2, 0.3, 0.5]] * 2]
    >>> answer_information(share_draws, 5).round(4)
    array([0.6931, 0.    ])
    """
    owner = "answer_information"
    max_outcomes = check_count(max_outcomes, "max_outcomes", owner)
    n_simulated = check_count(n_simulated, "n_simulated", owner, smallest=2)
    seed = check_seed(random_state, owner)
    shares, n_votes, inverse = _check(share_draws, n_votes, concentration, owner)
    information, std = np.zeros((2, len(shares)))
    for n in np.unique(n_votes).tolist():
        rows = np.flatnonzero(n_votes == n)
        if n_outcomes(n, shares.shape[2]) <= max_outcomes:
            information[rows] = _enumerated(shares, rows, n, inverse, owner)
            continue
        for row in rows:
            row_shares = shares_as_float64(shares[row], owner)
            rng = stream(seed, "answers")  # the same for every row
            information[row], std[row] = simulated_information(
                row_shares, n, inverse[row], n_simulated, rng
            )
    information = np.maximum(information, 0.0)
    return (information, std) if return_std else information


def _enumerated(shares, rows, n, inverse, owner):
    """Return the exact information of some rows that have the same number of votes."""
    vectors, information = count_vectors(n, shares.shape[2]), np.empty(len(rows))
    step = rows_at_once(shares.shape[1], vectors, inverse[rows].any())
    for places in chunks(len(rows), step):
        chunk = rows[places]
        row_shares = shares_as_float64(shares[chunk], owner)
        information[places] = enumerated_information(
            row_shares, vectors, inverse[chunk]
        )
    return information


def _check(share_draws, n_votes, concentration, owner):
    share_draws = check_share_draws(share_draws, owner)
    n_votes = check_n_votes_per_row(n_votes, len(share_draws), owner)
    inverse = inverse_per_row(concentration, len(share_draws), owner)
    return share_draws, n_votes, inverse
