"""Laplace's approximation to the posterior of a multinomial logistic regression.

With rows phi_n of a design, weights ``w_c = s * v_c`` of class c and prior standard
deviations s, the v are standard normal before any label, and

    log p(y, v) = sum_n log softmax(phi_n w)[y_n] - |v|^2 / 2 + constant.

The posterior is approximated by the normal distribution around the mode whose precision
is the Hessian ``A = I + sum_n (diag(p_n) - p_n p_n') kron (s phi_n)(s phi_n)'``, and

    log p(y) ~ log p(y | v) - |v|^2 / 2 - log|A| / 2.

References: C. M. Bishop (2006), Pattern Recognition and Machine Learning, equations
(4.108) to (4.110), (4.134) and (4.137).
"""

from typing import NamedTuple

import numpy as np
from scipy import linalg, special

from skbal._utils.linalg import safe_cholesky
from skbal.models._laplace._full import softmax_hessian
from skbal.models._laplace._softmax import SoftmaxMode, log_likelihood

_LARGEST = 2**29  # bytes of the Hessian


class Labelled(NamedTuple):
    """The training rows.

    Attributes
    ----------
    design : ndarray of shape (n_samples, n_columns), dtype=float64
        The design matrix.
    codes : ndarray of shape (n_samples,)
        The class of each row, in [0, n_classes).
    row_weights : ndarray of shape (n_samples,)
        How often each row counts.
    n_classes : int
        The number of classes.
    owner : str
        Name of the estimator, for messages.
    """

    design: np.ndarray
    codes: np.ndarray
    row_weights: np.ndarray
    n_classes: int
    owner: str


class Gaussian(NamedTuple):
    """The normal distribution of the weights over their prior standard deviations.

    Attributes
    ----------
    scale : ndarray of shape (n_columns,)
        Prior standard deviations of the weights of a class.
    mean : ndarray of shape (n_columns, n_classes)
        The mode.
    precision : ndarray of shape (n_classes * n_columns, n_classes * n_columns)
        The Hessian, ordered class by class.
    log_evidence : float
        log p(y) by Laplace's method, in nats.
    """

    scale: np.ndarray
    mean: np.ndarray
    precision: np.ndarray
    log_evidence: float

    @property
    def weights(self):
        """The most probable weights, (n_columns, n_classes)."""
        return self.scale[:, np.newaxis] * self.mean


def laplace(labelled, scale, start=None):
    """Return Laplace's approximation to the posterior of the weights.

    Parameters
    ----------
    labelled : Labelled
        The training rows.
    scale : ndarray of shape (n_columns,)
        Prior standard deviations of the weights of a class.
    start : ndarray of shape (n_columns, n_classes), optional
        Weights at which the search for the mode starts.

    Returns
    -------
    posterior : Gaussian

    Warns
    -----
    ConvergenceWarning
        If the mode was not found.
    """
    design, codes, row_weights, n_classes, owner = labelled
    features = design * scale
    search = SoftmaxMode(features, codes, n_classes, row_weights)
    if start is not None:
        search.weights = start / scale[:, np.newaxis]
    mean = search.at(1.0, owner)
    logits = features @ mean
    counted = np.sqrt(row_weights)[:, np.newaxis] * features
    precision = softmax_hessian(counted, special.softmax(logits, axis=1))
    precision[np.diag_indices_from(precision)] += 1.0
    factor = safe_cholesky(precision, f"The posterior precision of {owner}")
    log_evidence = log_likelihood(logits, codes, row_weights)
    log_evidence -= 0.5 * np.sum(mean**2) + np.sum(np.log(factor.diagonal()))
    return Gaussian(scale, mean, precision, float(log_evidence))


def check_size(n_columns, n_classes, owner):
    """Raise an error if the Hessian would be too large.

    Parameters
    ----------
    n_columns, n_classes : int
        The shape of the weights.
    owner : str
        Name of the estimator, for messages.

    Raises
    ------
    ValueError
        If it would need more than 512 MB.
    """
    n_weights = n_columns * n_classes
    if 8 * n_weights**2 > _LARGEST:
        raise ValueError(
            f"{owner} would need a matrix of {n_weights} x {n_weights} "
            f"({8 * n_weights**2 / 2**30:.1f} GiB) for {n_columns} directions of the "
            f"rows and {n_classes} classes. Reduce the columns, for instance by PCA."
        )


