"""How many of N volunteers say yes, and what their votes tell about the weights.

Given the weights, the k of N votes are binomial with the draw's probability rho; over
the weights they are a mixture of binomials, one a draw.
"""

from numbers import Integral

import numpy as np
from scipy.special import gammaln

from skbal._utils.validation import check_count
from skbal.information._blocks import BLOCK_NUMBERS, blocks, check_draws
from skbal.information._probabilities import sum_p_log_p, without_rounding

_NEVER = -1e30  # for log 0: times a count of 0 it is 0, times more its exp is 0


def vote_distribution(rho_draws, n_votes):
    """Return the probability of each number of yes votes, over the draws.

    p(k | N) = mean over draws of Binomial(k; N, rho) [1]_.

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions)
        The probability that one volunteer says yes, in [0, 1].
    n_votes : int or array-like of shape (n_samples,) or (n_samples, n_questions)
        How many volunteers are asked: N, 0 or more.

    Returns
    -------
    distribution : ndarray of shape (n_samples, n_questions, max(n_votes) + 1)
        In float64; the last axis is k = 0, 1, ... and sums to one. 0 where k is above
        the row's N.

    Raises
    ------
    TypeError
        If ``n_votes`` is not of integers.
    ValueError
        If ``n_votes`` is negative or of another shape, or if ``rho_draws`` has not
        three axes or is not in [0, 1].

    References
    ----------
    .. [1] M. Walmsley et al. (2020), Galaxy Zoo: probabilistic morphology through
       Bayesian CNNs and active learning.

    Examples
    --------
    Two volunteers; the weights know the answer, we do not:

    >>> vote_distribution([[[0.0], [1.0]]], 2)
    array([[[0.5, 0. , 0.5]]])
    """
    owner = "vote_distribution"
    rho_draws, n_votes = _check_votes(rho_draws, n_votes, owner)
    n_samples, _, n_questions = rho_draws.shape
    shape = (n_samples, n_questions, n_votes.max(initial=0) + 1)
    distribution = np.empty(shape)
    for place, binomials in _binomials(rho_draws, n_votes, owner):
        distribution[place] = binomials.mean(axis=1)
    return distribution


def vote_mutual_information(rho_draws, n_votes):
    """Return the information between N volunteers' votes and the weights, in nats.

    I[k; w] = H[mean of the binomials] - mean of H[Binomial(N, rho)], the sums over k
    exact [1]_. With N = 1 it is `mutual_information` of the draws (1 - rho, rho).

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions)
        The probability that one volunteer says yes, in [0, 1].
    n_votes : int or array-like of shape (n_samples,) or (n_samples, n_questions)
        How many volunteers would be asked: N, 0 or more.

    Returns
    -------
    information : ndarray of shape (n_samples, n_questions), dtype=float64
        Not negative; 0 where N is 0 or all draws agree.

    Raises
    ------
    TypeError
        If ``n_votes`` is not of integers.
    ValueError
        If ``n_votes`` is negative or of another shape, or if ``rho_draws`` has not
        three axes or is not in [0, 1].

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
    rho_draws, n_votes = _check_votes(rho_draws, n_votes, owner)
    information = np.empty(n_votes.shape)
    for place, binomials in _binomials(rho_draws, n_votes, owner):
        entropy = -sum_p_log_p(binomials.mean(axis=1))
        difference = entropy + sum_p_log_p(binomials).mean(axis=1)
        information[place] = without_rounding(difference, entropy)
    return information


def _binomials(rho_draws, n_votes, owner):
    """Yield places of the result and their binomials, (n_rows, n_draws, max N + 1)."""
    k = np.arange(n_votes.max(initial=0) + 1)
    for question in range(rho_draws.shape[2]):
        draws = rho_draws[:, :, question]
        for rows, rho, _ in blocks(draws, BLOCK_NUMBERS // len(k)):
            place = (rows, question)
            yield place, _binomial(_check_rho(rho, owner), n_votes[place], k)


def _binomial(rho, n_votes, k):
    n_votes = n_votes[:, np.newaxis]
    others = np.maximum(n_votes - k, 0)
    ways = gammaln(n_votes + 1) - gammaln(k + 1) - gammaln(others + 1)
    ways = np.where(k <= n_votes, ways, _NEVER)
    with np.errstate(divide="ignore"):
        yes = np.maximum(np.log(rho), _NEVER)[:, :, np.newaxis]
        no = np.maximum(np.log1p(-rho), _NEVER)[:, :, np.newaxis]
    logs = k * yes
    logs += others[:, np.newaxis] * no
    logs += ways[:, np.newaxis]
    return np.exp(logs, out=logs)


def _check_rho(rho, owner):
    if not (rho.min() >= 0 and rho.max() <= 1):  # also true of NaN
        raise ValueError(
            f"rho_draws given to {owner} must be probabilities in [0, 1], "
            f"got values from {rho.min():.6g} to {rho.max():.6g}."
        )
    return rho.astype(np.float64)


def _check_votes(rho_draws, n_votes, owner):
    rho_draws = check_draws(rho_draws, owner, name="rho_draws")
    shape = (rho_draws.shape[0], rho_draws.shape[2])
    if isinstance(n_votes, Integral):
        n_votes = check_count(n_votes, "n_votes", owner, smallest=0)
    n_votes = np.asarray(n_votes)
    if n_votes.dtype.kind not in "iu":
        raise TypeError(
            f"n_votes of {owner} must be of integers, got dtype {n_votes.dtype}."
        )
    if n_votes.shape not in {(), shape[:1], shape}:
        raise ValueError(
            f"n_votes of {owner} must be one integer or have shape {shape[:1]} or "
            f"{shape}, as rho_draws has, got shape {n_votes.shape}."
        )
    if n_votes.min(initial=0) < 0:
        raise ValueError(f"n_votes of {owner} must be 0 or more, got {n_votes.min()}.")
    if n_votes.ndim == 1:
        n_votes = n_votes[:, np.newaxis]
    return rho_draws, np.broadcast_to(n_votes, shape)
