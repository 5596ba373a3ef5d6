"""The evidence of a linear model, and the variances that maximise it.

MacKay (1992), "Bayesian interpolation": at the maximum of the evidence the number of
parameters that the data determine,

    gamma = sum_k d_k / (d_k + noise / prior),   d_k the eigenvalues of Phi'Phi,

gives the variances back (Bishop 2006, equations 3.91, 3.92 and 3.95):

    prior = |W|^2 / gamma,   noise = |Y - Phi W|^2 / (n - gamma),

each per output. The eigenvectors of Phi'Phi are found once, so that an iteration costs
O(n_features). With an intercept, n is the number of rows minus one: a flat prior on the
intercept leaves the evidence of the n - 1 contrasts of the rows.
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
_FEW = 1e-3  # of the rows
# A gain below this, in nats, counts as none: where the evidence is flat, variances move
# on though no data could tell them apart.
_NO_GAIN = 1e-7


class Variances(NamedTuple):
    """The variances that are fixed while the posterior is found.

    Attributes
    ----------
    prior, noise : float
        Row variances of prior and noise.
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
        Number of rows, minus one with an intercept.
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
        The spectrum of the features.
    scatter_y : ndarray of shape (n_outputs, n_outputs)
        Y'Y.
    mean_y : ndarray of shape (n_outputs,)
        Means of the targets. Their rounding errors do not count as noise.
    n : float
        Number of rows, minus one with an intercept.
    """

    def __init__(self, spectrum, scatter_y, mean_y, n):
        self.values, self.n = spectrum.values, n
        self.cross = spectrum.cross
        # Y'Y is the sum of a part along the eigenvectors, (rank, n_outputs), and a part
        # that no weights can explain, (n_outputs, n_outputs).
        projected = self.cross / np.sqrt(self.values)[:, np.newaxis]
        self._along = projected
        self._outside = scatter_y - projected.T @ projected
        if n <= len(self.values):
            # Weights can explain all rows, and only rounding is left outside.
            self._outside = np.zeros_like(self._outside)
        self._mean_square = np.trace(scatter_y) / (max(n, 1.0) * len(scatter_y))
        self.smallest_noise = rounding_noise(self._mean_square, mean_y)
        self.hides_columns = spectrum.hides_columns

    def _scatter(self, shares):
        """Return Y'Y with a share of the part along each eigenvector."""
        along = self._along * shares[:, np.newaxis]
        return self._outside + along.T @ self._along

    def whitened_scatter(self, ratio):
        """Return noise * Y'K^-1 Y, (n_outputs, n_outputs); ratio is noise / prior."""
        return self._scatter(ratio / (self.values + ratio))

    def update(self, variances):
        """Return the next variances and the present number of effective parameters."""
        ratio, output = variances.noise / variances.prior, variances.output
        damped = self.values + ratio
        gamma = float((self.values / damped).sum())
        weights = self.cross / damped[:, np.newaxis]
        length = output.square(weights.T @ weights)
        residual = output.square(self._scatter((ratio / damped) ** 2))
        free = self.n_free(ratio, gamma)
        noise = max(residual / (output.rank * free), self.smallest_noise)
        # Constant targets determine no weight, and the prior variance stays.
        prior = length / (output.rank * gamma) if length > 0 else variances.prior
        return variances._replace(prior=prior, noise=noise), gamma

    def n_free(self, ratio, gamma):
        """Return n - gamma, the number of rows that are left for the noise."""
        if self.n - gamma > _FEW * self.n:
            return self.n - gamma
        # With no more rows than weights, all rows may be used up. The difference of two
        # nearly equal numbers would be mostly rounding, which differs between
        # processors: sum the shares of the prior instead.
        shares = ratio / (self.values + ratio)
        free = max(self.n - len(self.values), 0.0) + float(shares.sum())
        return max(free, np.finfo(np.float64).tiny)

    def with_best_output(self, variances):
        """Return the variances with the output covariance of largest evidence."""
        scatter = self.whitened_scatter(variances.noise / variances.prior)
        return variances._replace(output=OutputCovariance.proportional_to(scatter))

    def split_in_halves(self, variances):
        """Return variances that ascribe half of the variance of y to the function.

        With far too small a noise variance or far too large a prior variance, the
        iterations may end at a lower maximum. This start has the units of X and y.
        """
        half = self._mean_square / 2
        if not half > 0:
            return variances
        return variances._replace(prior=half * self.n / self.values.sum(), noise=half)

    def row(self, variances, gamma):
        """Return one row of ``evidence_path_``."""
        ratio, output = variances.noise / variances.prior, variances.output
        square = output.square(self.whitened_scatter(ratio)) / variances.noise
        log_det = np.log1p(self.values / ratio).sum()
        log = log_evidence(self.n, square, log_det, variances.noise, output)
        return variances.prior, variances.noise, gamma, log


