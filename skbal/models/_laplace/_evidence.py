"""The evidence of a softmax layer by Laplace's method, and the prior that maximises it.

Around weights W with the Hessian H of the negative log likelihood, with the prior
variance s2 and n_weights weights,

    log p(y) ~ log p(y | W) - |W|^2 / (2 s2) - n_weights / 2 log s2
               - 1/2 log |H + I / s2|.

MacKay (1992), "The evidence framework applied to classification networks": for fixed H
it is stationary where

    s2 = |W|^2 / gamma,    gamma = tr(H (H + I / s2)^-1),

where gamma is the number of weights that the data determine. Repeating this step
converges slowly, so that Brent's method finds where the step vanishes.
"""

from typing import NamedTuple

import numpy as np
from scipy import special
from sklearn.exceptions import ConvergenceWarning

from skbal._utils.warn import warn
from skbal.models._laplace._softmax import SoftmaxMode, log_likelihood
from skbal.models._laplace._zero import LONGEST_STEP, find_zero

PATH_DTYPE = np.dtype(
    [
        ("prior_variance", np.float64),
        ("n_effective_parameters", np.float64),
        ("log_marginal_likelihood", np.float64),
    ]
)

_RANGE = 1e10  # of the prior variance, in units of one over the mean squared feature


class Measures(NamedTuple):
    """The parts of the evidence for one prior.

    Attributes
    ----------
    prior_precision : float
        One over the prior variance.
    log_likelihood : float
        log p(y | W).
    squared_norm : float
        |W|^2.
    log_det_ratio : float
        log |I + H s2|.
    n_effective : float
        The number gamma of weights that the data determine.
    """

    prior_precision: float
    log_likelihood: float
    squared_norm: float
    log_det_ratio: float
    n_effective: float

    def log_evidence(self):
        """Return the log marginal likelihood, in nats."""
        penalty = self.prior_precision * self.squared_norm + self.log_det_ratio
        return self.log_likelihood - 0.5 * penalty

    def step(self):
        """Return the change of the log precision by MacKay's update."""
        if self.n_effective <= 0.0:
            return 0.0  # no weight is determined, and the prior stays
        if self.squared_norm == 0.0:
            return LONGEST_STEP
        # A difference of logarithms, since the square of small weights may underflow.
        update = np.log(self.n_effective) - np.log(self.squared_norm)
        return float(update - np.log(self.prior_precision))


class _Problem:
    """Rows and labels; a subclass gives the weights of the approximation."""

    def __init__(self, features, codes, curvature, owner):
        self._features, self._codes = features, codes
        self._curvature, self._owner = curvature, owner

    def _curvature_at(self, weights):
        probabilities = special.softmax(self._features @ weights, axis=1)
        return self._curvature(self._features, probabilities, self._owner)

    def _measures(self, prior_precision, weights, log_det_ratio, n_effective):
        return Measures(
            prior_precision,
            log_likelihood(self._features @ weights, self._codes),
            float(np.sum(weights**2)),
            log_det_ratio,
            n_effective,
        )

    def log_evidence(self, prior_precision, weights, posterior):
        """Return the log evidence of a solution, in nats."""
        log_det_ratio = posterior.log_det() - weights.size * np.log(prior_precision)
        measures = self._measures(prior_precision, weights, log_det_ratio, np.nan)
        return measures.log_evidence()


class AtMode(_Problem):
    """The approximation around the most probable weights, which depend on the prior.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features), dtype=float64
        Inputs of the layer. They contain a column of ones for the bias.
    codes : ndarray of shape (n_samples,)
        The class of each row.
    n_classes : int
        The number of classes.
    curvature : type
        A subclass of `Curvature`.
    owner : str
        Name of the estimator, for messages.
    """

    def __init__(self, features, codes, n_classes, curvature, owner):
        super().__init__(features, codes, curvature, owner)
        self._mode = SoftmaxMode(features, codes, n_classes)

    def solve(self, prior_precision):
        """Return the weights and the distribution of deviations from them."""
        weights, _, posterior = self._solve(prior_precision)
        return weights, posterior

    def measure(self, prior_precision):
        """Return the `Measures` for a prior precision."""
        weights, curvature, posterior = self._solve(prior_precision)
        log_det_ratio = posterior.log_det() - weights.size * np.log(prior_precision)
        n_effective = curvature.n_effective(posterior)
        return self._measures(prior_precision, weights, log_det_ratio, n_effective)

    def _solve(self, prior_precision):
        weights = self._mode.at(prior_precision, self._owner)
        curvature = self._curvature_at(weights)
        return weights, curvature, curvature.at(prior_precision)


