"""Newton's method for the most probable weights, and the curvature there."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import linalg
from scipy.linalg import lapack
from sklearn.exceptions import ConvergenceWarning

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.linalg import safe_cholesky
from skbal._utils.warn import warn

_HALVINGS = 40
_ROUNDING = 1e-13  # a smaller share of the value is lost to rounding
_NEAR = 1e-3  # posterior standard deviations: a point this near is the mode


class Question(NamedTuple):
    """The rows on which one question was asked.

    Attributes
    ----------
    design : ndarray of shape (n_samples, n_weights), dtype=float64
        The design matrix.
    yes, total : ndarray of shape (n_samples,), dtype=float64
        Yes votes k and all votes N.
    owner : str
        Name of the estimator, for messages.
    """

    design: np.ndarray
    yes: np.ndarray
    total: np.ndarray
    owner: str

    @property
    def n_weights(self):
        """The number of weights."""
        return self.design.shape[1]

    def scale(self, of_columns):
        """Return the prior standard deviations of weights from those of columns."""
        return of_columns

    def terms(self, weights, likelihood):
        """Return the `Terms` of the votes at some weights."""
        return likelihood.terms(self.design @ weights, self.yes, self.total)

    def pull(self, slope):
        """Return the gradient by the weights from the slopes by the logits."""
        return slope @ self.design

    def is_concave(self, terms):
        """Return whether the likelihood is known to be concave at all rows."""
        return not (terms.curvature < 0).any()

    def gram(self, curvature):
        """Return the Hessian by the weights from the curvatures by the logits."""
        return _weighted_gram(self.design, curvature)


class Gaussian(NamedTuple):
    """Laplace's approximation to the posterior.

    It is the distribution of the weights divided by their prior standard deviations.

    Attributes
    ----------
    mean : ndarray of shape (n_weights,)
        The mode.
    factor : ndarray of shape (n_weights, n_weights)
        Lower Cholesky factor of the precision.
    log_evidence : float
        log p(votes) by Laplace's method, in nats.
    """

    mean: np.ndarray
    factor: np.ndarray
    log_evidence: float


def laplace(question, scale, likelihood, start, *, max_iter, tol):
    """Return Laplace's approximation to the posterior of the weights.

    The weights are ``scale * v``, where v is standard normal before any vote. The mode
    minimises ``|v|^2 / 2 - log p(votes | v)``. With the Hessian H at the mode,
    ``log p(votes) ~ log p(votes | v) - |v|^2 / 2 - log|H| / 2``.

    Parameters
    ----------
    question : Question or CountQuestion
        The rows and their votes.
    scale : ndarray of shape (n_weights,)
        Prior standard deviations.
    likelihood : Likelihood
        The likelihood of the votes.
    start : ndarray of shape (n_weights,)
        The first v.
    max_iter : int
        Largest number of Newton steps.
    tol : float
        The point is the mode if the next step is shorter than this, in posterior
        standard deviations.

    Returns
    -------
    posterior : Gaussian

    Warns
    -----
    ConvergenceWarning
        If the mode was not found.
    """
    at = _Point(question, scale, likelihood, start)
    for _ in range(max_iter):
        step = at.newton_step()
        length = np.sqrt(max(step @ at.gradient, 0.0))
        if length <= tol:
            break
        # Near the mode the value no longer changes in float64, but the gradient does.
        following = at.moved(step) if length < _NEAR else _shortened(at, step)
        if following is None:
            break
        at = following
    else:
        length = np.sqrt(max(at.newton_step() @ at.gradient, 0.0))
    if length > max(tol, _NEAR):
        warn(
            f"The weights of {question.owner} did not reach the maximum of their "
            f"posterior in max_iter={max_iter} steps. The next step is {length:.2g} "
            "posterior standard deviations long. Raise max_iter, or scale the columns.",
            ConvergenceWarning,
        )
    return at.gaussian()


def _shortened(at, step):
    """Return the point after the step, halved until the value falls, or None."""
    allowed = at.value + _ROUNDING * max(abs(at.value), 1.0)
    for halving in range(_HALVINGS):
        following = at.moved(0.5**halving * step)
        if following.value <= allowed:
            return following
    return None


class _Point:
    """The negative log posterior at one point, with its derivatives."""

    def __init__(self, question, scale, likelihood, place):
        self._question, self._scale = question, scale
        self._likelihood, self.place = likelihood, place
        self._terms = question.terms(scale * place, likelihood)
        self.value = 0.5 * place @ place - self._terms.value.sum()
        self.gradient = place - scale * question.pull(self._terms.slope)

    def moved(self, step):
        return _Point(self._question, self._scale, self._likelihood, self.place - step)

    def newton_step(self):
        return linalg.cho_solve((self._factor, True), self.gradient)

    def gaussian(self):
        log_det = 2.0 * np.log(self._factor.diagonal()).sum()
        return Gaussian(self.place, self._factor, -self.value - 0.5 * log_det)

    @cached_property
    def _factor(self):
        """The Cholesky factor of the Hessian or, if it has none, of the expected one.

        Away from the mode the Hessian of a beta-binomial may have negative eigenvalues,
        and a Newton step would go uphill. The expected Hessian has none. At the mode
        the Hessian itself is positive definite.
        """
        hessian = self._hessian(self._terms.curvature)
        if not self._question.is_concave(self._terms):
            found, n_missing = lapack.dpotrf(hessian, lower=True, clean=True)
            if not n_missing:
                return found
            hessian = self._hessian(self._terms.expected)
        return safe_cholesky(
            hessian, f"The posterior precision of {self._question.owner}"
        )

    def _hessian(self, curvature):
        hessian = self._question.gram(curvature)
        hessian *= np.outer(self._scale, self._scale)
        hessian[np.diag_indices_from(hessian)] += 1.0
        return hessian


def _weighted_gram(design, weights):
    gram = np.zeros((design.shape[1],) * 2)
    for rows in chunks(len(design), rows_within(16 * design.shape[1])):
        chunk = design[rows]
        gram += chunk.T @ (weights[rows, np.newaxis] * chunk)
    return gram
