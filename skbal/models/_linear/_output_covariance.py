"""The covariance between outputs: its check, square root and inverse on its support.

It may be singular. One-hot labels sum to one, so that their covariance does not have
full rank. Densities are then those on the support, as in
``scipy.stats.multivariate_normal(allow_singular=True)``.
"""

from functools import cached_property

import numpy as np
from sklearn.utils import check_array

# Eigenvalues below this share of the largest are zero up to the rounding of a scatter,
# which is a difference of sums over many rows.
_LOST = 1e-10


class OutputCovariance:
    """A covariance between outputs, with what densities need from it.

    Parameters
    ----------
    matrix : ndarray of shape (n_outputs, n_outputs)
        A symmetric positive semi-definite matrix.
    """

    def __init__(self, matrix):
        self.matrix = matrix

    @cached_property
    def _spectrum(self):
        values, vectors = np.linalg.eigh(self.matrix)
        kept = values > _LOST * max(values[-1], 0.0)
        return values[kept], vectors[:, kept]

    @property
    def rank(self):
        """The dimension of the support."""
        return len(self._spectrum[0])

    @property
    def log_det(self):
        """The logarithm of the product of the eigenvalues on the support."""
        return np.log(self._spectrum[0]).sum()

    @cached_property
    def root(self):
        """The symmetric square root."""
        values, vectors = self._spectrum
        return (vectors * np.sqrt(values)) @ vectors.T

    @cached_property
    def inverse(self):
        """The inverse on the support, and zero outside of it."""
        values, vectors = self._spectrum
        return (vectors / values) @ vectors.T

    def square(self, scatter):
        """Return trace(inverse @ scatter), a squared length in units of the outputs."""
        return float(max(np.einsum("de,de->", self.inverse, scatter), 0.0))

    @classmethod
    def proportional_to(cls, scatter):
        """Return the covariance of mean variance one that is proportional to a scatter.

        Data determine only the product of a row variance and an output variance. The
        scale is fixed here, so that noise and prior variance give the size.
        """
        mean = np.trace(scatter) / len(scatter)
        if not mean > 0:
            return cls(np.eye(len(scatter)))
        return cls((scatter + scatter.T) / (2 * mean))


def check_output_covariance(value, name, owner):
    """Raise an error if ``output_covariance`` is a string other than "empirical"."""
    if isinstance(value, str) and value != "empirical":
        raise ValueError(
            f"{name} of {owner} must be None, 'empirical' or a matrix, got {value!r}."
        )


def given_output_covariance(value, n_outputs, owner):
    """Return the `OutputCovariance` for the parameter ``output_covariance``.

    Parameters
    ----------
    value : None, "empirical" or array-like of shape (n_outputs, n_outputs)
        Both ``None`` and the start of "empirical" are the identity.
    n_outputs : int
        Number of outputs of y.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    covariance : OutputCovariance

    Raises
    ------
    ValueError
        If the matrix has another shape or is not a covariance.
    """
    if value is None or isinstance(value, str):
        return OutputCovariance(np.eye(n_outputs))
    matrix = check_array(value, dtype=np.float64, input_name="output_covariance")
    if matrix.shape != (n_outputs, n_outputs):
        raise ValueError(
            f"output_covariance of {owner} must have shape ({n_outputs}, {n_outputs}), "
            f"one row per output of y, got {matrix.shape}."
        )
    _check_covariance(matrix, owner)
    return OutputCovariance(matrix)


def _check_covariance(matrix, owner):
    if not np.allclose(matrix, matrix.T, rtol=1e-10, atol=0):
        raise ValueError(f"output_covariance of {owner} must be symmetric.")
    values = np.linalg.eigvalsh(matrix)
    if values[-1] <= 0 or values[0] < -_LOST * values[-1]:
        raise ValueError(
            f"output_covariance of {owner} must be positive semi-definite and not "
            f"zero, but its eigenvalues go from {values[0]:.3g} to {values[-1]:.3g}."
        )