class AtWeights(_Problem):
    """The approximation around given weights; one decomposition serves all priors.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features), dtype=float64
        Inputs of the layer. They contain a column of ones for the bias.
    codes : ndarray of shape (n_samples,)
        The class of each row.
    weights : ndarray of shape (n_features, n_classes)
        The weights, with biases in the last row.
    curvature : type
        A subclass of `Curvature`.
    owner : str
        Name of the estimator, for messages.
    """

    def __init__(self, features, codes, weights, curvature, owner):
        super().__init__(features, codes, curvature, owner)
        self._weights = weights
        self._at_weights = self._curvature_at(weights)
        self._eigenvalues = None

    def solve(self, prior_precision):
        """Return the weights and the distribution of deviations from them."""
        return self._weights, self._at_weights.at(prior_precision)

    def measure(self, prior_precision):
        """Return the `Measures` for a prior precision."""
        if self._eigenvalues is None:
            self._eigenvalues = self._at_weights.eigenvalues()
        values = self._eigenvalues
        return self._measures(
            prior_precision,
            self._weights,
            float(np.sum(np.log1p(values / prior_precision))),
            float(np.sum(values / (values + prior_precision))),
        )


def prior_range(features):
    """Return the smallest and the largest prior variance of the search.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        Inputs of the layer. They contain a column of ones, so they are not all zero.

    Returns
    -------
    smallest, largest : float
    """
    unit = 1.0 / np.mean(features**2)
    return unit / _RANGE, unit * _RANGE


def maximise_evidence(problem, prior_variance, limits, *, max_iter, tol, owner):
    """Return the prior variance at MacKay's fixed point, and the path to it.

    Parameters
    ----------
    problem : AtMode or AtWeights
        Gives the `Measures` for a prior.
    prior_variance : float
        The first prior variance.
    limits : tuple of float, (smallest, largest)
        The limits of the search.
    max_iter : int
        Largest number of priors to try.
    tol : float
        The search stops when the prior variance changes by less than this share.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    prior_variance : float
    path : ndarray of shape (n_iterations,), dtype=PATH_DTYPE
        One row for each prior tried. The last row has the one returned.

    Warns
    -----
    ConvergenceWarning
        If the search did not converge in ``max_iter`` iterations, or ends at a limit.
    """
    tried = {}  # log precision -> Measures, in the order of trial

    def step(position):
        if position not in tried:
            tried[position] = problem.measure(np.exp(position))
        return tried[position].step()

    start, ends = -np.log(prior_variance), -np.log([limits[1], limits[0]])
    position = find_zero(step, start, ends, max_iter=max_iter, tol=tol)
    # The path ends at the prior in use, which need not be the last one tried.
    tried[position] = tried.pop(position)
    path = np.array([_row(measures) for measures in tried.values()], dtype=PATH_DTYPE)
    variance = float(path["prior_variance"][-1])
    left = step(position)
    if abs(left) >= tol and (position <= ends[0] or position >= ends[1]):
        _warn_of_limit(owner, variance, left)
    elif abs(left) >= tol and len(path) == max_iter:
        _warn_of_slow_convergence(owner, max_iter, left)
    return variance, path


def _row(measures):
    variance = 1.0 / measures.prior_precision
    return variance, measures.n_effective, measures.log_evidence()


def _warn_of_slow_convergence(owner, max_iter, step):
    warn(
        f"The evidence of {owner} did not converge in max_iter={max_iter} iterations. "
        f"The next would change prior_variance by the factor {np.exp(-step):.2g}.",
        ConvergenceWarning,
    )


def _warn_of_limit(owner, prior_variance, step):
    reason = (
        "the labels show no dependence on the features"
        if step > 0
        else "the labels put no bound on the weights"
    )
    warn(
        f"The evidence of {owner} has no maximum within the range searched: {reason}. "
        f"prior_variance_ is set to its limit, {prior_variance:.3g}.",
        ConvergenceWarning,
    )
