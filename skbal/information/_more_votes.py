"""The information of more votes on rows that have some votes already."""

import numpy as np

from skbal._utils.draws import check_draws
from skbal._utils.votes import check_n_votes
from skbal.information._binomials import log_rising, mixture_information, vote_table
from skbal.information._probabilities import sum_p_log_p, without_rounding
from skbal.information._vote_checks import (
    chunks_of_one_number,
    inverse_concentration,
    votes_of_draws,
)

_OWNER = "more_vote_information"
_NUMBERS = 2**17  # in a chunk, 1 MB in float64
_COPIES = 4  # arrays of the size of a chunk that are held at once


def more_vote_information(
    rho_draws, votes, n_votes, concentration=None, *, learned=False
):
    """Return the information between n more votes and the weights, in nats.

    It is I[k'; w | k of N] for k' of n more votes on a row that has k of N votes, from
    `vote_mutual_information` [1]_ by Bayes' rule: the draws are weighted by the
    likelihood of the votes so far, and given a draw, the votes to come are
    beta-binomial with

        a = concentration * rho + k,  b = concentration * (1 - rho) + N - k.

    Binomial votes to come depend on the draw alone. The sums over k' are exact.

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions)
        Draws of the probability that one volunteer says yes, in [0, 1].
    votes : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
        The votes so far. The last axis is k, the yes votes, and N, all votes. With 0 of
        0 the result is `vote_mutual_information`.
    n_votes : int or array-like of shape (n_samples,) or (n_samples, n_questions)
        n, the number of volunteers asked in addition, 0 or more.
    concentration : None, float or array-like of shape (n_questions,) or (n_samples, \
n_questions)
        As in `vote_distribution`.
    learned : bool, default=False
        Whether the draws are of a model that has learned from these votes. Their
        likelihood is then in the draws already and is not used again.

    Returns
    -------
    information : ndarray of shape (n_samples, n_questions), dtype=float64
        Not negative. 0 if n is 0 or all draws agree.

    Raises
    ------
    TypeError
        If ``n_votes`` does not hold integers or ``concentration`` does not hold
        numbers.
    ValueError
        If the votes are not integers with 0 <= k <= N or are impossible under every
        draw (the message names the row), ``n_votes`` is negative, ``concentration`` is
        not above 0, the shape of one of them does not fit, or ``rho_draws`` does not
        have three axes or is not in [0, 1].

    Notes
    -----
    On average over k, the information of N votes and that of n more is the information
    of N + n votes.

    References
    ----------
    .. [1] M. Walmsley et al. (2020), Galaxy Zoo: probabilistic morphology through
       Bayesian CNNs and active learning.

    Examples
    --------
    Ten more votes on a row that has none, five of ten, or fifty of a hundred. In the
    model, rows that look alike differ (a concentration of 10). So the more votes there
    are, the more do further votes tell about this row alone:

    >>> rho_draws = np.tile([[0.3], [0.7]], (3, 1, 1))
    >>> votes = [[0, 0], [5, 10], [50, 100]]
    >>> more_vote_information(rho_draws, votes, 10, concentration=10).round(3)
    array([[0.324],
           [0.125],
           [0.006]])
    """
    rho_draws = check_draws(rho_draws, _OWNER, name="rho_draws")
    n_samples, n_draws, n_questions = rho_draws.shape
    shape = n_samples, n_questions
    votes = votes_of_draws(votes, shape, _OWNER)
    n_votes = check_n_votes(n_votes, *shape, _OWNER)
    inverse = inverse_concentration(concentration, shape, _OWNER)
    information = np.empty(shape)
    chunks = chunks_of_one_number(
        rho_draws,
        n_votes,
        inverse,
        _OWNER,
        n_rows=lambda n: max(_NUMBERS // (_COPIES * n_draws * (n + 1)), 1),
    )
    for rows, question, (rho, n, u) in chunks:
        so_far = votes[rows, question]
        weights = None if learned else _weights(rho, so_far, u, rows)
        rho, u = _after(rho, so_far, u)
        information[rows, question] = _information(rho, n, u, weights)
    return information


def _after(rho, votes, inverse):
    """Return draws and inverse concentrations of the votes to come."""
    k, total = votes.T[:, :, np.newaxis]  # (n_rows, 1) each
    inverse = inverse[:, np.newaxis]
    grown = 1 + inverse * total
    # A mean of numbers in [0, 1], which rounding may move out of it.
    return np.minimum((rho + inverse * k) / grown, 1), (inverse / grown)[:, 0]


def _weights(rho, votes, inverse, rows):
    """Return the likelihood of votes under each draw, scaled to a sum of one."""
    k, total = votes.T
    logs = log_rising(rho, k, inverse)
    logs += log_rising(1 - rho, total - k, inverse)
    largest = logs.max(axis=1, keepdims=True)
    if np.isinf(largest).any():
        place = np.flatnonzero(np.isinf(largest))[0]
        raise ValueError(
            f"votes given to {_OWNER}: row {rows[place]} has k = {k[place]} yes votes "
            f"of N = {total[place]}, which are impossible under every draw."
        )
    weights = np.exp(logs - largest)
    return weights / weights.sum(axis=1, keepdims=True)


def _information(rho, n, inverse, weights):
    if weights is None:
        return mixture_information(rho, n, inverse)
    table = vote_table(rho, n, inverse)  # (n_rows, n_draws, n + 1)
    mixture = (weights[:, np.newaxis] @ table)[:, 0]
    entropy = -sum_p_log_p(mixture)
    information = entropy + np.vecdot(weights, sum_p_log_p(table))
    information[rho.min(axis=1) == rho.max(axis=1)] = 0.0
    return without_rounding(information, entropy)
