"""The evidence of a softmax layer by Laplace's method, and the prior that maximises it.

Around weights W with Hessian H of the negative log likelihood, and with the prior
variance s2 and n_weights weights,

    log p(y) ~ log p(y | W) - |W|^2 / (2 s2) - n_weights / 2 log s2
               - 1/2 log |H + I / s2|.

MacKay (1992), "The evidence framework applied to classification networks": with H held
fixed it is stationary where

    s2 = |W|^2 / gamma,    gamma = tr(H (H + I / s2)^-1),

gamma being the number of weights that the data determine. One such step after the other
converges slowly, so a secant through the last two takes the place of most.
"""

from typing import NamedTuple

import numpy as np
from scipy import special
from sklearn.exceptions import ConvergenceWarning

from skbal._utils.warn import warn
from skbal.models._laplace._bracket import LONGEST_STEP, Bracket
from skbal.models._laplace._softmax import SoftmaxMode, log_likelihood

PATH_DTYPE = np.dtype(
    [
        ("prior_variance", np.float64),
        ("n_effective_parameters", np.float64),
        ("log_marginal_likelihood", np.float64),
    ]
)

# The prior variance, in units of one over the mean squared feature.
_RANGE = 1e10


class Measures(NamedTuple):
    """What the evidence needs to know about one prior.

    Attributes
    ----------
    prior_precision, log_likelihood, squared_norm : float
        One over the prior variance; log p(y | W); |W|^2.
    log_det_ratio : float
        log |I + H s2|.
    n_effective : float
        gamma.
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
        """Return by how much MacKay's update changes the log of the precision."""
        if self.n_effective <= 0.0:
            return 0.0  # nothing is determined: the prior stays
        if self.squared_norm == 0.0:
            return LONGEST_STEP
        ratio = self.n_effective / self.squared_norm / self.prior_precision
        return float(np.log(ratio))


class _Problem:
    """Rows and labels; a subclass says around which weights to approximate."""

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
        With the column of ones.
    codes : ndarray of shape (n_samples,)
        The class of each row.
    n_classes : int
        The number of classes.
    curvature : class
        `FullCurvature`, `DiagonalCurvature` or `KroneckerCurvature`.
    owner : str
        The estimator's name.
    """

    def __init__(self, features, codes, n_classes, curvature, owner):
        super().__init__(features, codes, curvature, owner)
        self._mode = SoftmaxMode(features, codes, n_classes)

    def solve(self, prior_precision):
        """Return the weights and the distribution of deviations from them."""
        weights = self._mode.at(prior_precision, self._owner)
        return weights, self._curvature_at(weights).at(prior_precision)

    def measure(self, prior_precision):
        """Return the `Measures` for a prior precision."""
        weights, posterior = self.solve(prior_precision)
        log_det_ratio = posterior.log_det() - weights.size * np.log(prior_precision)
        return self._measures(
            prior_precision, weights, log_det_ratio, posterior.n_effective()
        )


class AtWeights(_Problem):
    """The approximation around given weights; one decomposition serves all priors.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features), dtype=float64
        With the column of ones.
    codes : ndarray of shape (n_samples,)
        The class of each row.
    weights : ndarray of shape (n_features, n_classes)
        Those of the network, the bias last.
    curvature : class
        `FullCurvature`, `DiagonalCurvature` or `KroneckerCurvature`.
    owner : str
        The estimator's name.
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
    """Return the smallest and the largest prior variance that the search may reach.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        With the column of ones, so that they are not all zero.

    Returns
    -------
    smallest, largest : float
    """
    unit = 1.0 / np.mean(features**2)
    return unit / _RANGE, unit * _RANGE


def maximise_evidence(problem, prior_variance, limits, *, max_iter, tol, owner):
    """Return the prior variance at MacKay's fixed point, and the way there.

    Parameters
    ----------
    problem : AtMode or AtWeights
        Gives the `Measures` for a prior.
    prior_variance : float
        Where to begin.
    limits : tuple of float, (smallest, largest)
        Where the search ends.
    max_iter : int
        The most priors to try.
    tol : float
        The relative change of the prior variance at which to stop.
    owner : str
        The estimator's name.

    Returns
    -------
    prior_variance : float
    path : ndarray of shape (n_iterations,), dtype=PATH_DTYPE

    Warns
    -----
    ConvergenceWarning
        If it did not converge in ``max_iter`` iterations, or ends at a limit.
    """
    bracket = Bracket(-np.log(limits[1]), -np.log(limits[0]), -np.log(prior_variance))
    path = []
    for _ in range(max_iter):
        measures = problem.measure(np.exp(bracket.position))
        path.append(_row(measures))
        step = measures.step()
        if abs(step) < tol or bracket.ends_at_limit(step):
            break
        bracket.move(step)
    else:
        _warn_of_slow_convergence(owner, max_iter, step)
    if abs(step) >= tol and bracket.ends_at_limit(step):
        _warn_of_limit(owner, path[-1][0], step)
    return path[-1][0], np.array(path, dtype=PATH_DTYPE)


def _row(measures):
    variance = 1.0 / measures.prior_precision
    return variance, measures.n_effective, measures.log_evidence()


def _warn_of_slow_convergence(owner, max_iter, step):
    warn(
        f"The evidence of {owner} did not converge in max_iter={max_iter} iterations; "
        f"the next would change prior_variance by the factor {np.exp(-step):.2g}.",
        ConvergenceWarning,
    )


def _warn_of_limit(owner, prior_variance, step):
    reason = (
        "the labels show no dependence on the features"
        if step > 0
        else "the labels leave the weights without bound"
    )
    warn(
        f"The evidence of {owner} has no maximum within the range searched: {reason}. "
        f"prior_variance_ stays at its limit, {prior_variance:.3g}.",
        ConvergenceWarning,
    )
