"""The matrix-normal posterior of a linear map, in three forms with one interface.

Rows ``Y = Phi W + E`` with likelihood ``MN(Phi W, noise I, Sigma)`` and prior
``MN(0, prior I, Sigma)`` give the posterior ``MN(mean, covariance, Sigma)`` with

    covariance = (Phi'Phi / noise + I / prior)^-1
    mean       = covariance Phi'Y / noise.

`CholeskyPosterior` holds the factor of the precision, for more rows than columns.
`SpectralPosterior` holds the right singular vectors of Phi, for fewer: what it costs is
of the order of the rows, not of the columns squared. `DiagonalPosterior` is the best
factorised Gaussian. The output covariance Sigma stays outside: it multiplies all of
them alike.
"""

from functools import cached_property

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

from skbal._utils.linalg import safe_cholesky


class CholeskyPosterior:
    """The exact posterior by the Cholesky factor of the precision.

    Parameters
    ----------
    gram : ndarray of shape (n_features, n_features)
        Phi'Phi.
    cross : ndarray of shape (n_features, n_outputs)
        Phi'Y.
    noise_variance, prior_variance : float
        The row variances of likelihood and prior.
    owner : str
        Whose posterior it is, for messages.

    Attributes
    ----------
    mean : ndarray of shape (n_features, n_outputs)
    log_det_ratio : float
        log |I + Phi Phi' prior / noise|, the logarithm of how much smaller the
        posterior's volume is than the prior's, squared.
    """

    def __init__(self, gram, cross, noise_variance, prior_variance, owner):
        # precision = Phi'Phi / noise + I / prior, times the prior for its scale
        precision = gram * (prior_variance / noise_variance)
        precision[np.diag_indices_from(precision)] += 1.0
        self._factor = safe_cholesky(precision, f"The posterior precision of {owner}")
        self._root_prior = np.sqrt(prior_variance)
        # mean = precision^-1 Phi'Y / noise
        scaled = cross * (prior_variance / noise_variance)
        self.mean, _ = lapack.dpotrs(self._factor.T, scaled, lower=False)
        self.log_det_ratio = 2.0 * np.log(self._factor.diagonal()).sum()

    def factor(self, phi):
        """Return F of shape (n_rows, n_features) with F F' = phi covariance phi'."""
        solved = linalg.solve_triangular(
            self._factor, phi.T, lower=True, check_finite=False
        )
        return self._root_prior * solved.T

    def deviations(self, normal):
        """Return draws of W less its mean from normal ones, (n_features, n_draws)."""
        solved = linalg.solve_triangular(
            self._factor, normal, lower=True, trans="T", check_finite=False
        )
        return self._root_prior * solved

    @cached_property
    def covariance(self):
        """The row covariance, (n_features, n_features)."""
        root = self.deviations(np.eye(len(self._factor)))
        return root @ root.T


class SpectralPosterior:
    """The exact posterior by singular values; for fewer rows than columns.

    Outside the span of the rows the posterior is the prior; along singular vector v
    with singular value s the prior variance shrinks by noise / (noise + prior s**2).

    Parameters
    ----------
    spectrum : Spectrum
        Of Phi.
    noise_variance, prior_variance : float
        The row variances of likelihood and prior.

    Attributes
    ----------
    mean, log_det_ratio
        As in `CholeskyPosterior`.
    """

    def __init__(self, spectrum, noise_variance, prior_variance):
        ratio = noise_variance / prior_variance
        self._vectors = spectrum.vectors
        self._root_prior = np.sqrt(prior_variance)
        damped = spectrum.values + ratio
        self._loss = 1.0 - np.sqrt(ratio / damped)
        self.mean = self._vectors @ (spectrum.cross / damped[:, np.newaxis])
        self.log_det_ratio = np.log1p(spectrum.values / ratio).sum()

    def factor(self, phi):
        """Return F of shape (n_rows, n_features) with F F' = phi covariance phi'."""
        return self.deviations(phi.T).T

    def deviations(self, normal):
        """Return draws of W less its mean from normal ones, (n_features, n_draws)."""
        # The symmetric root: it needs no vectors outside the span.
        inside = self._loss[:, np.newaxis] * (self._vectors.T @ normal)
        return self._root_prior * (normal - self._vectors @ inside)

    @cached_property
    def covariance(self):
        """The row covariance, (n_features, n_features)."""
        root = self.deviations(np.eye(len(self._vectors)))
        return root @ root.T


class DiagonalPosterior:
    """The factorised Gaussian that is nearest to the exact posterior in KL(q || p).

    Its means are the exact ones; its variances are one over the diagonal of the
    precision, never larger than the exact ones.

    Parameters
    ----------
    exact : CholeskyPosterior or SpectralPosterior
        Gives the mean.
    column_squares : ndarray of shape (n_features,)
        The diagonal of Phi'Phi.
    noise_variance, prior_variance : float
        The row variances of likelihood and prior.

    Attributes
    ----------
    mean : ndarray of shape (n_features, n_outputs)
    variance : ndarray of shape (n_features,)
    log_det_ratio : float
        That of the exact posterior.
    """

    def __init__(self, exact, column_squares, noise_variance, prior_variance):
        self.mean = exact.mean
        self.log_det_ratio = exact.log_det_ratio
        self.variance = 1.0 / (column_squares / noise_variance + 1.0 / prior_variance)

    def factor(self, phi):
        """Return F of shape (n_rows, n_features) with F F' = phi covariance phi'."""
        return phi * np.sqrt(self.variance)

    def deviations(self, normal):
        """Return draws of W less its mean from normal ones, (n_features, n_draws)."""
        return np.sqrt(self.variance)[:, np.newaxis] * normal

    @property
    def covariance(self):
        """The row covariance, (n_features, n_features)."""
        return np.diag(self.variance)
