"""Distributions of counts under mixtures of Dirichlet-multinomials."""

import numpy as np
from scipy.special import gammaln, logsumexp

from skbal._utils.chunks import chunks, rows_within

# A component this improbable in a row is left out, and the rest is divided by its sum.
_LEAST = 1e-5
_COPIES = 4  # arrays of a number for each row, draw, component, answer and k
_MEMORY = 2**21  # bytes of them, so that they stay in the cache of a processor


def count_distributions(components, n_votes, most):
    """Return the probability of each number of votes for each answer.

    Given a draw and a component, the count of one answer is beta-binomial.

    Parameters
    ----------
    components : Components
        Of some rows.
    n_votes : ndarray of int of shape (n_samples,)
        Number of volunteers asked about each row.
    most : int
        The largest number of votes that is given a probability.

    Returns
    -------
    distributions : ndarray of shape (n_samples, n_answers, most + 1)
        The mean over draws and components. 0 above the number of a row.
    """
    weights = np.where(components.weights >= _LEAST, components.weights, 0.0)
    weights = weights / weights.sum(axis=(1, 2), keepdims=True)
    n_answers = components.shares.shape[3]
    found = np.empty((len(n_votes), n_answers, most + 1))
    per_row = 8 * _COPIES * n_answers * (most + 1) * weights[0].size
    for rows in chunks(len(n_votes), rows_within(per_row, max_memory=_MEMORY)):
        found[rows] = _mixtures(
            weights[rows],
            components.shares[rows],
            components.concentration,
            n_votes[rows],
            most,
        )
    return found


def _mixtures(weights, shares, concentration, n_votes, most):
    """Return the distributions of some rows, of shape (n_samples, n_answers, most + 1).

    Weights of a row sum to one over draws and components, and most of them are 0.
    """
    row, draw, component = np.nonzero(weights)
    concentration = concentration[draw, component, np.newaxis]
    own = shares[row, draw, component].astype(np.float64)
    # The sum of all other shares: 1 - own may be 0, though none of them is.
    others = own @ (1.0 - np.eye(own.shape[1]))
    a, b = concentration * own, concentration * others
    p = np.exp(_log_beta_binomial(a, b, n_votes[row], most))
    p *= weights[row, draw, component][:, np.newaxis, np.newaxis]
    # The triples are ordered by rows, and each row has one at least.
    return np.add.reduceat(p, np.flatnonzero(np.diff(row, prepend=-1)), axis=0)


def _log_beta_binomial(a, b, n_votes, most):
    """Return log p(k) for k = 0, ..., most, from the ratios of neighbours.

    ``p(k + 1) / p(k) = (N - k) (a + k) / ((k + 1) (b + N - k - 1))``.

    ``a`` and ``b`` have the shape (n, n_answers), and ``n_votes`` the shape (n,).
    """
    k = np.arange(most)
    left = np.maximum(n_votes[:, np.newaxis, np.newaxis] - k, 0)
    with np.errstate(divide="ignore"):
        ratios = np.log(left / (k + 1.0))  # -inf above N
    ratios = ratios + np.log(a[..., np.newaxis] + k)
    ratios -= np.log(b[..., np.newaxis] + np.maximum(left - 1, 0))
    log_p = np.zeros((*a.shape, len(k) + 1))
    np.cumsum(ratios, axis=-1, out=log_p[..., 1:])
    n = n_votes[:, np.newaxis]
    log_p += (gammaln(b + n) - gammaln(b) - gammaln(a + b + n) + gammaln(a + b))[
        ..., np.newaxis
    ]
    return log_p


def log_likelihood(components, counts):
    """Return the log-likelihood of counts in a given order, in nats.

    Parameters
    ----------
    components : Components
        Of some rows.
    counts : ndarray of shape (n_samples, n_answers)
        The number of votes for each answer.

    Returns
    -------
    log_likelihood : ndarray of shape (n_samples,)
        Logarithm of the mean over draws and components.
    """
    c, total = components.concentration, counts.sum(axis=1)[:, np.newaxis, np.newaxis]
    found = np.log(components.weights) + gammaln(c) - gammaln(c + total)
    for answer, k in enumerate(counts.T):
        given = np.flatnonzero(k)  # an answer without votes adds nothing
        a = c * components.shares[given, :, :, answer]
        steps = k[given, np.newaxis, np.newaxis]
        found[given] += np.log(a) + gammaln(a + steps) - gammaln(a + 1.0)
    n_draws = components.weights.shape[1]
    return logsumexp(found, axis=(1, 2)) - np.log(n_draws)
