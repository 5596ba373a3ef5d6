"""The variance of the prior and the concentration of the votes, by the evidence.

Both are searched for by their logarithms, where Laplace's evidence is smooth, with the
simplex of Nelder and Mead: it needs no derivatives, which would need third ones of the
likelihood, and bears evidence that is flat to rounding.
"""

from typing import NamedTuple

import numpy as np
from scipy import optimize
from sklearn.exceptions import ConvergenceWarning

from skbal._utils.warn import warn
from skbal.models._vote_regression._mode import Gaussian, laplace

# The prior variance of the logit, the mean over rows, without the intercept. A logit of
# 10 is a rho of 0.99995: a wider prior says no more than that volunteers all agree.
# Where rows can be told apart perfectly the evidence would go on without end, to
# weights whose posterior no normal distribution is like.
_LOGIT_VARIANCES = (1e-8, 1e2)
# Beyond the largest, with thousands of volunteers, votes are as good as binomial; below
# the smallest, a row's votes are as good as one.
CONCENTRATIONS = (1e-3, 1e6)
_FIRST_CONCENTRATION = 20.0
_LOG_PRECISION = 1e-3  # of both, where the search ends
_EVIDENCE_PRECISION = 1e-5  # nats
_FIRST_STEP = 1.0


class Solution(NamedTuple):
    """The posterior of one question's weights, and what was learned with it.

    Attributes
    ----------
    posterior : Gaussian
        Of the weights over their prior standard deviations.
    scale : ndarray of shape (n_weights,)
        These.
    prior_variance, concentration : float
        In use.
    n_tried : int
        How many values of them were tried.
    """

    posterior: Gaussian
    scale: np.ndarray
    prior_variance: float
    concentration: float
    n_tried: int


class EvidenceSearch:
    """Solves one question for one prior and concentration after another.

    Parameters
    ----------
    question : Question
        The rows and their votes.
    intercept_variance : float or None
        The prior variance of the first weight; None where it is a weight as others.
    max_iter : int
        The most Newton steps, and the most steps of the simplex.
    tol : float
        Where Newton's method ends; see `laplace`.
    """

    def __init__(self, question, intercept_variance, *, max_iter, tol):
        self._question, self._intercept_variance = question, intercept_variance
        self._max_iter, self._tol = max_iter, tol
        self._weights = np.zeros(question.design.shape[1])
        self._n_tried = 0

    def solve(self, prior_variance, concentration):
        """Return the `Solution` for given values; it starts from the last one's."""
        scale = np.full(len(self._weights), np.sqrt(prior_variance))
        if self._intercept_variance is not None:
            scale[0] = np.sqrt(self._intercept_variance)
        posterior = laplace(
            self._question,
            scale,
            concentration,
            self._weights / scale,
            max_iter=self._max_iter,
            tol=self._tol,
        )
        self._weights = scale * posterior.mean
        self._n_tried += 1
        return Solution(posterior, scale, prior_variance, concentration, self._n_tried)

    def best(self, prior_variance, *, learn_variance, learn_concentration):
        """Return the `Solution` of largest evidence.

        Parameters
        ----------
        prior_variance : float
            Given, or where the search begins.
        learn_variance, learn_concentration : bool
            What to search for. Votes are binomial if the concentration is not learned,
            or no finite one has more evidence.

        Returns
        -------
        solution : Solution

        Warns
        -----
        ConvergenceWarning
            If the search did not end in ``max_iter`` steps, or ends at the widest
            prior.
        """
        limits = self._variance_limits() if learn_variance else None
        if limits is None and not learn_concentration:
            return self.solve(prior_variance, np.inf)
        if not learn_concentration:
            return self._climb(prior_variance, None, limits)
        found = self._climb(prior_variance, _FIRST_CONCENTRATION, limits)
        binomial = self.solve(found.prior_variance, np.inf)
        gain = found.posterior.log_evidence - binomial.posterior.log_evidence
        return binomial if gain <= _EVIDENCE_PRECISION else found

    def _variance_limits(self):
        """Return the least and the widest prior, or None if no row says anything."""
        features = self._question.design[:, self._intercept_variance is not None :]
        if not np.any(features):
            return None
        unit = 1.0 / np.mean(np.square(features).sum(axis=1))
        return tuple(unit * variance for variance in _LOGIT_VARIANCES)

    def _climb(self, prior_variance, concentration, limits):
        def values(place):
            parts = iter(np.exp(place))
            variance = prior_variance if limits is None else next(parts)
            return float(variance), np.inf if concentration is None else next(parts)

        start, bounds = [], []
        if limits is not None:
            start.append(np.clip(prior_variance, *limits))
            bounds.append(limits)
        if concentration is not None:
            start.append(concentration)
            bounds.append(CONCENTRATIONS)
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
            # Without the number: a loop that fits again and again is told once.
            warn(
                f"The evidence of {owner} has no maximum within the range searched: the"
                " votes leave the weights without bound. prior_variance_ stays at its "
                "limit.",
                ConvergenceWarning,
            )


def _simplex(function, start, bounds, max_iter):
    corners = np.tile(start, (len(start) + 1, 1))
    # Away from the nearer bound, so that no two corners fall together.
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
