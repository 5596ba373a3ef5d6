"""The evidence over all weights, and the variances that maximise it.

Training seldom ends at a maximum of the posterior: it knows another prior or none, and
leaves the weights that do not matter where they began. Their squares would count in the
evidence. So the weights are those after one Newton step of the log prior from the
trained ones, W, with the Hessian H of the loss. In units of the noise variance and with
ratio = noise / prior, the quadratic expansion of the log posterior is then largest at
(H + ratio I)^-1 H W, and its loss is larger than that of W by half of

    penalty = ratio W' H (H + ratio I)^-1 W = sum_k ratio d_k w_k^2 / (d_k + ratio),

with the eigenvalues d_k of H and the weights w_k along its eigenvectors. For N targets
with the sum S of squared residuals,

    log p(Y) = -1/2 [N log(2 pi noise) + (S + penalty) / noise
                     + sum_k log(1 + d_k / ratio)].

This is exact for a linear model at its least-squares weights. For a given ratio it is
largest at noise = (S + penalty) / N. For classes noise = 1, and

    log p(y) ~ log p(y | W) - 1/2 penalty - 1/2 sum_k log(1 + d_k / ratio).

Where the derivatives with respect to the variances vanish, they are MacKay's,
prior = |weights|^2 / gamma and noise = |residuals|^2 / (N - gamma), at the weights
after the step. Antoran et al. (2022), "Adapting the linearised Laplace model evidence
for modern deep learning".
"""

from functools import cached_property

import numpy as np
from scipy.optimize import brentq
from sklearn.exceptions import ConvergenceWarning

from skbal._utils.warn import warn
from skbal.models._laplace._all_weights._forms import log_det_of
from skbal.models._linear._evidence import log_evidence, rounding_noise

# The search covers these multiples of the largest eigenvalue.
_LOW, _HIGH = 1e-14, 1e4
_PER_DECADE = 3


class WeightEvidence:
    """The evidence as a function of the ratio of noise to prior variance.

    Parameters
    ----------
    fitted : FittedCurvature
        The weights and their Hessian.
    """

    def __init__(self, fitted):
        self._fitted = fitted
        self.n_weights = len(fitted.weights)
        self.length = float(np.sum(fitted.weights**2))

    @cached_property
    def _spectrum(self):
        return self._fitted.curvature.spectrum(self._fitted.weights)

    @property
    def values(self):
        """The eigenvalues of the Hessian; zeros may be left out."""
        return self._spectrum[0]

    def penalty(self, ratio):
        """Return what the prior adds to twice the loss, in units of the noise."""
        values, squares = self._spectrum
        return float(np.sum(squares * (ratio * values / (values + ratio))))

    def n_effective(self, ratio):
        """Return the number gamma of weights that the data determine."""
        return float(np.sum(self.values / (self.values + ratio)))

    def _shrunk_length(self, ratio):
        """Return the squared length of the weights after the step."""
        values, squares = self._spectrum
        return float(np.sum(squares * (values / (values + ratio)) ** 2))

    def limits(self):
        """Return the smallest and the largest ratio of the search."""
        largest = float(np.max(self.values, initial=0.0))
        return largest * _LOW, largest * _HIGH


class ClassEvidence(WeightEvidence):
    """The evidence of labels; the ratio is one over the prior variance.

    Parameters
    ----------
    fitted : FittedCurvature
        The weights and their Hessian.
    log_likelihood : float
        The log probability of the labels at the trained weights, in nats.
    """

    def __init__(self, fitted, log_likelihood):
        super().__init__(fitted)
        self._log_likelihood = log_likelihood

    def log_evidence(self, ratio):
        """Return the log evidence, in nats."""
        penalty = self.penalty(ratio) + log_det_of(self.values, ratio)
        return self._log_likelihood - 0.5 * penalty

    def slope(self, ratio):
        """Return the derivative of the log evidence with respect to log ratio."""
        return 0.5 * (self.n_effective(ratio) - ratio * self._shrunk_length(ratio))

    def row(self, ratio):
        """Return one row of ``evidence_path_``."""
        return 1.0 / ratio, self.n_effective(ratio), self.log_evidence(ratio)


