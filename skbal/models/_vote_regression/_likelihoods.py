"""The log-likelihood of k of N votes as a function of the logit, with two derivatives.

With rho the logistic function of the logit, votes in a given order have the likelihood
``rho**k (1 - rho)**(N - k)`` (binomial) or, with a = c rho, b = c (1 - rho) and the
concentration c, ``B(k + a, N - k + b) / B(a, b)`` (beta-binomial). The factor
"N choose k" depends on no model and is left out, as in
`skbal.information.vote_log_likelihood`.

A new likelihood is a subclass of `Likelihood` and a line in ``LIKELIHOODS``. In all of
them rho is the logistic function of the logit; `_posterior` relies on it. Likelihoods
of several answers are in `_count_likelihoods`.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np
from scipy.special import expit, gammaln, log_expit, polygamma, psi

_LARGE = 1e3  # above it, the next term of Stirling's series is below 1e-18


class Terms(NamedTuple):
    """The terms of each row, all of shape (n_samples,).

    Attributes
    ----------
    value : ndarray
        The log-likelihood, in nats.
    slope : ndarray
        Its derivative with respect to the logit.
    curvature : ndarray
        Minus its second derivative. It is negative where a beta-binomial likelihood is
        not concave.
    expected : ndarray
        A curvature that is never negative: the information that the mean of the votes
        has about the logit.
    """

    value: np.ndarray
    slope: np.ndarray
    curvature: np.ndarray
    expected: np.ndarray


class Likelihood(ABC):
    """The likelihood of votes, given the logit of each row.

    Attributes
    ----------
    concentration : float
        The concentration of rho in rows with equal features; infinity if their rho is
        equal.
    learned_range : tuple of float, optional
        Smallest and largest concentration that the evidence may choose. ``None`` if
        there is nothing to choose.
    first_concentration : float, optional
        The concentration at which the search starts.
    limit : type, optional
        The likelihood with an infinite concentration, if there is one to learn.
    """

    concentration = np.inf
    learned_range = None
    first_concentration = None
    limit = None

    @classmethod
    def can_learn_from(cls, total):
        """Return whether ``total`` votes per row determine the concentration."""
        return cls.learned_range is not None and bool((total >= 2).any())

    @abstractmethod
    def terms(self, logits, yes, total):
        """Return the log-likelihood of votes and its derivatives.

        Parameters
        ----------
        logits : ndarray of shape (n_samples,), dtype=float64
            The logits of rho.
        yes, total : ndarray of shape (n_samples,)
            Yes votes k and all votes N.

        Returns
        -------
        terms : Terms
        """


class Binomial(Likelihood):
    """Binomial votes: rows with equal features have an equal rho.

    Examples
    --------
    Two votes, both yes, with a rho of 1/2:

    >>> two = np.array([2.0])
    >>> np.exp(Binomial().terms(np.zeros(1), two, two).value).round(4)
    array([0.25])
    """

    def terms(self, logits, yes, total):
        no, rho, other = total - yes, expit(logits), expit(-logits)
        value = _times(yes, log_expit(logits)) + _times(no, log_expit(-logits))
        curvature = total * rho * other
        return Terms(value, yes * other - no * rho, curvature, curvature)


class BetaBinomial(Likelihood):
    """Beta-binomial votes: rho has a beta distribution in rows with equal features.

    Parameters
    ----------
    concentration : float
        The sum a + b of the parameters of the beta distribution.

    Examples
    --------
    Two votes, both yes, with a rho that is uniform, as a = b = 1:

    >>> two = np.array([2.0])
    >>> np.exp(BetaBinomial(2.0).terms(np.zeros(1), two, two).value).round(4)
    array([0.3333])
    """

    # Above the largest, votes of thousands of volunteers are practically binomial.
    # Below the smallest, the votes of a row count practically as one.
    learned_range = (1e-3, 1e6)
    first_concentration = 20.0
    limit = Binomial

    def __init__(self, concentration):
        self.concentration = concentration

    def terms(self, logits, yes, total):
        concentration = self.concentration
        no, rho, other = total - yes, expit(logits), expit(-logits)
        spread = rho * other
        rise_yes = rise(concentration * rho, yes)
        rise_no = rise(concentration * other, no)
        any_yes, any_no, any_vote = yes > 0, no > 0, total > 0
        # The first factor of each rising product contains log rho. Computed separately
        # it is exact, however close to 0 or 1 rho is.
        value = _times(any_yes, log_expit(logits)) + _times(any_no, log_expit(-logits))
        value += rise_yes.value + rise_no.value - rise(concentration, total).value
        n_logs = any_yes.astype(float) + any_no - any_vote
        value += n_logs * np.log(concentration)
        # By the logit: da = c spread, db = -c spread, dspread = spread (1 - 2 rho).
        pull = concentration * spread
        slope = any_yes * other - any_no * rho + pull * (rise_yes.first - rise_no.first)
        curvature = (any_yes + any_no.astype(float)) * spread
        curvature -= pull * (other - rho) * (rise_yes.first - rise_no.first)
        curvature -= pull**2 * (rise_yes.second + rise_no.second)
        # (dE k / dlogit)**2 / Var k, where Var k = N spread (1 + (N - 1) / (c + 1)).
        inflation = 1.0 + np.maximum(total - 1.0, 0.0) / (concentration + 1.0)
        return Terms(value, slope, curvature, total * spread / inflation)


LIKELIHOODS = {"binomial": Binomial, "beta-binomial": BetaBinomial}


class Rise(NamedTuple):
    """The logarithm of a rising product, and its derivatives; see `rise`."""

    value: np.ndarray
    first: np.ndarray
    second: np.ndarray


def rise(start, count):
    """Return log[(a + 1) (a + 2) ... (a + count - 1)] and its derivatives by a.

    Parameters
    ----------
    start : float or ndarray
        The number a.
    count : ndarray
        Whole numbers. All results are 0 if the count is 0 or 1.

    Returns
    -------
    rise : Rise
    """
    count = np.maximum(count, 1.0)
    return Rise(
        _log_rise(start, count),
        psi(start + count) - psi(start + 1.0),
        polygamma(1, start + count) - polygamma(1, start + 1.0),
    )


def _log_rise(start, count):
    """Return log Gamma(start + count) - log Gamma(start + 1) for a count of 1 or more.

    Both terms grow as start log start, so that their difference would keep few digits.
    For a large start it is computed from the terms of Stirling's series instead.
    """
    first, last, steps = start + 1.0, start + count, count - 1.0
    series = steps * (np.log(first) - 1.0)
    series += (last - 0.5) * np.log1p(steps / first)
    series += (1.0 / last - 1.0 / first) / 12.0
    series -= (1.0 / last**3 - 1.0 / first**3) / 360.0
    return np.where(first > _LARGE, series, gammaln(last) - gammaln(first))


def _times(count, log):
    # 0 log 0 = 0: without votes the likelihood is 1, however certain rho is.
    return np.where(count > 0, count * log, 0.0)
