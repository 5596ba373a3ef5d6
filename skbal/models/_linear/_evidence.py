"""The evidence of a linear model, and the variances that maximise it.

MacKay (1992), "Bayesian interpolation": at the maximum of the evidence the number of
parameters that the data determine,

    gamma = sum_k d_k / (d_k + noise / prior),   d_k the eigenvalues of Phi'Phi,

gives the variances back (Bishop 2006, equations 3.91, 3.92 and 3.95):

    prior = |W|^2 / gamma,   noise = |Y - Phi W|^2 / (n - gamma),

each per output. With the eigenvectors of Phi'Phi, found once, an iteration costs
O(n_features). Where there is an intercept, n is the number of rows less one: a flat
prior on the intercept leaves the evidence of the n - 1 contrasts of the rows.
"""

from typing import NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skbal._utils.warn import warn
from skbal.exceptions import NumericalWarning
from skbal.models._linear._output_covariance import OutputCovariance

PATH_DTYPE = np.dtype(
    [
        ("prior_variance", np.float64),
        ("noise_variance", np.float64),
        ("n_effective_parameters", np.float64),
        ("log_marginal_likelihood", np.float64),
    ]
)

# Below this share of the eigenvalues, the data determine no weight at all.
_NO_SIGNAL = 1e-10
# A last gain below this, in nats, is no reason to warn: where the evidence is flat the
# variances creep on, though no data could tell them apart.
_NO_GAIN = 1e-7


class Variances(NamedTuple):
    """What a model holds fixed while it finds its posterior.

    Attributes
    ----------
    prior, noise : float
        The row variances.
    output : OutputCovariance
        The covariance between outputs.
    """

    prior: float
    noise: float
    output: OutputCovariance


def log_evidence(n, square, log_det_ratio, noise_variance, output):
    """Return the log density of the targets given the variances, in nats.

    ``Y ~ MN(0, K, Sigma)`` with ``K = noise I + prior Phi Phi'``:
    ``-1/2 [rank n log 2 pi + rank log|K| + n log|Sigma| + tr(Sigma^-1 Y'K^-1 Y)]``.

    Parameters
    ----------
    n : float
        The number of rows, one less with an intercept.
    square : float
        tr(Sigma^-1 Y'K^-1 Y).
    log_det_ratio : float
        log |K / noise|.
    noise_variance : float
        The row variance of the noise.
    output : OutputCovariance
        Sigma.

    Returns
    -------
    log_evidence : float
    """
    log_det_k = n * np.log(noise_variance) + log_det_ratio
    constant = output.rank * n * np.log(2 * np.pi)
    return -0.5 * (constant + output.rank * log_det_k + n * output.log_det + square)


class EvidenceProblem:
    """The evidence as a function of the variances, by the eigenvalues of Phi'Phi.

    Parameters
    ----------
    spectrum : Spectrum
        Of the features.
    scatter_y : ndarray of shape (n_outputs, n_outputs)
        Y'Y.
    mean_y : ndarray of shape (n_outputs,)
        The means of the targets; what they round to is no residual.
    n : float
        The number of rows, one less with an intercept.
    """

    def __init__(self, spectrum, scatter_y, mean_y, n):
        self.values, self.n = spectrum.values, n
        self.cross = spectrum.cross
        # What no weights can explain; the rest of Y'Y lies along the eigenvectors.
        projected = self.cross / np.sqrt(self.values)[:, np.newaxis]
        self._along = projected
        self._outside = scatter_y - projected.T @ projected
        self._mean_square = np.trace(scatter_y) / (max(n, 1.0) * len(scatter_y))
        self.smallest_noise = _smallest_noise(self._mean_square, mean_y)
        self.hides_columns = spectrum.hides_columns

    def _scatter(self, shares):
        """Return the part of Y'Y of which each eigenvector keeps its share."""
        along = self._along * shares[:, np.newaxis]
        return self._outside + along.T @ self._along

    def whitened_scatter(self, ratio):
        """Return noise * Y'K^-1 Y, (n_outputs, n_outputs); ratio is noise / prior."""
        return self._scatter(ratio / (self.values + ratio))

    def update(self, variances):
        """Return the next variances, and the effective number of parameters now."""
        ratio, output = variances.noise / variances.prior, variances.output
        damped = self.values + ratio
        gamma = float((self.values / damped).sum())
        weights = self.cross / damped[:, np.newaxis]
        length = output.square(weights.T @ weights)
        residual = output.square(self._scatter((ratio / damped) ** 2))
        # Where there are no more rows than weights, all may be determined.
        free = max(self.n - gamma, np.finfo(np.float64).eps * self.n)
        noise = max(residual / (output.rank * free), self.smallest_noise)
        # Where the targets are flat, no weight is determined: the prior stays.
        prior = length / (output.rank * gamma) if length > 0 else variances.prior
        return variances._replace(prior=prior, noise=noise), gamma

    def with_best_output(self, variances):
        """Return the variances with the output covariance of largest evidence."""
        scatter = self.whitened_scatter(variances.noise / variances.prior)
        return variances._replace(output=OutputCovariance.proportional_to(scatter))

    def split_in_halves(self, variances):
        """Return variances that give half of y's variance to the function.

        With the noise given far too small, or a prior far too wide, the fixed point may
        end at a lower maximum; this start knows the units of rows and targets.
        """
        half = self._mean_square / 2
        if not half > 0:
            return variances
        return variances._replace(prior=half * self.n / self.values.sum(), noise=half)

    def row(self, variances, gamma):
        """Return one row of the evidence's path."""
        ratio, output = variances.noise / variances.prior, variances.output
        square = output.square(self.whitened_scatter(ratio)) / variances.noise
        log_det = np.log1p(self.values / ratio).sum()
        log = log_evidence(self.n, square, log_det, variances.noise, output)
        return variances.prior, variances.noise, gamma, log


