"""Newton's method to the most probable weights, and the curvature there."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import linalg
from scipy.linalg import lapack
from sklearn.exceptions import ConvergenceWarning

from skbal._utils.chunks import pieces, rows_within
from skbal._utils.linalg import safe_cholesky
from skbal._utils.warn import warn
from skbal.models._vote_regression._likelihoods import vote_terms

_HALVINGS = 40
# Of the value: a gain below it is lost in rounding.
_ROUNDING = 1e-13
# In posterior standard deviations: a mode this near is a mode.
_NEAR = 1e-3


class Question(NamedTuple):
    """The rows on which one question was asked.

    Attributes
    ----------
    design : ndarray of shape (n_samples, n_weights), dtype=float64
        What the weights multiply.
    yes, total : ndarray of shape (n_samples,), dtype=float64
        k and N.
    owner : str
        The estimator's name, for messages.
    """

    design: np.ndarray
    yes: np.ndarray
    total: np.ndarray
    owner: str


class Gaussian(NamedTuple):
    """Laplace's approximation to the posterior, weights over prior standard deviations.

    Attributes
    ----------
    mean : ndarray of shape (n_weights,)
    factor : ndarray of shape (n_weights, n_weights)
        Lower Cholesky factor of the precision.
    log_evidence : float
        log p(votes) by Laplace's method, in nats.
    """

    mean: np.ndarray
    factor: np.ndarray
    log_evidence: float


def laplace(question, scale, concentration, start, *, max_iter, tol):
    """Return Laplace's approximation to the posterior of the weights.

    Weights are ``scale * v`` with v standard normal before any vote. The mode minimises
    ``|v|^2 / 2 - log p(votes | v)``; with H the Hessian there,
    ``log p(votes) ~ log p(votes | v) - |v|^2 / 2 - log|H| / 2``.

    Parameters
    ----------
    question : Question
        The rows and their votes.
    scale : ndarray of shape (n_weights,)
        Prior standard deviations.
    concentration : float
        Of the beta-binomial; infinity for binomial votes.
    start : ndarray of shape (n_weights,)
        Where v starts.
    max_iter : int
        The most Newton steps.
    tol : float
        The length of the next step, in posterior standard deviations, at which v is
        the mode.

    Returns
    -------
    posterior : Gaussian

    Warns
    -----
    ConvergenceWarning
        If the mode was not found.
    """
    at = _Point(question, scale, concentration, start)
    for _ in range(max_iter):
        step = at.newton_step()
        length = np.sqrt(max(step @ at.gradient, 0.0))
        if length <= tol:
            break
        # Near the mode the value no longer changes in float64; the gradient tells.
        following = at.moved(step) if length < _NEAR else _shortened(at, step)
        if following is None:
            break
        at = following
    else:
        length = np.sqrt(max(at.newton_step() @ at.gradient, 0.0))
    if length > max(tol, _NEAR):
        warn(
            f"The weights of {question.owner} did not reach the maximum of their "
            f"posterior in max_iter={max_iter} steps; the next is {length:.2g} "
            "posterior standard deviations long. Raise max_iter, or scale the columns.",
            ConvergenceWarning,
        )
    return at.gaussian()


def _shortened(at, step):
    """Return the point after the step, halved until it gains; None if it never does."""
    allowed = at.value + _ROUNDING * max(abs(at.value), 1.0)
    for halving in range(_HALVINGS):
        following = at.moved(0.5**halving * step)
        if following.value <= allowed:
            return following
    return None


class _Point:
    """The negative log posterior at one place, with its derivatives."""

    def __init__(self, question, scale, concentration, place):
        self._question, self._scale = question, scale
        self._concentration, self.place = concentration, place
        design, yes, total, _ = question
        self._terms = vote_terms(design @ (scale * place), yes, total, concentration)
        self.value = 0.5 * place @ place - self._terms.value.sum()
        self.gradient = place - scale * (self._terms.slope @ design)

    def moved(self, step):
        return _Point(
            self._question, self._scale, self._concentration, self.place - step
        )

    def newton_step(self):
        return linalg.cho_solve((self._factor, True), self.gradient)

    def gaussian(self):
        log_det = 2.0 * np.log(self._factor.diagonal()).sum()
        return Gaussian(self.place, self._factor, -self.value - 0.5 * log_det)

    @cached_property
    def _factor(self):
        """The Cholesky factor of the Hessian, or of the expected one if it has none.

        Away from the mode a beta-binomial may curve the wrong way, and a Newton step
        would then go uphill; the expected curvature is never negative. At a maximum
        the Hessian has no negative direction, so there it is the Hessian itself.
        """
        hessian = self._hessian(self._terms.curvature)
        if (self._terms.curvature < 0).any():
            found, n_missing = lapack.dpotrf(hessian, lower=True, clean=True)
            if not n_missing:
                return found
            hessian = self._hessian(self._terms.expected)
        return safe_cholesky(
            hessian, f"The posterior precision of {self._question.owner}"
        )

    def _hessian(self, curvature):
        hessian = _weighted_gram(self._question.design, curvature)
        hessian *= np.outer(self._scale, self._scale)
        hessian[np.diag_indices_from(hessian)] += 1.0
        return hessian


def _weighted_gram(design, weights):
    gram = np.zeros((design.shape[1],) * 2)
    for rows in pieces(len(design), rows_within(16 * design.shape[1])):
        part = design[rows]
        gram += part.T @ (weights[rows, np.newaxis] * part)
    return gram
