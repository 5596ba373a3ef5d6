"""The covariance between outputs: checked, rooted and inverted on its support.

It may be singular: one-hot labels sum to one, so their covariance has no full rank.
Densities are then those on the support, as in
``scipy.stats.multivariate_normal(allow_singular=True)``.
"""

from functools import cached_property

import numpy as np
from sklearn.utils import check_array


class OutputCovariance:
    """A covariance between outputs and what densities need of it.

    Parameters
    ----------
    matrix : ndarray of shape (n_outputs, n_outputs)
        Symmetric and positive semi-definite.
    """

    def __init__(self, matrix):
        self.matrix = matrix

    @cached_property
    def _spectrum(self):
        values, vectors = np.linalg.eigh(self.matrix)
        kept = values > len(values) * np.finfo(np.float64).eps * max(values[-1], 0.0)
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
        """The inverse on the support, zero outside."""
        values, vectors = self._spectrum
        return (vectors / values) @ vectors.T

    def square(self, scatter):
        """Return trace(inverse scatter), the squared length in units of the outputs."""
        return float(max(np.einsum("de,de->", self.inverse, scatter), 0.0))

    @classmethod
    def proportional_to(cls, scatter):
        """Return the covariance proportional to a scatter whose mean variance is one.

        Only the product of a row and an output variance is seen in data, so the scale
        is held here, and noise and prior variance tell the size.
        """
        mean = np.trace(scatter) / len(scatter)
        if not mean > 0:
            return cls(np.eye(len(scatter)))
        return cls((scatter + scatter.T) / (2 * mean))


def given_output_covariance(value, n_outputs, owner):
    """Return the `OutputCovariance` for the parameter ``output_covariance``.

    Parameters
    ----------
    value : None, "empirical" or array-like of shape (n_outputs, n_outputs)
        None is the identity; so does "empirical" begin.
    n_outputs : int
        How many outputs y has.
    owner : str
        The estimator's name.

    Returns
    -------
    covariance : OutputCovariance

    Raises
    ------
    ValueError
        If it is another word, has another shape, or is no covariance.
    """
    if value is None or (isinstance(value, str) and value == "empirical"):
        return OutputCovariance(np.eye(n_outputs))
    if isinstance(value, str):
        raise ValueError(
            f"output_covariance of {owner} must be None, 'empirical' or a matrix, "
            f"got {value!r}."
        )
    matrix = check_array(value, dtype=np.float64, input_name="output_covariance")
    if matrix.shape != (n_outputs, n_outputs):
        raise ValueError(
            f"output_covariance of {owner} must have shape ({n_outputs}, {n_outputs}), "
            f"one row an output of y, got {matrix.shape}."
        )
    _check_covariance(matrix, owner)
    return OutputCovariance(matrix)


def _check_covariance(matrix, owner):
    if not np.allclose(matrix, matrix.T, rtol=1e-10, atol=0):
        raise ValueError(f"output_covariance of {owner} must be symmetric.")
    values = np.linalg.eigvalsh(matrix)
    if values[-1] <= 0 or values[0] < -1e-10 * values[-1]:
        raise ValueError(
            f"output_covariance of {owner} must be positive semi-definite and not "
            f"zero, but its eigenvalues go from {values[0]:.3g} to {values[-1]:.3g}."
        )
