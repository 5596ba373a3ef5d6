"""The evidence of a regression over all weights, around the weights of the network.

With the eigenvalues d_k of the Gauss-Newton matrix H, N targets, the sum S of squared
residuals and ratio = noise / prior,

    log p(Y) = -1/2 [N log(2 pi noise) + (S + ratio |W|^2) / noise
                     + sum_k log(1 + d_k / ratio)].

For a given ratio it is largest at noise = (S + ratio |W|^2) / N. Along this line its
derivative with respect to log ratio is

    1/2 [gamma - N ratio |W|^2 / (S + ratio |W|^2)],  gamma = sum_k d_k / (d_k + ratio).

The first term falls and the second one grows with the ratio, so that the evidence has
one maximum. It is MacKay's fixed point, prior = |W|^2 / gamma and
noise = S / (N - gamma).
"""

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skbal._utils.warn import warn
from skbal.models._laplace._all_weights._forms import log_det_of
from skbal.models._laplace._zero import LONGEST_STEP, find_zero
from skbal.models._linear._evidence import PATH_DTYPE, log_evidence, rounding_noise

_RANGE = 1e14  # of the ratio, in units of the mean eigenvalue


class RegressionEvidence:
    """The evidence as a function of the variances.

    Parameters
    ----------
    fitted : FittedCurvature
        The weights and their Hessian.
    residual : float
        The sum of squared residuals, each divided by its variance in ``output``.
    y : tuple of ndarray, (deviations, mean)
        The targets, (n_samples, n_outputs), minus their means, (n_outputs,), and these.
    output : OutputCovariance
        The covariance between outputs, up to the noise variance.

    Attributes
    ----------
    smallest_noise : float
        What rounding allows as noise variance.
    """

    def __init__(self, fitted, residual, y, output):
        deviations, mean = y
        self.output, self.residual = output, residual
        self.length = float(np.sum(fitted.weights**2))
        self.n_weights, self.n = len(fitted.weights), len(deviations)
        self.smallest_noise = rounding_noise(np.mean(deviations**2), mean)
        self._curvature = fitted.curvature
        self._n_targets = self.n * output.rank

    @property
    def values(self):
        """The eigenvalues of the Hessian; zeros may be left out."""
        return self._curvature.eigenvalues()

    def limits(self, ratio):
        """Return the limits of the search in log ratio; ``ratio`` is its start."""
        values = self.values
        unit = np.mean(values) if np.any(values > 0) else ratio
        smallest, largest = unit / _RANGE, unit * _RANGE
        if self.length > 0:
            # If no residual is left, the search ends where the noise is only rounding.
            smallest = min(self._n_targets * self.smallest_noise / self.length, largest)
        return np.log(smallest), np.log(largest)

    def best_noise(self, ratio):
        """Return the noise variance of largest evidence for a ratio."""
        square = self.residual + ratio * self.length
        return max(square / self._n_targets, self.smallest_noise)

    def n_effective(self, ratio):
        """Return the number of weights that the data determine."""
        return float(np.sum(self.values / (self.values + ratio)))

    def step(self, log_ratio):
        """Return the distance in log ratio to where the evidence may be largest."""
        ratio = np.exp(log_ratio)
        gamma, penalty = self.n_effective(ratio), ratio * self.length
        if gamma <= 0.0:
            return 0.0  # no weight is determined, and the ratio stays
        if penalty == 0.0:
            return LONGEST_STEP
        share = penalty / (self.residual + penalty)
        return float(np.log(gamma) - np.log(self._n_targets * share))

    def row(self, prior, noise):
        """Return one row of ``evidence_path_``."""
        ratio = noise / prior
        log = self.log_evidence(prior, noise, log_det_of(self.values, ratio))
        return prior, noise, self.n_effective(ratio), log

    def log_evidence(self, prior, noise, log_det_ratio):
        """Return the log evidence in nats; log_det_ratio is log |I + H / ratio|."""
        square = self.residual / noise + self.length / prior
        log_det = log_det_ratio / self.output.rank
        return log_evidence(self.n, square, log_det, noise, self.output)

    def most_probable(self, prior):
        """Return the variances for which weights and residuals are most probable."""
        noise = max(self.residual / self._n_targets, self.smallest_noise)
        return (self.length / self.n_weights if self.length > 0 else prior), noise


def maximise(evidence, prior, noise, *, max_iter, tol, owner):
    """Return both variances at the maximum of the evidence, and the path to it.

    Parameters
    ----------
    evidence : RegressionEvidence
        The data.
    prior, noise : float
        Where the search starts.
    max_iter : int
        Largest number of ratios to try.
    tol : float
        The search stops when the ratio of the variances changes by less than this
        share.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    prior, noise : float
    path : ndarray of shape (n_iterations,), dtype=PATH_DTYPE
        One row for each ratio tried. The last row has the variances returned.

    Warns
    -----
    ConvergenceWarning
        If the search did not converge in ``max_iter`` iterations.
    """
    tried = {}

    def step(position):
        if position not in tried:
            tried[position] = evidence.step(position)
        return tried[position]

    limits = evidence.limits(noise / prior)
    position = find_zero(
        step, np.log(noise / prior), limits, max_iter=max_iter, tol=tol
    )
    tried[position] = tried.pop(position)  # the path ends at what is used
    determined = evidence.n_effective(np.exp(position)) > 0.0
    rows = [
        evidence.row(noise / ratio if determined else prior, noise)
        for ratio in np.exp(list(tried))
        for noise in [evidence.best_noise(ratio)]
    ]
    left = abs(tried[position])
    if left >= tol and limits[0] < position < limits[1] and len(tried) == max_iter:
        warn(
            f"The evidence of {owner} did not converge in max_iter={max_iter} "
            "iterations. The next would change the ratio of noise_variance to "
            f"prior_variance by the factor {np.exp(left):.2g}.",
            ConvergenceWarning,
        )
    path = np.array(rows, dtype=PATH_DTYPE)
    return float(path["prior_variance"][-1]), float(path["noise_variance"][-1]), path
