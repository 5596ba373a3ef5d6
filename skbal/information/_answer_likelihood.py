"""The likelihood of observed counts of several answers under the draws."""

import numpy as np
from scipy.special import logsumexp

from skbal._utils.counts import check_counts
from skbal._utils.draws import NUMBERS_IN_CACHE, chunks_in_cache
from skbal.information._answer_checks import (
    check_share_draws,
    inverse_per_row,
    shares_as_float64,
)
from skbal.information._binomials import log_rising

_COPIES = 4  # arrays of the size of a chunk that are held at once


def answer_log_likelihood(share_draws, counts, concentration=None):
    """Return the log-likelihood of observed counts in one given order, in nats.

    log mean over draws of prod_a share_a^k_a. This is the multinomial probability
    without the number of orders N! / (k_1! ... k_A!), which is the same for every
    model. For a single vote it is minus the log loss. With a concentration c, the
    product is replaced by B(c shares + k) / B(c shares), where B is the multivariate
    beta function [1]_. With two answers it is `vote_log_likelihood`.

    Parameters
    ----------
    share_draws : array-like of shape (n_samples, n_draws, n_answers)
        Draws of the share of each answer, which sum to one over the answers.
    counts : array-like of shape (n_samples, n_answers)
        The number of volunteers who gave each answer.
    concentration : None, float or array-like of shape (n_samples,)
        Concentration of the Dirichlet distribution of the shares, above 0. None and
        infinity are the multinomial distribution.

    Returns
    -------
    log_likelihood : ndarray of shape (n_samples,), dtype=float64
        0 if there are no votes. Minus infinity if the counts are impossible under
        every draw.

    Raises
    ------
    TypeError
        If ``concentration`` does not hold numbers.
    ValueError
        If the counts are not whole numbers of 0 or more (the message names the row and
        the number), have another shape than the draws, ``concentration`` is not above
        0, or the shares do not sum to one.

    References
    ----------
    .. [1] M. Walmsley et al. (2022), Galaxy Zoo DECaLS: detailed visual morphology
       measurements from volunteers and deep learning for 314,000 galaxies.

    Examples
    --------
    >>> answer_log_likelihood([[[0.5, 0.25, 0.25]]] * 2, [[1, 1, 0], [0, 0, 0]])
    array([-2.07944154,  0.        ])
    """
    owner = "answer_log_likelihood"
    share_draws = check_share_draws(share_draws, owner)
    counts = check_counts(counts, owner, name="counts")
    shape = (len(share_draws), share_draws.shape[2])
    if counts.shape != shape:
        raise ValueError(
            f"counts given to {owner} must have the shape {shape}, with the rows and "
            f"answers of share_draws, got {counts.shape}."
        )
    inverse = inverse_per_row(concentration, len(counts), owner)
    log_likelihood = np.empty(len(counts))
    for rows, chunk, _ in chunks_in_cache(share_draws, NUMBERS_IN_CACHE // _COPIES):
        shares = shares_as_float64(chunk, owner)
        log_likelihood[rows] = _log_likelihood(shares, counts[rows], inverse[rows])
    return log_likelihood


def _log_likelihood(shares, counts, inverse):
    logs = -log_rising(np.ones((len(shares), 1)), counts.sum(axis=1), inverse)
    for p, k in zip(np.moveaxis(shares, 2, 0), counts.T):
        logs = logs + log_rising(p, k, inverse)
    return logsumexp(logs, axis=1) - np.log(shares.shape[1])
