"""The likelihood of observed votes under the draws."""

import numpy as np
from scipy.special import logsumexp

from skbal._utils.draws import NUMBERS_IN_CACHE, check_draws, chunks_in_cache
from skbal.information._binomials import log_rising
from skbal.information._vote_checks import (
    inverse_concentration,
    rho_as_float64,
    votes_of_draws,
)

_COPIES = 8  # arrays of the size of a chunk that are held at once


def vote_log_likelihood(rho_draws, votes, concentration=None):
    """Return the log-likelihood of observed votes in one given order, in nats.

    log mean over draws of rho^k (1 - rho)^(N - k). This is the binomial probability
    without the number of orders C(N, k), which is the same for every model. For a
    single vote it is minus the log loss. With a concentration, rho^k (1 - rho)^(N - k)
    is replaced by B(a + k, b + N - k) / B(a, b), where a = concentration * rho and
    b = concentration * (1 - rho).

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions)
        Draws of the probability that one volunteer says yes, in [0, 1].
    votes : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
        The last axis is k, the yes votes, and N, all votes.
    concentration : None, float or array-like of shape (n_questions,) or (n_samples, \
n_questions)
        Concentration of the beta-binomial distribution of votes, above 0. None and
        infinity are the binomial distribution.

    Returns
    -------
    log_likelihood : ndarray of shape (n_samples, n_questions), dtype=float64
        0 if N is 0. Minus infinity if the votes are impossible under every draw.

    Raises
    ------
    TypeError
        If ``concentration`` does not hold numbers.
    ValueError
        If the votes are not integers with 0 <= k <= N (the message names the row and
        both numbers), have another shape than the draws, ``concentration`` is not above
        0, or ``rho_draws`` does not have three axes or is not in [0, 1].

    Examples
    --------
    >>> vote_log_likelihood([[[0.5]], [[0.5]], [[0.0]]], [[1, 1], [2, 4], [0, 9]])
    array([[-0.69314718],
           [-2.77258872],
           [ 0.        ]])
    """
    owner = "vote_log_likelihood"
    rho_draws = check_draws(rho_draws, owner, name="rho_draws")
    n_samples, _, n_questions = rho_draws.shape
    votes = votes_of_draws(votes, (n_samples, n_questions), owner)
    inverse = inverse_concentration(concentration, votes.shape[:2], owner)
    log_likelihood = np.empty((n_samples, n_questions))
    for question in range(n_questions):
        draws = rho_draws[:, :, question]
        for rows, chunk, _ in chunks_in_cache(draws, NUMBERS_IN_CACHE // _COPIES):
            rho = rho_as_float64(chunk, owner)
            log_likelihood[rows, question] = _log_likelihood(
                rho, *votes[rows, question].T, inverse[rows, question]
            )
    return log_likelihood


def _log_likelihood(rho, k, n, inverse):
    logs = log_rising(rho, k, inverse)
    logs += log_rising(1 - rho, n - k, inverse)
    logs -= log_rising(np.ones((len(rho), 1)), n, inverse)
    return logsumexp(logs, axis=1) - np.log(rho.shape[1])