def maximise_evidence(problem, start, *, learn_output, max_iter, tol, owner):
    """Return the variances at the maximum of the evidence, and the path to them.

    The iterations start from ``start`` and from half of the variance of y as noise. The
    end with more evidence is returned, the first of equals.

    Parameters
    ----------
    problem : EvidenceProblem
        The data.
    start : Variances
        The first variances.
    learn_output : bool
        Whether the output covariance is maximised as well. Given the ratio of noise and
        prior variance, it is proportional to Y'K^-1 Y.
    max_iter : int
        Largest number of iterations.
    tol : float
        Iterations stop when the logarithms of both variances change by less.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    variances : Variances
    path : ndarray of shape (n_iterations + 1,), dtype=PATH_DTYPE
        Variances and evidence of each iteration.

    Warns
    -----
    ConvergenceWarning
        If the iterations did not converge in ``max_iter``.
    NumericalWarning
        If the targets are fitted exactly, or the data do not determine the variances.
    """
    if not problem.n > 0 or not len(problem.values):
        warn(
            f"{owner} has too few different rows to learn variances from. The given "
            "variances are kept.",
            NumericalWarning,
        )
        return start, np.empty(0, dtype=PATH_DTYPE)
    best = _better(
        *(
            _climb(problem, variances, learn_output, max_iter, tol)
            for variances in (start, problem.split_in_halves(start))
        )
    )
    _warn_of(problem, best, max_iter, owner)
    return best.variances, best.path


class _Climb(NamedTuple):
    variances: Variances
    path: np.ndarray
    last_step: float
    has_converged: bool

    @property
    def evidence(self):
        return self.path[-1]["log_marginal_likelihood"]


def _better(first, second):
    """Return the climb with more evidence, and the first where rounding decides."""
    gain = second.evidence - first.evidence
    if abs(gain) >= _NO_GAIN:
        return second if gain > 0 else first
    return second if second.has_converged and not first.has_converged else first


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


def rounding_noise(mean_square, mean_y):
    """Return the noise variance that rounding errors of the targets look like.

    Parameters
    ----------
    mean_square : float
        Mean square of the targets minus their means.
    mean_y : ndarray of shape (n_outputs,)
        Means of the targets.

    Returns
    -------
    noise_variance : float
        Larger than 0.
    """
    eps, tiny = np.finfo(np.float64).eps, np.finfo(np.float64).tiny
    rounding = (2 * eps * np.abs(mean_y).max()) ** 2
    return float(max(eps * mean_square, rounding, tiny / eps))


def _log_step(before, after):
    return max(
        abs(np.log(after.prior / before.prior)), abs(np.log(after.noise / before.noise))
    )


def warn_of_no_residual(problem, variances, owner):
    """Warn if the noise variance is the smallest that rounding allows.

    Parameters
    ----------
    problem : EvidenceProblem
        The data.
    variances : Variances
        The variances found.
    owner : str
        Name of the estimator, for messages.

    Warns
    -----
    NumericalWarning
        If the targets are fitted exactly.
    """
    if variances.noise <= problem.smallest_noise:
        warn(
            f"The targets of {owner} are fitted exactly, so that their noise is lost "
            f"to rounding. noise_variance_ is set to {variances.noise:.3g}.",
            NumericalWarning,
        )


def _warn_of(problem, climb, max_iter, owner):
    if problem.hides_columns:
        warn(
            f"The scales of the columns of X given to {owner}, or their prior "
            "variances, are so different that small columns are lost to rounding in "
            "the evidence. Scale the columns, for instance by StandardScaler.",
            NumericalWarning,
        )
    warn_of_no_residual(problem, climb.variances, owner)
    if not climb.has_converged:
        change = np.expm1(climb.last_step)
        warn(
            f"The evidence of {owner} did not converge in max_iter={max_iter} "
            f"iterations. The last one changed a variance by {change:.2g} of its "
            "value.",
            ConvergenceWarning,
        )
