"""Prior variance and concentration of the votes, by maximal evidence.

The search is over their logarithms, in which Laplace's evidence is smooth, by the
simplex of Nelder and Mead. It needs no derivatives, which would need third derivatives
of the likelihood, and copes with evidence that is flat up to rounding.
"""

from typing import NamedTuple

import numpy as np
from scipy import optimize
from sklearn.exceptions import ConvergenceWarning

from skbal._utils.warn import warn
from skbal.models._vote_regression._mode import Gaussian, laplace

# Prior variance of the logit, averaged over rows, without the intercept. A logit of 10
# is a rho of 0.99995: a wider prior only says that all volunteers agree. If rows can be
# separated perfectly, the evidence would otherwise grow without end, towards weights
# whose posterior is not like a normal distribution.
_LOGIT_VARIANCES = (1e-8, 1e2)
_LOG_PRECISION = 1e-3  # of both logarithms, at the end of the search
_EVIDENCE_PRECISION = 1e-5  # nats
_FIRST_STEP = 1.0


class Solution(NamedTuple):
    """The posterior of the weights of one question, with what was learned.

    Attributes
    ----------
    posterior : Gaussian
        Posterior of the weights divided by their prior standard deviations.
    scale : ndarray of shape (n_weights,)
        Prior standard deviations.
    prior_variance, concentration : float
        The values used.
    n_tried : int
        Number of values tried.
    """

    posterior: Gaussian
    scale: np.ndarray
    prior_variance: float
    concentration: float
    n_tried: int


class EvidenceSearch:
    """Finds the posterior of one question for several priors and concentrations.

    Parameters
    ----------
    question : Question or CountQuestion
        The rows and their votes.
    intercept_variance : float or None
        Prior variance of the first column. ``None`` if there is no intercept.
    max_iter : int
        Largest number of Newton steps, and of steps of the simplex.
    tol : float
        The tolerance of Newton's method; see `laplace`.
    """

    def __init__(self, question, intercept_variance, *, max_iter, tol):
        self._question, self._intercept_variance = question, intercept_variance
        self._max_iter, self._tol = max_iter, tol
        self._weights = np.zeros(question.n_weights)
        self._n_tried = 0

    def solve(self, prior_variance, likelihood):
        """Return the `Solution` for given values, starting from the last weights."""
        of_columns = np.full(self._question.design.shape[1], np.sqrt(prior_variance))
        if self._intercept_variance is not None:
            of_columns[0] = np.sqrt(self._intercept_variance)
        scale = self._question.scale(of_columns)
        posterior = laplace(
            self._question,
            scale,
            likelihood,
            self._weights / scale,
            max_iter=self._max_iter,
            tol=self._tol,
        )
        self._weights = scale * posterior.mean
        self._n_tried += 1
        return Solution(
            posterior, scale, prior_variance, likelihood.concentration, self._n_tried
        )

    def best(self, prior_variance, likelihood, *, learn_variance):
        """Return the `Solution` of largest evidence.

        Parameters
        ----------
        prior_variance : float
            The given value, or the start of the search.
        likelihood : type
            A subclass of `Likelihood`. If it has a concentration to learn and no finite
            one has more evidence, its limit is used.
        learn_variance : bool
            Whether to search for the prior variance.

        Returns
        -------
        solution : Solution

        Warns
        -----
        ConvergenceWarning
            If the search did not end in ``max_iter`` steps, or ends at the largest
            prior variance.
        """
        limits = None
        if learn_variance:
            first = int(self._intercept_variance is not None)
            features = self._question.design[:, first:]
            limits = variance_limits(features, _LOGIT_VARIANCES)
        if likelihood.learned_range is None:
            if limits is None:
                return self.solve(prior_variance, likelihood())
            return self._climb(prior_variance, likelihood, limits)
        found = self._climb(prior_variance, likelihood, limits)
        limit = self.solve(found.prior_variance, likelihood.limit())
        gain = found.posterior.log_evidence - limit.posterior.log_evidence
        return limit if gain <= _EVIDENCE_PRECISION else found

    def _climb(self, prior_variance, likelihood, limits):
        learns_concentration = likelihood.learned_range is not None

        def values(place):
            # The logarithms of prior variance and concentration, if they are learned.
            learned = iter(np.exp(place))
            variance = prior_variance if limits is None else next(learned)
            given = [next(learned)] if learns_concentration else []
            return float(variance), likelihood(*given)

        start, bounds = [], []
        if limits is not None:
            start.append(np.clip(prior_variance, *limits))
            bounds.append(limits)
        if learns_concentration:
            start.append(likelihood.first_concentration)
            bounds.append(likelihood.learned_range)
        result = _simplex(
            lambda place: -self.solve(*values(place)).posterior.log_evidence,
            np.log(start),
            np.log(bounds),
            self._max_iter,
        )
        self._warn(result, limits)
        return self.solve(*values(result.x))

    def _warn(self, result, limits):
        owner = self._question.owner
        if not result.success:
            warn(
                f"The evidence of {owner} did not reach its maximum in "
                f"max_iter={self._max_iter} steps.",
                ConvergenceWarning,
            )
        if limits is not None and np.log(limits[1]) - result.x[0] < _LOG_PRECISION:
            # Without the number, so that a loop of many fits warns once.
            warn(
                f"The evidence of {owner} has no maximum within the range searched: the"
                " votes put no bound on the weights. prior_variance_ is set to its "
                "limit.",
                ConvergenceWarning,
            )


def variance_limits(features, logit_variances, row_weights=None):
    """Return the smallest and the largest prior variance that a search may choose.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        The rows, without a column of ones.
    logit_variances : tuple of float
        Smallest and largest prior variance of a logit, averaged over rows.
    row_weights : ndarray of shape (n_samples,), optional
        Weights of the rows in this average. ``None`` weights them equally.

    Returns
    -------
    limits : tuple of float, (smallest, largest), or None
        None if all features are zero.
    """
    if not np.any(features):
        return None
    squares = np.square(features).sum(axis=1)
    unit = 1.0 / np.average(squares, weights=row_weights)
    return tuple(unit * variance for variance in logit_variances)


def _simplex(function, start, bounds, max_iter):
    corners = np.tile(start, (len(start) + 1, 1))
    # Away from the nearer bound, so that no two corners coincide.
    inward = np.where(start - bounds[:, 0] < bounds[:, 1] - start, 1.0, -1.0)
    corners[1:] += _FIRST_STEP * np.diag(inward)
    return optimize.minimize(
        function,
        start,
        method="Nelder-Mead",
        bounds=bounds,
        options={
            "initial_simplex": corners,
            "maxiter": max_iter,
            "maxfev": 4 * max_iter,
            "xatol": _LOG_PRECISION,
            "fatol": _EVIDENCE_PRECISION,
        },
    )
