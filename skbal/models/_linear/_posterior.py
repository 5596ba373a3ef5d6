"""The matrix-normal posterior of a linear map, in three forms with one interface.

Rows ``Y = Phi W + E`` with likelihood ``MN(Phi W, noise I, Sigma)`` and prior
``MN(0, prior I, Sigma)`` give the posterior ``MN(mean, covariance, Sigma)`` with

    covariance = (Phi'Phi / noise + I / prior)^-1
    mean       = covariance Phi'Y / noise.

`CholeskyPosterior` has the factor of the precision, for more rows than columns.
`SpectralPosterior` has the right singular vectors of Phi, for fewer rows. Its cost
grows with the number of rows, not with the square of the columns. `DiagonalPosterior`
is the best factorised Gaussian. The output covariance Sigma is left out, since it
multiplies all three alike.
"""

from functools import cached_property

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

from skbal._utils.linalg import safe_cholesky


class CholeskyPosterior:
    """The exact posterior, by the Cholesky factor of the precision.

    Parameters
    ----------
    gram : ndarray of shape (n_features, n_features)
        Phi'Phi.
    cross : ndarray of shape (n_features, n_outputs)
        Phi'Y.
    noise_variance, prior_variance : float
        Row variances of likelihood and prior.
    owner : str
        Name of the estimator, for messages.

    Attributes
    ----------
    mean : ndarray of shape (n_features, n_outputs)
        Posterior mean of the weights.
    log_det_ratio : float
        log |I + Phi Phi' prior / noise|. It is twice the logarithm of the volume of the
        prior over that of the posterior.
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
        """Turn standard normal numbers into draws of W minus its mean.

        Both have shape (n_features, n_draws).
        """
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
    """The exact posterior by singular values, for fewer rows than columns.

    Outside of the span of the rows the posterior is the prior. Along a singular vector
    with singular value s the prior variance shrinks by noise / (noise + prior s**2).

    Parameters
    ----------
    spectrum : Spectrum
        The spectrum of Phi.
    noise_variance, prior_variance : float
        Row variances of likelihood and prior.

    Attributes
    ----------
    mean, log_det_ratio
        See `CholeskyPosterior`.
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
        """Turn standard normal numbers into draws of W minus its mean.

        Both have shape (n_features, n_draws).
        """
        # The symmetric root needs no vectors outside of the span.
        inside = self._loss[:, np.newaxis] * (self._vectors.T @ normal)
        return self._root_prior * (normal - self._vectors @ inside)

    @cached_property
    def covariance(self):
        """The row covariance, (n_features, n_features)."""
        root = self.deviations(np.eye(len(self._vectors)))
        return root @ root.T


class DiagonalPosterior:
    """The factorised Gaussian that is nearest to the exact posterior in KL(q || p).

    Its means are the exact ones. Its variances are one over the diagonal of the
    precision, and never larger than the exact ones.

    Parameters
    ----------
    exact : CholeskyPosterior or SpectralPosterior
        The exact posterior.
    column_squares : ndarray of shape (n_features,)
        The diagonal of Phi'Phi.
    noise_variance, prior_variance : float
        Row variances of likelihood and prior.

    Attributes
    ----------
    mean : ndarray of shape (n_features, n_outputs)
        Posterior mean of the weights.
    variance : ndarray of shape (n_features,)
        Variance of the weights of each feature.
    log_det_ratio : float
        The value of the exact posterior.
    """

    def __init__(self, exact, column_squares, noise_variance, prior_variance):
        self.mean = exact.mean
        self.log_det_ratio = exact.log_det_ratio
        self.variance = 1.0 / (column_squares / noise_variance + 1.0 / prior_variance)

    def factor(self, phi):
        """Return F of shape (n_rows, n_features) with F F' = phi covariance phi'."""
        return phi * np.sqrt(self.variance)

    def deviations(self, normal):
        """Turn standard normal numbers into draws of W minus its mean.

        Both have shape (n_features, n_draws).
        """
        return np.sqrt(self.variance)[:, np.newaxis] * normal

    @property
    def covariance(self):
        """The row covariance, (n_features, n_features)."""
        return np.diag(self.variance)
