"""Binomial and beta-binomial probabilities of all k at once, in log-space.

A binomial probability is C(N, k) exp(k log rho + (N - k) log(1 - rho)). With k = i + j,
the exponential is the product of a factor that depends on i and a factor that depends
on j. So the mean over draws is a matrix product, and each draw needs near 2 sqrt(N)
exponentials instead of N + 1.

A beta-binomial is Polya's urn. With a = concentration * rho, b = concentration *
(1 - rho) and u = 1 / concentration, its probability is

    C(N, k) prod_{i<k} (rho + i u) prod_{j<N-k} (1 - rho + j u) / prod_{m<N} (1 + m u),

which is the binomial if u = 0. If u is small, it is not a difference of large numbers,
as the usual formula with gamma functions is.
"""

from math import ceil, sqrt

import numpy as np
from scipy.special import gammaln

from skbal.information._probabilities import sum_p_log_p, without_rounding

NEVER = -1e30  # instead of log 0: times a count of 0 it is 0, otherwise its exp is 0
# Numbers k in a chunk. With more, a factor of a probability could underflow.
_LARGEST_CHUNK = 32


def vote_mixture(rho, n, inverse):
    """Return the mean over draws of the probabilities of k of n votes.

    Parameters
    ----------
    rho : ndarray of shape (n_rows, n_draws), dtype=float64
        Draws of the probability that one volunteer says yes.
    n : int
        N, the number of volunteers.
    inverse : ndarray of shape (n_rows,)
        One over the concentration. 0 is the binomial.

    Returns
    -------
    mixture : ndarray of shape (n_rows, n + 1)
    """
    if inverse.any():
        return np.exp(_log_beta_binomials(rho, n, inverse)).mean(axis=1)
    return _binomial_mixture(*_logs(rho), n, _log_ways(n))


def vote_table(rho, n, inverse):
    """Return the probabilities of k of n votes for each draw.

    Parameters
    ----------
    rho, n, inverse
        As in `vote_mixture`.

    Returns
    -------
    table : ndarray of shape (n_rows, n_draws, n + 1)
        The last axis sums to one.
    """
    if inverse.any():
        table = np.exp(_log_beta_binomials(rho, n, inverse))
    else:
        k = np.arange(n + 1)
        yes, no = _logs(rho)
        table = _exp_of_sum(yes, k, no, n - k, _log_ways(n))
    table /= table.sum(axis=2, keepdims=True)  # takes out what gammaln rounds
    return table


def mixture_information(rho, n, inverse):
    """Return the entropy of the mixture minus the mean entropy of its parts, in nats.

    Parameters
    ----------
    rho, n, inverse
        As in `vote_mixture`.

    Returns
    -------
    information : ndarray of shape (n_rows,)
        Exactly 0 if all draws agree.
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
        Numbers of draws and of volunteers.
    inverse : ndarray
        As in `vote_mixture`, for all rows.

    Returns
    -------
    n_numbers : int
    """
    if inverse.any():
        return 3 * n_draws * (n + 1)
    size = _chunk_size(n)
    return n_draws * (size + ceil((n + 1) / size) + 4) + 4 * (n + 1)


def log_rising(p, counts, inverse):
    """Return the sum over i = 0, ..., counts - 1 of log(p + i * inverse), row by row.

    Parameters
    ----------
    p : ndarray of shape (n_rows, n_draws)
        Probabilities.
    counts : ndarray of int of shape (n_rows,)
        0 gives 0, also if p is 0.
    inverse : ndarray of shape (n_rows,)
        0 or more.

    Returns
    -------
    total : ndarray of shape (n_rows, n_draws)
        Minus infinity if p is 0 and the count is not.
    """
    if not inverse.any():
        return _log_power(p, counts)
    order = np.argsort(-counts, kind="stable")
    p, step, n_left = p[order], inverse[order, np.newaxis], np.sort(counts)
    total = np.zeros(p.shape)
    with np.errstate(divide="ignore"):
        for i in range(n_left[-1]):
            rows = slice(0, len(counts) - np.searchsorted(n_left, i, side="right"))
            total[rows] += np.log(p[rows] + i * step[rows])
    result = np.empty_like(total)
    result[order] = total
    return result


