"""The log-likelihood of counts under a mixture, and its first derivatives.

A row is of one of K components. With the logits g of the components, the logits f_k of
the answers in component k, and the concentrations c_k, its counts have the likelihood

    p(counts) = sum_k pi_k DM(counts | c_k p_k),  pi = softmax(g),  p_k = softmax(f_k),

with DM the Dirichlet-multinomial of votes in a given order. With the responsibilities
``r_k = pi_k DM_k / p(counts)`` the derivatives of the log-likelihood are ``r - pi`` by
g, and r_k times those of log DM_k by everything else.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, logsumexp, psi

from skbal.models._vote_regression._count_likelihoods import log_softmax


class MixtureTerms(NamedTuple):
    """The log-likelihood of each row and its derivatives.

    Attributes
    ----------
    value : ndarray of shape (n_samples,)
        The log-likelihood, in nats.
    gate : ndarray of shape (n_samples, n_components)
        Its derivatives by the logits of the components.
    logits : ndarray of shape (n_samples, n_components, n_answers)
        By the logits of the answers in each component.
    log_concentration : ndarray of shape (n_samples, n_components)
        By the logarithms of the concentrations.
    """

    value: np.ndarray
    gate: np.ndarray
    logits: np.ndarray
    log_concentration: np.ndarray


def mixture_terms(gate, logits, log_concentration, counts):
    """Return the log-likelihood of counts and its derivatives.

    Parameters
    ----------
    gate : ndarray of shape (n_samples, n_components)
        Logits of the components.
    logits : ndarray of shape (n_samples, n_components, n_answers)
        Logits of the answers in each component.
    log_concentration : ndarray of shape (n_components,)
        Logarithms of the concentrations.
    counts : ndarray of shape (n_samples, n_answers), dtype=float64
        The number of votes for each answer.

    Returns
    -------
    terms : MixtureTerms

    Examples
    --------
    Two votes for the first of two answers. Its share is uniform in the only component:

    >>> flat = np.zeros((1, 1)), np.zeros((1, 1, 2)), np.log([2.0])
    >>> np.exp(mixture_terms(*flat, np.array([[2.0, 0.0]])).value).round(4)
    array([0.3333])
    """
    log_weights = log_softmax(gate)
    value, h, h_total = _of_components(logits, log_concentration, counts)
    both = log_weights + value
    found = logsumexp(both, axis=1)
    r = np.exp(both - found[:, np.newaxis])
    shares = np.exp(log_softmax(logits))
    slope = h - shares * h.sum(axis=2, keepdims=True)
    return MixtureTerms(
        found,
        r - np.exp(log_weights),
        r[:, :, np.newaxis] * slope,
        r * (h.sum(axis=2) - h_total),
    )


def _of_components(logits, log_concentration, counts):
    """Return log DM, its derivatives by log(c p) at given c, and that of the total.

    The shapes are (n_samples, n_components), (n_samples, n_components, n_answers) and
    (n_samples, n_components).
    """
    concentration, total = np.exp(log_concentration), counts.sum(axis=1)
    # Only answers with votes contribute. They are the entries of long vectors.
    rows, answers = np.nonzero(counts)
    k = counts[rows, answers][:, np.newaxis]
    log_a = (log_softmax(logits) + log_concentration[:, np.newaxis])[rows, :, answers]
    a = np.exp(log_a)
    # The first factor of each rising product is a itself, exact if a is tiny.
    rises, h = np.zeros((2, *logits.shape))
    rises[rows, :, answers] = log_a + gammaln(a + k) - gammaln(a + 1.0)
    h[rows, :, answers] = 1.0 + a * (psi(a + k) - psi(a + 1.0))
    n = total[:, np.newaxis]
    value = gammaln(concentration) - gammaln(concentration + n) + rises.sum(axis=2)
    h_total = concentration * (psi(concentration + n) - psi(concentration))
    return value, h, h_total