class ClassWeights:
    """The posterior of all weights: Gaussian in the directions of the training rows.

    In all other directions it is the prior. The logit of class c at a row x is
    ``level[c] + (x - span.mean) @ weights[:, c]``. Draws do not depend on which
    directions of the same span are used, because the root of the covariance is the
    symmetric one.

    Parameters
    ----------
    span : RowSpan
        The span of the rows. Only its mean and directions are kept.
    centre : ndarray of shape (rank,)
        The point at which the logits are the intercepts.
    posterior : Gaussian
        Weights in these directions. The first ones are intercepts, if there are any.
    prior_variance : float
        Prior variance of a weight.
    has_intercept : bool
        Whether the first weight of a class is its intercept.

    Attributes
    ----------
    coef_mean : ndarray of shape (n_features, n_classes)
        The means of the weights.
    intercept_mean : ndarray of shape (n_classes,)
        The means of the logits at x = 0.
    """

    def __init__(self, span, centre, posterior, prior_variance, has_intercept):
        self._mean_row, self._directions = span.mean, span.directions
        self._centre, self._posterior = centre, posterior
        self._first = int(has_intercept)
        self._root_prior = np.sqrt(prior_variance)
        values, vectors = linalg.eigh(posterior.precision)
        self._roots, self._vectors = np.sqrt(values), vectors
        levels, self.coef_mean = self._in_space(posterior.weights)
        self.intercept_mean = levels - span.mean @ self.coef_mean

    def draws(self, normal, chains=None, momenta=(), numbers=()):
        """Return draws of the levels and the weights.

        Parameters
        ----------
        normal : ndarray of shape (n_draws, n_classes, n_features + 1)
            Standard normal numbers.
        chains : HamiltonianChains, optional
            What moves them to draws of the exact posterior. None leaves those of
            Laplace's approximation.
        momenta : iterable of ndarray of shape (n_draws, n_classes, n_features + 1)
            Standard normal numbers for each trajectory of ``chains``.
        numbers : iterable of ndarray of shape (n_draws, 2)
            Uniform ones.

        Returns
        -------
        levels : ndarray of shape (n_draws, n_classes)
            Logits at the mean row of the span.
        weights : ndarray of shape (n_features, n_draws, n_classes)
        """
        n_draws, n_classes = normal.shape[:2]
        place = self._seen(normal)
        if chains is None:
            flat = self._posterior.mean.T.ravel() + self.root(place)
        else:
            flat = chains.run(place, map(self._seen, momenta), numbers)
        # (n_columns, n_draws, n_classes)
        drawn = flat.reshape(n_draws, n_classes, -1).transpose(2, 0, 1)
        scale = self._posterior.scale[:, np.newaxis, np.newaxis]
        levels, weights = self._in_space(scale * drawn)
        # Orthogonal to all rows the posterior is the prior.
        rest = normal[..., 1:]
        outside = rest - (rest @ self._directions) @ self._directions.T
        return levels, weights + self._root_prior * outside.transpose(2, 0, 1)

    def root(self, place):
        """Multiply by the symmetric root of Laplace's covariance.

        Parameters
        ----------
        place : ndarray of shape (n_draws, n_weights)
            In the directions of the rows, ordered class by class as the precision.

        Returns
        -------
        deviation : ndarray of shape (n_draws, n_weights)
        """
        return (place @ self._vectors / self._roots) @ self._vectors.T

    def _seen(self, normal):
        """Return standard normal numbers in the directions of the rows."""
        inside = normal[..., 1:] @ self._directions
        seen = np.concatenate([normal[..., : self._first], inside], axis=2)
        return seen.reshape(len(normal), -1)

    def logits(self, X, levels, weights):
        """Return the logits of rows for drawn levels and weights.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features), dtype=float64
            The rows.
        levels, weights : ndarray
            The result of `draws`.

        Returns
        -------
        logits : ndarray of shape (n_samples, n_draws, n_classes)
        """
        flat = (X - self._mean_row) @ weights.reshape(len(weights), -1)
        return flat.reshape(-1, *levels.shape) + levels

    def _in_space(self, weights):
        """Return levels and weights of all features from weights of directions."""
        levels, inside = weights[: self._first], weights[self._first :]
        levels = levels.sum(axis=0) - np.tensordot(self._centre, inside, axes=1)
        return levels, np.tensordot(self._directions, inside, axes=1)