class RegressionEvidence(WeightEvidence):
    """The evidence of numbers.

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
        super().__init__(fitted)
        deviations, mean = y
        self.output, self.residual, self.n = output, residual, len(deviations)
        self.smallest_noise = rounding_noise(np.mean(deviations**2), mean)
        self._n_targets = self.n * output.rank

    def best_noise(self, ratio):
        """Return the noise variance of largest evidence for a ratio."""
        square = self.residual + self.penalty(ratio)
        return max(square / self._n_targets, self.smallest_noise)

    def log_evidence(self, ratio, noise=None):
        """Return the log evidence in nats; ``None`` takes the best noise variance."""
        noise = self.best_noise(ratio) if noise is None else noise
        square = (self.residual + self.penalty(ratio)) / noise
        # One output of several has its share of the determinant.
        log_det = log_det_of(self.values, ratio) / self.output.rank
        return log_evidence(self.n, square, log_det, noise, self.output)

    def slope(self, ratio):
        """Return the derivative along the best noise with respect to log ratio."""
        share = ratio * self._shrunk_length(ratio) / self.best_noise(ratio)
        return 0.5 * (self.n_effective(ratio) - share)

    def row(self, ratio):
        """Return one row of ``evidence_path_``."""
        noise = self.best_noise(ratio)
        gamma = self.n_effective(ratio)
        return noise / ratio, noise, gamma, self.log_evidence(ratio)

    def most_probable(self, prior):
        """Return the variances for which weights and residuals are most probable."""
        noise = max(self.residual / self._n_targets, self.smallest_noise)
        return (self.length / self.n_weights if self.length > 0 else prior), noise

    def limits(self):
        """Return the smallest and the largest ratio of the search.

        If no residual is left, the smallest is where the noise is only rounding.
        """
        smallest, largest = super().limits()
        if self.length > 0:
            rounding = self._n_targets * self.smallest_noise / self.length
            smallest = min(smallest, rounding)
        return smallest, largest


def maximise(evidence, dtype, *, max_iter, tol, owner):
    """Return the path of the search for the ratio of largest evidence.

    The whole range is searched on a grid, since there may be several maxima. Brent's
    method finds where the derivative vanishes beside the best point.

    Parameters
    ----------
    evidence : ClassEvidence or RegressionEvidence
        The data. At least one of its eigenvalues is not zero.
    dtype : dtype
        That of the rows of the path.
    max_iter : int
        Largest number of ratios to try after the grid.
    tol : float
        The search stops when the ratio changes by less than this share.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    path : ndarray of shape (n_iterations,)
        One row for each ratio tried. The last row is the one of largest evidence.

    Warns
    -----
    ConvergenceWarning
        If the search did not converge in ``max_iter`` iterations, or the evidence has
        its maximum at the largest ratio of the search.
    """
    low, high = np.log(evidence.limits())
    grid = np.linspace(low, high, int(_PER_DECADE * (high - low) / np.log(10)) + 2)
    heights = [evidence.log_evidence(np.exp(position)) for position in grid]
    best = int(np.argmax(heights))
    tried = dict.fromkeys(grid)
    if best == len(grid) - 1:
        _warn_of_limit(owner, np.exp(high))
    elif best > 0:
        position = _zero(
            evidence, grid[best - 1 : best + 2], tried, max_iter, tol, owner
        )
        tried.pop(position, None)
        tried[position] = None  # the path ends at what is used
    if best in (0, len(grid) - 1):
        tried[grid[best]] = tried.pop(grid[best])
    return np.array([evidence.row(np.exp(each)) for each in tried], dtype=dtype)


def _zero(evidence, bracket, tried, max_iter, tol, owner):
    def slope(position):
        tried[position] = None
        return evidence.slope(np.exp(position))

    if not slope(bracket[0]) > 0 > slope(bracket[2]):
        return bracket[1]  # flat up to rounding
    position, result = brentq(
        slope, bracket[0], bracket[2], xtol=tol, maxiter=max_iter, full_output=True,
        disp=False,
    )  # fmt: skip
    if not result.converged:
        warn(
            f"The evidence of {owner} did not converge in max_iter={max_iter} "
            "iterations.",
            ConvergenceWarning,
        )
    return position


def _warn_of_limit(owner, ratio):
    warn(
        f"The evidence of {owner} has no maximum within the range searched: the "
        "targets show no dependence on the outputs of the network. The ratio of "
        "noise_variance (1 for classes) to prior_variance is set to its limit, "
        f"{ratio:.3g}.",
        ConvergenceWarning,
    )
