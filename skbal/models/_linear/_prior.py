"""The prior variances of the weights: one for all features, or one per feature.

With ``W ~ MN(0, diag(v), Sigma)`` the weights of the columns ``Phi diag(c)`` with
``c = sqrt(v / max(v))`` are ``diag(c)^-1 W ~ MN(0, max(v) I, Sigma)``. All that is
computed from statistics of the scaled columns with one prior variance is exact, and
their weights times c are those of the features. A diagonal posterior stays diagonal.
"""

from functools import cached_property
from numbers import Real

import numpy as np

from skbal._utils.parameters import own, positive
from skbal._utils.validation import as_numbers

_WORDS = "a real number > 0 or an array of shape (n_features,) of such numbers"


def prior_variance_rule():
    """Return the rule for one prior variance, or one per feature."""
    return own(_check, _WORDS, 0)


def _check(value, name, owner):
    if isinstance(value, Real) and not isinstance(value, bool):
        positive()(value, name, owner)
        return
    if isinstance(value, (str, bytes)) or not _is_many(value):
        raise TypeError(
            f"{name} of {owner} must be {_WORDS}, got {value!r} "
            f"({type(value).__name__})."
        )
    variances = as_numbers(value, f"{name} of {owner} must be {_WORDS}")
    if variances.ndim != 1:
        raise ValueError(
            f"{name} of {owner} must be {_WORDS}, got shape {variances.shape}."
        )
    variances = variances.astype(np.float64)
    wrong = np.flatnonzero(~((variances > 0) & np.isfinite(variances)))
    if len(wrong):
        raise ValueError(
            f"{name} of {owner} must be positive and finite for each feature, got "
            f"{variances[wrong[0]]} for feature {wrong[0]}."
        )


def _is_many(value):
    return hasattr(value, "__len__")


class Prior:
    """The given prior variances, and the change to columns that share the largest.

    Parameters
    ----------
    variance : float or array-like of shape (n_features,)
        Value of the parameter ``prior_variance``, checked by its rule.
    n_features : int
        Number of features.
    owner : str
        Name of the estimator, for messages.

    Attributes
    ----------
    largest : float
        The largest variance, which the scaled columns share.

    Raises
    ------
    ValueError
        If the number of variances is not that of the features.
    """

    def __init__(self, variance, n_features, owner):
        # A copy, since the caller may change the array.
        self._variance = np.array(variance, dtype=np.float64)
        if _is_many(variance) and len(self._variance) != n_features:
            raise ValueError(
                f"prior_variance of {owner} must be a number or have shape "
                f"({n_features},), one variance per feature of X, got "
                f"{self._variance.shape}."
            )
        self.largest, self._scale = float(self._variance.max()), None
        if _is_many(variance):
            # The ratio of two roots does not underflow.
            self._scale = np.sqrt(self._variance) / np.sqrt(self.largest)

    def scaled(self, statistics):
        """Return statistics of the columns whose weights share one variance."""
        return statistics if self._scale is None else statistics.scaled(self._scale)

    def unscaled(self, posterior):
        """Return the posterior for features from that for scaled columns."""
        if self._scale is None:
            return posterior
        return UnscaledPosterior(posterior, self._scale)

    def with_largest(self, largest):
        """Return the prior variances, in the given ratios, with another largest one.

        They are a float if a number was given, else of shape (n_features,).
        """
        if self._scale is None:
            return largest
        return self._variance * (largest / self.largest)


class UnscaledPosterior:
    """The posterior of weights that are a scale times those of another posterior.

    Parameters
    ----------
    posterior : CholeskyPosterior, SpectralPosterior or DiagonalPosterior
        The posterior of the weights of scaled columns.
    scale : ndarray of shape (n_features,)
        The numbers by which the columns were multiplied.

    Attributes
    ----------
    mean, log_det_ratio
        See `CholeskyPosterior`.
    """

    def __init__(self, posterior, scale):
        self._posterior, self._scale = posterior, scale
        self.mean = scale[:, np.newaxis] * posterior.mean
        self.log_det_ratio = posterior.log_det_ratio

    def factor(self, phi):
        """Return F of shape (n_rows, n_features) with F F' = phi covariance phi'."""
        return self._posterior.factor(phi * self._scale)

    def deviations(self, normal):
        """Turn standard normal numbers into draws of W minus its mean.

        Both have shape (n_features, n_draws).
        """
        return self._scale[:, np.newaxis] * self._posterior.deviations(normal)

    @cached_property
    def covariance(self):
        """The row covariance, (n_features, n_features)."""
        return self._scale[:, np.newaxis] * self._posterior.covariance * self._scale

    @property
    def variance(self):
        """Variance of the weights of each feature, of a diagonal posterior."""
        # From left to right, since the square of the scale may underflow.
        return self._scale * self._posterior.variance * self._scale