def _log_power(p, counts):
    total = np.zeros(p.shape)
    some = counts > 0
    with np.errstate(divide="ignore"):
        total[some] = counts[some, np.newaxis] * np.log(p[some])
    return total


def _binomial_information(rho, n, _):
    yes, no = _logs(rho)
    ways = _log_ways(n)
    mixture = _binomial_mixture(yes, no, n, ways)
    # The mean entropy of the components is n_entropy - sum_k mixture_k ways_k, since
    # the mean of k is n rho. So no logarithm of a component is needed. n_entropy is
    # inside the sum, so that rounding of the mixture's sum does not matter.
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
    size = _chunk_size(n)
    # Chunks of k start here. The last may overlap the one before.
    starts = np.minimum(np.arange(0, n + 1, size), n + 1 - size)
    least = np.minimum(ways[starts], ways[starts + size - 1])
    within = np.arange(size)
    chunks = _exp_of_sum(yes, starts, no, n + 1 - size - starts, least)
    steps = _exp_of_sum(yes, within, no, within[::-1])
    # (n_rows, n_starts, n_draws) @ (n_rows, n_draws, size) -> (n_rows, n_starts * size)
    products = np.matmul(chunks.swapaxes(1, 2), steps).reshape(len(yes), -1)
    # Positions of k = 0, ..., n in the products, each k once.
    k = np.arange(n + 1)
    chunk = np.minimum(k // size, len(starts) - 1)
    scale = np.exp(ways - least[chunk]) / yes.shape[1]
    return products[:, chunk * size + k - starts[chunk]] * scale


def _exp_of_sum(yes, n_yes, no, n_no, ways=0.0):
    """Return exp(n_yes * yes + n_no * no + ways), of shape (n_rows, n_draws, size)."""
    logs = yes[:, :, np.newaxis] * n_yes
    logs += no[:, :, np.newaxis] * n_no
    logs += ways
    return np.exp(logs, out=logs)


def _chunk_size(n):
    return min(ceil(sqrt(n + 1)), _LARGEST_CHUNK)


def _logs(rho):
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(rho), NEVER), np.maximum(np.log1p(-rho), NEVER)


def _log_ways(n):
    k = np.arange(n + 1)
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


def _log_beta_binomials(rho, n, inverse):
    """Return logarithms of shape (n_rows, n_draws, n + 1)."""
    steps = inverse[:, np.newaxis] * np.arange(n)  # (n_rows, n)
    norms = np.zeros((len(rho), n + 1))
    np.cumsum(np.log1p(steps), axis=1, out=norms[:, 1:])
    logs = log_products(rho, steps)
    logs += log_products(1 - rho, steps)[:, :, ::-1]
    common = _log_ways(n) + norms + norms[:, ::-1] - norms[:, -1:]
    logs += common[:, np.newaxis]  # (n_rows, 1, n + 1)
    return logs


def log_products(p, steps):
    """Return the logarithms of prod_{i<k} (p + steps_i) / (1 + steps_i).

    Parameters
    ----------
    p : ndarray of shape (n_rows, n_draws)
        Probabilities.
    steps : ndarray of shape (n_rows, n)
        0, u, 2u, ..., where u is one over the concentration.

    Returns
    -------
    logs : ndarray of shape (n_rows, n_draws, n + 1)
        For k = 0, ..., n. A large negative number instead of minus infinity.
    """
    steps = steps[:, np.newaxis]
    logs = np.zeros((*p.shape, steps.shape[2] + 1))
    terms = logs[:, :, 1:]
    np.add(p[:, :, np.newaxis], steps, out=terms)
    terms /= 1 + steps  # so that p = 1 is exact
    with np.errstate(divide="ignore"):
        np.log(terms, out=terms)
    # Without steps each factor is p itself, which may be 0.
    np.maximum(terms, NEVER, out=terms)
    return np.cumsum(logs, axis=2, out=logs)
