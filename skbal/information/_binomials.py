"""Binomial and beta-binomial probabilities of all k at once, in log-space.

A binomial probability is C(N, k) exp(k log rho + (N - k) log(1 - rho)). With k = i + j,
the exponential is a product of one that depends on i and one that depends on j. So the
mean over draws is a matrix product, and each draw needs some 2 sqrt(N) exponentials
instead of N + 1.

A beta-binomial is Polya's urn. With a = concentration * rho, b = concentration *
(1 - rho) and u = 1 / concentration, its probability is

    C(N, k) prod_{i<k} (rho + i u) prod_{j<N-k} (1 - rho + j u) / prod_{m<N} (1 + m u),

which is the binomial where u = 0, and no difference of large numbers where u is small.
"""

from math import ceil, sqrt

import numpy as np
from scipy.special import gammaln

from skbal.information._probabilities import sum_p_log_p, without_rounding

_NEVER = -1e30  # for log 0: times a count of 0 it is 0, times more its exp is 0
# Of k in a chunk: the two factors of a probability stay above the smallest number.
_LARGEST_BLOCK = 32


def vote_mixture(rho, n, inverse):
    """Return the mean over draws of the probabilities of k of n votes.

    Parameters
    ----------
    rho : ndarray of shape (n_rows, n_draws), dtype=float64
        The probability that one volunteer says yes.
    n : int
        How many volunteers: N.
    inverse : ndarray of shape (n_rows,)
        One over the concentration; 0 is the binomial.

    Returns
    -------
    mixture : ndarray of shape (n_rows, n + 1)
    """
    if inverse.any():
        return np.exp(_log_beta_binomials(rho, n, inverse)).mean(axis=1)
    return _binomial_mixture(*_logs(rho), n, _log_ways(n))


def mixture_information(rho, n, inverse):
    """Return the entropy of the mixture less the mean entropy of its parts, in nats.

    Parameters
    ----------
    rho, n, inverse
        As in `vote_mixture`.

    Returns
    -------
    information : ndarray of shape (n_rows,)
        Exactly 0 where all draws agree.
    """
    of_kind = _beta_binomial_information if inverse.any() else _binomial_information
    information = of_kind(rho, n, inverse)
    information[rho.min(axis=1) == rho.max(axis=1)] = 0.0
    return information


def numbers_per_row(n_draws, n, inverse):
    """Return how many numbers the functions above hold for one row.

    Parameters
    ----------
    n_draws, n : int
        Of the row.
    inverse : ndarray
        As in `vote_mixture`; of all rows.

    Returns
    -------
    n_numbers : int
    """
    if inverse.any():
        return 3 * n_draws * (n + 1)
    size = _block_size(n)
    return n_draws * (size + ceil((n + 1) / size) + 4) + 4 * (n + 1)


def log_rising(chance, counts, inverse):
    """Return the sum over i below a row's count of log(chance + i * inverse).

    Parameters
    ----------
    chance : ndarray of shape (n_rows, n_draws)
        In [0, 1].
    counts : ndarray of int of shape (n_rows,)
        0 gives 0, also where the chance is 0.
    inverse : ndarray of shape (n_rows,)
        0 or more.

    Returns
    -------
    total : ndarray of shape (n_rows, n_draws)
        Minus infinity where the chance is 0 and the count is not.
    """
    if not inverse.any():
        return _log_power(chance, counts)
    order = np.argsort(-counts, kind="stable")
    chance, step, n_left = chance[order], inverse[order, np.newaxis], np.sort(counts)
    total = np.zeros(chance.shape)
    with np.errstate(divide="ignore"):
        for i in range(n_left[-1]):
            rows = slice(0, len(counts) - np.searchsorted(n_left, i, side="right"))
            total[rows] += np.log(chance[rows] + i * step[rows])
    result = np.empty_like(total)
    result[order] = total
    return result


