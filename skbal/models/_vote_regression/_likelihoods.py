"""The log-likelihood of k of N votes as a function of the logit, and two derivatives.

With rho the logistic function of the logit, votes in an order of their own have the
likelihood ``rho**k (1 - rho)**(N - k)`` (binomial) or, with a = c rho, b = c (1 - rho)
and the concentration c, ``B(k + a, N - k + b) / B(a, b)`` (beta-binomial). The factor
"N choose k" depends on no model and is left out, as in
`skbal.information.vote_log_likelihood`.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, gammaln, log_expit, polygamma, psi

_LARGE = 1e3  # the next term of Stirling's series is then below 1e-18


class Terms(NamedTuple):
    """What each row adds, all of shape (n_samples,).

    Attributes
    ----------
    value : ndarray
        The log-likelihood, in nats.
    slope : ndarray
        Its derivative by the logit.
    curvature : ndarray
        Minus its second derivative; negative where a beta-binomial is not concave.
    expected : ndarray
        A curvature that is never negative: the information that the mean of the votes
        has of the logit.
    """

    value: np.ndarray
    slope: np.ndarray
    curvature: np.ndarray
    expected: np.ndarray


def vote_terms(logits, yes, total, concentration):
    """Return the log-likelihood of votes and its derivatives by the logits.

    Parameters
    ----------
    logits : ndarray of shape (n_samples,), dtype=float64
        Of rho.
    yes, total : ndarray of shape (n_samples,)
        k and N.
    concentration : float
        c; infinity for binomial votes.

    Returns
    -------
    terms : Terms

    Examples
    --------
    Two votes, both yes, of a rho of 1/2; then of one that is uniform, as a = b = 1:

    >>> two = np.array([2.0])
    >>> np.exp(vote_terms(np.zeros(1), two, two, np.inf).value).round(4)
    array([0.25])
    >>> np.exp(vote_terms(np.zeros(1), two, two, 2.0).value).round(4)
    array([0.3333])
    """
    if np.isinf(concentration):
        return _binomial(logits, yes, total)
    return _beta_binomial(logits, yes, total, concentration)


def _binomial(logits, yes, total):
    no, rho, other = total - yes, expit(logits), expit(-logits)
    value = _times(yes, log_expit(logits)) + _times(no, log_expit(-logits))
    curvature = total * rho * other
    return Terms(value, yes * other - no * rho, curvature, curvature)


def _beta_binomial(logits, yes, total, concentration):
    no, rho, other = total - yes, expit(logits), expit(-logits)
    spread = rho * other
    rise_yes = _rise(concentration * rho, yes)
    rise_no = _rise(concentration * other, no)
    any_yes, any_no, any_vote = yes > 0, no > 0, total > 0
    # The first factor of each rising product holds log rho: taken by itself, it is
    # exact however close to 0 or 1 rho is.
    value = _times(any_yes, log_expit(logits)) + _times(any_no, log_expit(-logits))
    value += rise_yes.value + rise_no.value - _rise(concentration, total).value
    n_logs = any_yes.astype(float) + any_no - any_vote
    value += n_logs * np.log(concentration)
    # da/dlogit = c spread, db/dlogit = -c spread, dspread/dlogit = spread (1 - 2 rho)
    pull = concentration * spread
    slope = any_yes * other - any_no * rho + pull * (rise_yes.first - rise_no.first)
    curvature = (any_yes + any_no.astype(float)) * spread
    curvature -= pull * (other - rho) * (rise_yes.first - rise_no.first)
    curvature -= pull**2 * (rise_yes.second + rise_no.second)
    # Var k = N spread (1 + (N - 1) / (c + 1)); (dE k / dlogit)**2 over it.
    inflation = 1.0 + np.maximum(total - 1.0, 0.0) / (concentration + 1.0)
    return Terms(value, slope, curvature, total * spread / inflation)


class _Rise(NamedTuple):
    value: np.ndarray
    first: np.ndarray
    second: np.ndarray


def _rise(start, count):
    """Return log[(a + 1) (a + 2) ... (a + count - 1)] and its derivatives by a.

    All are 0 where the count is 0 or 1.
    """
    count = np.maximum(count, 1.0)
    return _Rise(
        _log_rise(start, count),
        psi(start + count) - psi(start + 1.0),
        polygamma(1, start + count) - polygamma(1, start + 1.0),
    )


def _log_rise(start, count):
    """Return log Gamma(start + count) - log Gamma(start + 1), count 1 or more.

    Both grow as start log start, of which the difference of two would keep few digits;
    for a large start it is taken in Stirling's series instead, term by term.
    """
    first, last, steps = start + 1.0, start + count, count - 1.0
    series = steps * (np.log(first) - 1.0)
    series += (last - 0.5) * np.log1p(steps / first)
    series += (1.0 / last - 1.0 / first) / 12.0
    series -= (1.0 / last**3 - 1.0 / first**3) / 360.0
    return np.where(first > _LARGE, series, gammaln(last) - gammaln(first))


def _times(count, log):
    # 0 log 0 = 0: no vote says nothing, however certain rho is.
    return np.where(count > 0, count * log, 0.0)
