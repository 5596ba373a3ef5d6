"""The information of counts by simulation, for more count vectors than can be summed.

The information is the mean of log p(k | w) - log mean_w' p(k | w') over weights w and
counts k that are simulated under them. This ratio has a small variance where there is
little information, and is exactly 0 where all draws agree.
"""

import numpy as np
from scipy.special import logsumexp

from skbal._utils.chunks import chunks
from skbal.information._binomials import log_products
from skbal.information._multinomials import NUMBERS, finite_log


def simulated_information(shares, n, inverse, n_simulated, rng):
    """Return an estimate of the information of one row's counts, in nats.

    Parameters
    ----------
    shares : ndarray of shape (n_draws, n_answers), dtype=float64
        Draws of the shares. Each draw sums to one.
    n : int
        Number of votes.
    inverse : float
        One over the concentration. 0 is the multinomial.
    n_simulated : int
        Smallest number of counts to simulate, 2 or more. It is rounded up to a multiple
        of the number of draws, so that each draw has the same number.
    rng : numpy.random.Generator
        Where the counts come from.

    Returns
    -------
    information : float
        It may be a little below 0.
    std : float
        Its standard error, as if the simulated draws were random, too. They are not, so
        that the true error is mostly smaller.
    """
    n_draws = len(shares)
    draws = np.tile(np.arange(n_draws), -(-n_simulated // n_draws))
    counts = _simulated_counts(shares[draws], n, inverse, rng)
    logs = _log_likelihoods(shares, counts, inverse)  # (n_simulated, n_draws)
    ratios = logs[np.arange(len(draws)), draws]
    ratios -= logsumexp(logs, axis=1) - np.log(n_draws)
    return ratios.mean(), ratios.std(ddof=1) / np.sqrt(len(ratios))


def _simulated_counts(shares, n, inverse, rng):
    """Return counts of shape (n_simulated, n_answers)."""
    if inverse > 0:
        shares = _dirichlet(shares / inverse, rng)
    return rng.multinomial(n, shares)


def _dirichlet(a, rng):
    # A gamma variable of shape a is one of shape a + 1 times U^(1 / a). In logarithms
    # it does not underflow, however small a is.
    logs = np.log(rng.standard_gamma(a + 1))
    with np.errstate(divide="ignore"):
        logs -= rng.standard_exponential(a.shape) / a
    gammas = np.exp(logs - logs.max(axis=1, keepdims=True))
    return gammas / gammas.sum(axis=1, keepdims=True)


def _log_likelihoods(shares, counts, inverse):
    """Return log p(k | draw), up to terms that are equal for all draws."""
    if inverse == 0:
        return counts @ finite_log(shares).T
    logs = np.zeros((len(counts), len(shares)))
    steps = inverse * np.arange(counts[0].sum())[np.newaxis]
    for draws in chunks(len(shares), max(NUMBERS // (steps.size + 1), 1)):
        for p, k in zip(shares[draws].T, counts.T):
            # (1, n_draws, n + 1) -> (n_simulated, n_draws)
            logs[:, draws] += log_products(p[np.newaxis], steps)[0][:, k].T
    return logs
