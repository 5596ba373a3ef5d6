"""The exact Hessian of the last layer, all weights with all weights.

    H = sum_n (diag(p_n) - p_n p_n') kron phi_n phi_n'

For a softmax over a dense layer it is also the generalised Gauss-Newton matrix. Weights
are ordered class by class, so that the block of two classes is contiguous.
"""

from functools import cached_property

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

from skbal._utils.linalg import safe_cholesky
from skbal.models._laplace._curvature import Curvature, Deviations

_LARGEST = 2 * 2**30  # bytes that the matrix may have
_FEW = 1e-3  # of the weights


class FullCurvature(Curvature):
    """The Hessian as a matrix; see `Curvature`.

    Parameters
    ----------
    features, probabilities, owner
        See `Curvature`.

    Raises
    ------
    ValueError
        If the matrix would be too large.
    """

    def __init__(self, features, probabilities, owner):
        self._shape = (features.shape[1], probabilities.shape[1])
        self._owner = owner
        check_full_size(self._shape, owner)
        self._matrix = softmax_hessian(features, probabilities)

    def eigenvalues(self):
        return np.clip(linalg.eigvalsh(self._matrix), 0.0, None)

    def n_effective(self, deviations):
        n_weights = len(self._matrix)
        determined = n_weights - deviations.prior_precision * deviations.trace()
        if determined > _FEW * n_weights:
            return determined
        # The difference of two nearly equal numbers would be mostly rounding, which
        # differs between processors: sum H * covariance instead.
        covariance, _ = lapack.dpotri(deviations.factor, lower=True)
        below = np.einsum("ij,ij->", np.tril(covariance, -1), self._matrix)
        diagonal = covariance.diagonal() @ self._matrix.diagonal()
        return max(float(diagonal + 2.0 * below), 0.0)

    def at(self, prior_precision):
        precision = self._matrix.copy()
        precision[np.diag_indices_from(precision)] += prior_precision
        what = f"The precision of the last-layer weights of {self._owner}"
        factor = safe_cholesky(precision, what)
        return FullDeviations(factor, self._shape, prior_precision)


class FullDeviations(Deviations):
    """Deviations of the weights, from a factor of their precision.

    Parameters
    ----------
    factor : ndarray of shape (n_weights, n_weights)
        Lower Cholesky factor of the precision.
    shape : tuple of int, (n_features, n_classes)
        The shape of the weights.
    prior_precision : float
        One over the prior variance of a weight.
    """

    def __init__(self, factor, shape, prior_precision):
        super().__init__(prior_precision)
        self.factor = factor
        self._shape = shape

    def log_det(self):
        return 2.0 * float(np.sum(np.log(np.diag(self.factor))))

    def trace(self):
        """Return the trace of the covariance.

        Returns
        -------
        trace : float
        """
        blocks = (self._inverse_columns(k) for k in range(self._shape[1]))
        return sum(float(np.sum(block**2)) for block in blocks)

    def draw(self, rng, n_draws):
        # The draws are the first axis, so draw k does not depend on n_draws.
        normal = rng.standard_normal((n_draws, len(self.factor)))
        flat = linalg.solve_triangular(self.factor, normal.T, lower=True, trans="T")
        # (n_weights, n_draws) -> (n_draws, n_features, n_classes), from class by class
        return flat.T.reshape(n_draws, *self._shape[::-1]).swapaxes(1, 2)

    def logit_variance(self, features):
        # One array of shape (n_samples, n_features) per class.
        parts = (features @ root.T for root in self._roots)
        return np.stack([np.sum(part**2, axis=1) for part in parts], axis=1)

    @cached_property
    def _roots(self):
        """For each class a matrix R such that R'R is its block of the covariance."""
        columns = (self._inverse_columns(k) for k in range(self._shape[1]))
        n_features = self._shape[0]
        return [linalg.qr(block, mode="r")[0][:n_features] for block in columns]

    def _inverse_columns(self, k):
        """Return the columns of the inverse factor for class k, without their zeros.

        Their products with each other are the block of the covariance for class k.
        """
        n_features = self._shape[0]
        corner = self.factor[k * n_features :, k * n_features :]
        columns = np.eye(len(corner), n_features)
        return linalg.solve_triangular(corner, columns, lower=True)


def softmax_hessian(features, probabilities):
    """Return the Hessian of the negative log likelihood of a softmax layer.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        Inputs of the layer.
    probabilities : ndarray of shape (n_samples, n_classes)
        Outputs of the softmax.

    Returns
    -------
    hessian : ndarray of shape (n_classes * n_features, n_classes * n_features)
        The Hessian. Weights are ordered class by class.

    Examples
    --------
    >>> softmax_hessian(np.array([[2.0]]), np.array([[0.5, 0.5]]))
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    n_features, n_classes = features.shape[1], probabilities.shape[1]
    hessian = np.empty((n_classes, n_features, n_classes, n_features))
    for k in range(n_classes):
        for j in range(k + 1):
            weight = probabilities[:, k] * ((j == k) - probabilities[:, j])
            block = features.T @ (weight[:, np.newaxis] * features)
            hessian[k, :, j] = block
            hessian[j, :, k] = block.T
    return hessian.reshape(n_classes * n_features, -1)


def check_full_size(shape, owner):
    """Raise an error if the Hessian would be too large.

    Parameters
    ----------
    shape : tuple of int, (n_features, n_classes)
        The shape of the weights.
    owner : str
        Name of the estimator, for messages.

    Raises
    ------
    ValueError
        If it would need more than 2 GiB.
    """
    n_weights = shape[0] * shape[1]
    if 8 * n_weights**2 > _LARGEST:
        raise ValueError(
            f"hessian='full' of {owner} would be a matrix of {n_weights} x {n_weights} "
            f"({8 * n_weights**2 / 2**30:.1f} GiB) for {shape[0]} features (with the "
            f"bias) and {shape[1]} classes. Set hessian='kronecker' or "
            "hessian='diagonal'."
        )