def maximise_evidence(problem, start, *, learn_output, max_iter, tol, owner):
    """Return the variances at the maximum of the evidence, and the way there.

    Parameters
    ----------
    problem : EvidenceProblem
        The data.
    start : Variances
        Where to begin; the fixed point is also begun where half of y's variance is
        noise, and the end of more evidence is taken.
    learn_output : bool
        Whether the output covariance is maximised too; given the ratio of noise and
        prior, its maximum is proportional to Y'K^-1 Y.
    max_iter : int
        The most iterations.
    tol : float
        The change of the logarithms of both variances at which to stop.
    owner : str
        The estimator's name.

    Returns
    -------
    variances : Variances
    path : ndarray of shape (n_iterations + 1,), dtype=PATH_DTYPE
        The variances of each iteration and their evidence.

    Warns
    -----
    ConvergenceWarning
        If it did not converge in ``max_iter`` iterations.
    NumericalWarning
        If the targets leave no residual or the data no way to tell the variances.
    """
    if not problem.n > 0 or not len(problem.values):
        _warn(
            f"{owner} has too few different rows to learn variances from; those given "
            "are kept."
        )
        return start, np.empty(0, dtype=PATH_DTYPE)
    climbs = [
        _climb(problem, variances, learn_output, max_iter, tol)
        for variances in (start, problem.split_in_halves(start))
    ]
    best = max(climbs, key=lambda climb: climb.path[-1]["log_marginal_likelihood"])
    _warn_of(problem, best, max_iter, owner)
    return best.variances, best.path


class _Climb(NamedTuple):
    variances: Variances
    path: np.ndarray
    last_step: float
    has_converged: bool


def _climb(problem, variances, learn_output, max_iter, tol):
    path = []
    for _ in range(max_iter):
        if learn_output:
            variances = problem.with_best_output(variances)
        following, gamma = problem.update(variances)
        path.append(problem.row(variances, gamma))
        step = _log_step(variances, following)
        variances = following
        has_converged = step < tol or gamma < _NO_SIGNAL * len(problem.values)
        if has_converged:
            break
    path.append(problem.row(variances, problem.update(variances)[1]))
    path = np.array(path, dtype=PATH_DTYPE)
    gain = np.diff(path["log_marginal_likelihood"])[-1]
    return _Climb(variances, path, step, has_converged or gain < _NO_GAIN)


def _smallest_noise(mean_square, mean_y):
    eps, tiny = np.finfo(np.float64).eps, np.finfo(np.float64).tiny
    rounding = (2 * eps * np.abs(mean_y).max()) ** 2
    return float(max(eps * mean_square, rounding, tiny / eps))


def _log_step(before, after):
    return max(
        abs(np.log(after.prior / before.prior)), abs(np.log(after.noise / before.noise))
    )


def _warn_of(problem, climb, max_iter, owner):
    if problem.hides_columns:
        _warn(
            f"The scales of the columns of {owner} are so far apart that the evidence "
            "sees only the larger ones. Scale the columns, for instance by "
            "StandardScaler."
        )
    if climb.variances.noise <= problem.smallest_noise:
        _warn(
            f"The targets of {owner} leave no residual, so their noise cannot be told "
            f"from rounding; noise_variance_ was held at {climb.variances.noise:.3g}."
        )
    if not climb.has_converged:
        change = np.expm1(climb.last_step)
        _warn(
            f"The evidence of {owner} did not converge in max_iter={max_iter} "
            f"iterations; the last changed a variance by {change:.2g} of itself.",
            ConvergenceWarning,
        )


def _warn(message, kind=NumericalWarning):
    warn(message, kind)
