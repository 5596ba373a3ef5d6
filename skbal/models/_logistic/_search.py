"""The posterior for a given prior, or for the prior of largest evidence.

The search is over the logarithm of the prior variance, in which the evidence is smooth
and has mostly one maximum, by Brent's method. With few labels it often grows up to the
largest value allowed, so that this value is tried first.
"""

from typing import NamedTuple

import numpy as np
from scipy import optimize
from sklearn.exceptions import ConvergenceWarning

from skbal._utils.warn import warn
from skbal.models._logistic._posterior import Gaussian, laplace

_STEP = 0.01  # of the logarithm of the prior variance


class Solution(NamedTuple):
    """A posterior and how it was found.

    Attributes
    ----------
    posterior : Gaussian
        The posterior.
    prior_variance : float
        The prior variance used.
    n_tried : int
        Number of prior variances tried.
    """

    posterior: Gaussian
    prior_variance: float
    n_tried: int


class EvidenceSearch:
    """Finds the posterior for several prior variances.

    Parameters
    ----------
    labelled : Labelled
        The training rows.
    intercept_variance : float or None
        Prior variance of the first weight of a class. ``None`` if it is no intercept.
    """

    def __init__(self, labelled, intercept_variance):
        self._labelled, self._intercept_variance = labelled, intercept_variance
        self._weights, self._n_tried = None, 0

    def solve(self, prior_variance):
        """Return the `Solution` for a prior variance, starting at the last weights."""
        scale = np.full(self._labelled.design.shape[1], np.sqrt(prior_variance))
        if self._intercept_variance is not None:
            scale[0] = np.sqrt(self._intercept_variance)
        posterior = laplace(self._labelled, scale, self._weights)
        self._weights = posterior.weights
        self._n_tried += 1
        return Solution(posterior, float(prior_variance), self._n_tried)

    def best(self, limits, *, max_iter, tol):
        """Return the `Solution` of largest evidence.

        Parameters
        ----------
        limits : tuple of float, (smallest, largest)
            Smallest and largest prior variance.
        max_iter : int
            Largest number of prior variances to try.
        tol : float
            The search stops when the prior variance is known up to this share.

        Returns
        -------
        solution : Solution

        Warns
        -----
        ConvergenceWarning
            If the search did not end in ``max_iter`` steps.
        """
        widest = self.solve(limits[1])
        if self._grows_to(widest):
            return widest._replace(n_tried=self._n_tried)
        result = optimize.minimize_scalar(
            lambda position: -self.solve(np.exp(position)).posterior.log_evidence,
            bounds=np.log(limits),
            method="bounded",
            options={"xatol": tol, "maxiter": max_iter},
        )
        if not result.success:
            warn(
                f"The evidence of {self._labelled.owner} did not reach its maximum in "
                f"max_iter={max_iter} steps.",
                ConvergenceWarning,
            )
        return self.solve(np.exp(result.x))

    def _grows_to(self, widest):
        """Return whether the evidence is larger than for a slightly narrower prior."""
        narrower = self.solve(widest.prior_variance * np.exp(-_STEP))
        return widest.posterior.log_evidence >= narrower.posterior.log_evidence
