"""The exact Hessian of the last layer, all weights with all weights.

    H = sum_n (diag(p_n) - p_n p_n') kron phi_n phi_n'

For a softmax over a dense layer it is also the generalised Gauss-Newton matrix. The
weights stand class by class, so that the block of two classes is contiguous.
"""

from functools import cached_property

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

from skbal._utils.linalg import safe_cholesky

_LARGEST = 2 * 2**30  # bytes that the matrix may have
_FEW = 1e-3  # of the weights


class FullCurvature:
    """The Hessian of the negative log likelihood.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features), dtype=float64
        A column of ones is the caller's to add.
    probabilities : ndarray of shape (n_samples, n_classes), dtype=float64
        At the weights around which the posterior is approximated.
    owner : str
        Whose Hessian it is, for the error.

    Raises
    ------
    ValueError
        If the matrix would be too large.
    """

    def __init__(self, features, probabilities, owner):
        self.shape = (features.shape[1], probabilities.shape[1])
        self._owner = owner
        check_full_size(self.shape, owner)
        self.matrix = softmax_hessian(features, probabilities)

    def eigenvalues(self):
        """Return the eigenvalues.

        Returns
        -------
        eigenvalues : ndarray of shape (n_weights,)
        """
        return np.clip(linalg.eigvalsh(self.matrix), 0.0, None)

    def n_effective(self, posterior):
        """Return the number of weights that the data determine, tr(H (H + I / s2)^-1).

        Parameters
        ----------
        posterior : FullPosterior
            As `at` returns it.

        Returns
        -------
        n_effective : float
            Between 0 and the number of weights.
        """
        n_weights = len(self.matrix)
        determined = n_weights - posterior.prior_precision * posterior.trace()
        if determined > _FEW * n_weights:
            return determined
        # Of a difference of two numbers that are nearly equal only rounding would be
        # left, which differs between processors: sum H * covariance instead.
        covariance, _ = lapack.dpotri(posterior.factor, lower=True)
        below = np.einsum("ij,ij->", np.tril(covariance, -1), self.matrix)
        diagonal = covariance.diagonal() @ self.matrix.diagonal()
        return max(float(diagonal + 2.0 * below), 0.0)

    def at(self, prior_precision):
        """Return the normal distribution whose precision is H + prior_precision I.

        Parameters
        ----------
        prior_precision : float
            One over the prior variance of a weight.

        Returns
        -------
        posterior : FullPosterior
        """
        precision = self.matrix.copy()
        precision[np.diag_indices_from(precision)] += prior_precision
        what = f"The precision of the last-layer weights of {self._owner}"
        factor = safe_cholesky(precision, what)
        return FullPosterior(factor, self.shape, prior_precision)


class FullPosterior:
    """Deviations of the weights from their mean, from a factor of their precision.

    Parameters
    ----------
    factor : ndarray of shape (n_weights, n_weights)
        The lower Cholesky factor of the precision.
    shape : tuple of int, (n_features, n_classes)
        The shape of the weights.
    prior_precision : float
        One over the prior variance of a weight.
    """

    def __init__(self, factor, shape, prior_precision):
        self.factor = factor
        self.shape = shape
        self.prior_precision = prior_precision

    def log_det(self):
        """Return the log determinant of the precision.

        Returns
        -------
        log_det : float
        """
        return 2.0 * float(np.sum(np.log(np.diag(self.factor))))

    def trace(self):
        """Return the trace of the covariance.

        Returns
        -------
        trace : float
        """
        blocks = (self._inverse_columns(k) for k in range(self.shape[1]))
        return sum(float(np.sum(block**2)) for block in blocks)

    def draw(self, rng, n_draws):
        """Return joint draws of the deviation of the weights from their mean.

        Parameters
        ----------
        rng : numpy.random.Generator
            The stream; the first of many draws are those of a few.
        n_draws : int
            How many.

        Returns
        -------
        deviations : ndarray of shape (n_draws, n_features, n_classes)
        """
        normal = rng.standard_normal((n_draws, len(self.factor)))
        flat = linalg.solve_triangular(self.factor, normal.T, lower=True, trans="T")
        return flat.T.reshape(n_draws, *self.shape[::-1]).swapaxes(1, 2)

    def logit_variance(self, features):
        """Return the variance of each logit.

        Parameters
        ----------
        features : ndarray of shape (n_samples, n_features)
            The rows.

        Returns
        -------
        variance : ndarray of shape (n_samples, n_classes)
        """
        parts = (features @ root.T for root in self._roots)
        return np.stack([np.sum(part**2, axis=1) for part in parts], axis=1)

    @cached_property
    def _roots(self):
        """For each class R with R'R the block of the covariance."""
        columns = (self._inverse_columns(k) for k in range(self.shape[1]))
        n_features = self.shape[0]
        return [linalg.qr(block, mode="r")[0][:n_features] for block in columns]

    def _inverse_columns(self, k):
        """Return the columns of the factor's inverse for class k, without their zeros.

        Their products with each other are the block of the covariance for class k.
        """
        n_features = self.shape[0]
        corner = self.factor[k * n_features :, k * n_features :]
        columns = np.eye(len(corner), n_features)
        return linalg.solve_triangular(corner, columns, lower=True)


def softmax_hessian(features, probabilities):
    """Return the Hessian of the negative log likelihood of a softmax layer.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        The inputs of the layer.
    probabilities : ndarray of shape (n_samples, n_classes)
        Its outputs after the softmax.

    Returns
    -------
    hessian : ndarray of shape (n_classes * n_features, n_classes * n_features)
        Over the weights class by class, each class with its ``n_features`` weights.

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
    """Raise an error if the Hessian of so many weights would be too large.

    Parameters
    ----------
    shape : tuple of int, (n_features, n_classes)
        The shape of the weights.
    owner : str
        Whose Hessian it is.

    Raises
    ------
    ValueError
        If it would take more than 2 GiB.
    """
    n_weights = shape[0] * shape[1]
    if 8 * n_weights**2 > _LARGEST:
        raise ValueError(
            f"hessian='full' of {owner} would be a matrix of {n_weights} x {n_weights} "
            f"({8 * n_weights**2 / 2**30:.1f} GiB) for {shape[0]} features (the bias "
            f"among them) and {shape[1]} classes: set hessian='kronecker' or "
            "hessian='diagonal'."
        )