def _log_power(chance, counts):
    total = np.zeros(chance.shape)
    some = counts > 0
    with np.errstate(divide="ignore"):
        total[some] = counts[some, np.newaxis] * np.log(chance[some])
    return total


def _binomial_information(rho, n, _):
    yes, no = _logs(rho)
    ways = _log_ways(n)
    mixture = _binomial_mixture(yes, no, n, ways)
    # The mean entropy of the parts is n_entropy - sum_k mixture_k ways_k, since the
    # mean of k is n rho: no logarithm of a part is needed. Taking n_entropy into the
    # sum keeps what rounding does to the sum of the mixture out of the result.
    n_entropy = -n * (rho * yes + (1 - rho) * no).mean(axis=1)
    logs = np.log(mixture + np.finfo(np.float64).tiny)
    logs -= ways
    logs += n_entropy[:, np.newaxis]
    return without_rounding(-np.vecdot(mixture, logs), n_entropy)


def _beta_binomial_information(rho, n, inverse):
    logs = _log_beta_binomials(rho, n, inverse)
    parts = np.exp(logs)
    entropy = -sum_p_log_p(parts.mean(axis=1))
    return without_rounding(entropy + np.vecdot(parts, logs).mean(axis=1), entropy)


def _binomial_mixture(yes, no, n, ways):
    size = _block_size(n)
    # Each chunk of k starts at one of these; the last may overlap the one before.
    starts = np.minimum(np.arange(0, n + 1, size), n + 1 - size)
    least = np.minimum(ways[starts], ways[starts + size - 1])
    within = np.arange(size)
    chunks = _exp_of_sum(yes, starts, no, n + 1 - size - starts, least)
    steps = _exp_of_sum(yes, within, no, within[::-1])
    products = np.matmul(chunks.swapaxes(1, 2), steps).reshape(len(yes), -1)
    # Where each k lies in the products, of which the overlap is left out.
    k = np.arange(n + 1)
    chunk = np.minimum(k // size, len(starts) - 1)
    scale = np.exp(ways - least[chunk]) / yes.shape[1]
    return products[:, chunk * size + k - starts[chunk]] * scale


def _exp_of_sum(yes, n_yes, no, n_no, ways=0.0):
    logs = yes[:, :, np.newaxis] * n_yes
    logs += no[:, :, np.newaxis] * n_no
    logs += ways
    return np.exp(logs, out=logs)


def _block_size(n):
    return min(ceil(sqrt(n + 1)), _LARGEST_BLOCK)


def _logs(rho):
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(rho), _NEVER), np.maximum(np.log1p(-rho), _NEVER)


def _log_ways(n):
    k = np.arange(n + 1)
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


def _log_beta_binomials(rho, n, inverse):
    """Return logarithms of shape (n_rows, n_draws, n + 1)."""
    steps = inverse[:, np.newaxis] * np.arange(n)
    norms = np.zeros((len(rho), n + 1))
    np.cumsum(np.log1p(steps), axis=1, out=norms[:, 1:])
    logs = _log_products(rho, steps)
    logs += _log_products(1 - rho, steps)[:, :, ::-1]
    common = _log_ways(n) + norms + norms[:, ::-1] - norms[:, -1:]
    logs += common[:, np.newaxis]
    return logs


def _log_products(chance, steps):
    """Return the logarithms of prod_{i<k} (chance + steps_i) / (1 + steps_i)."""
    steps = steps[:, np.newaxis]
    logs = np.zeros((*chance.shape, steps.shape[2] + 1))
    terms = logs[:, :, 1:]
    np.add(chance[:, :, np.newaxis], steps, out=terms)
    terms /= 1 + steps  # so that a chance of 1 is exact
    with np.errstate(divide="ignore"):
        np.log(terms, out=terms)
    # Without steps each factor is the chance itself.
    np.maximum(terms, _NEVER, out=terms)
    return np.cumsum(logs, axis=2, out=logs)
