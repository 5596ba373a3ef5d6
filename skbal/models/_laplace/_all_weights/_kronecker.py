"""The Hessian as one Kronecker product for each layer, all others being zero.

    H_layer ~ (sum g g' / n_positions) kron (sum a a')

with the inputs a of a layer and the derivatives g with respect to its outputs; see
`skbal.models._networks._layer_factors`. Ritter, Botev and Barber (2018), "A scalable
Laplace approximation for neural networks". The ratio is added to the products of the
eigenvalues, so that the prior stays exact. Weights of other layers are independent of
all others.
"""

import numpy as np
from scipy import linalg

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.random import stream
from skbal.models._laplace._all_weights._forms import (
    WeightCurvature,
    WeightDeviations,
)


def axes_of_matrix(matrix):
    """Return the eigenvalues and eigenvectors of a factor.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
        The factor.

    Returns
    -------
    values : ndarray of shape (n,)
    axes : ndarray of shape (n, n)
        One in each column.
    """
    values, axes = linalg.eigh(matrix, driver="evd", check_finite=False)
    return np.clip(values, 0.0, None), axes  # negative ones are rounding errors


def axes_of_rows(rows):
    """Return the eigenvalues of R'R that are not zero, and their eigenvectors.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n)
        The matrix R, with fewer rows than columns.

    Returns
    -------
    values : ndarray of shape (n_rows,)
    axes : ndarray of shape (n, n_rows)
        One in each column.
    """
    axes, singular, _ = linalg.svd(rows.T, full_matrices=False, check_finite=False)
    return singular**2, axes


class LayerBlock:
    """The weights of a layer, a matrix with the bias as its last column.

    Parameters
    ----------
    weight : slice
        Where its weights are among all weights.
    bias : slice or None
        Where its biases are.
    outputs, inputs : tuple of ndarray, (values, axes)
        The eigenvalues and eigenvectors of the factors over outputs and over inputs.
        For inputs, those of the value zero may be left out.
    """

    def __init__(self, weight, bias, outputs, inputs):
        self._weight, self._bias = weight, bias
        output_values, self.output_axes = outputs
        input_values, self._input_axes = inputs
        self.values = np.outer(output_values, input_values)
        self.shape = len(self.output_axes), len(self._input_axes)

    def take(self, rows):
        """Return the layer's part of rows, (..., n_outputs, n_inputs)."""
        n_outputs, n_inputs = self.shape
        matrix = rows[..., self._weight]
        if self._bias is None:
            return matrix.reshape(*rows.shape[:-1], n_outputs, n_inputs)
        matrix = matrix.reshape(*rows.shape[:-1], n_outputs, n_inputs - 1)
        return np.concatenate([matrix, rows[..., self._bias, np.newaxis]], axis=-1)

    def along(self, rows):
        """Return the layer's part of rows along the eigenvectors of both factors."""
        return self.output_axes.T @ self.take(rows) @ self._input_axes

    def rooted(self, matrices, ratio):
        """Return matrices times the root of the covariance, for the inputs.

        Parameters
        ----------
        matrices : ndarray of shape (..., n_outputs, n_inputs)
            Matrices along the eigenvectors of the outputs.
        ratio : float
            What is added to the eigenvalues.
        """
        axes = self._input_axes.astype(matrices.dtype, copy=False)
        scale = 1.0 / np.sqrt(self.values + ratio)
        if len(scale[0]) == self.shape[1]:
            return ((matrices @ axes) * scale.astype(matrices.dtype)) @ axes.T
        # All other directions have the prior precision.
        wide = 1.0 / np.sqrt(ratio)
        change = (scale - wide).astype(matrices.dtype)
        result = ((matrices @ axes) * change) @ axes.T
        result += matrices * matrices.dtype.type(wide)
        return result

    def put(self, matrices, rows):
        """Write the layer's part into rows, the reverse of `take`."""
        if self._bias is not None:
            rows[..., self._bias] = matrices[..., -1]
            matrices = matrices[..., :-1]
        rows[..., self._weight] = matrices.reshape(*rows.shape[:-1], -1)


class KroneckerWeights(WeightCurvature):
    """Kronecker products of layers, and a diagonal; see `WeightCurvature`.

    Parameters
    ----------
    n_weights : int
        The number of weights.
    blocks : dict of str to LayerBlock
        The layers, by name.
    rest : ndarray of shape (n_rest,), dtype=int
        The weights that are in no block.
    rest_values : ndarray of shape (n_rest,)
        Their diagonal.
    """

    def __init__(self, n_weights, blocks, rest, rest_values):
        self.n_weights = n_weights
        self.blocks, self.rest, self.rest_values = blocks, rest, rest_values

    def spectrum(self, weights):
        values = [block.values.ravel() for block in self.blocks.values()]
        turned = [block.along(weights).ravel() for block in self.blocks.values()]
        along = np.concatenate([*turned, weights[self.rest]])
        return np.concatenate([*values, self.rest_values]), along**2

    def at(self, ratio):
        return KroneckerDeviations(self, ratio)


class KroneckerDeviations(WeightDeviations):
    """Deviations that are independent along the eigenvectors of all factors.

    Parameters
    ----------
    curvature : KroneckerWeights
        The Hessian.
    ratio : float
        What is added to its eigenvalues.
    """

    def __init__(self, curvature, ratio):
        self._curvature, self._ratio = curvature, ratio

    def draw(self, seed, n_draws, dtype):
        draws = np.empty((n_draws, self._curvature.n_weights), dtype=dtype)
        for name, block in self._curvature.blocks.items():
            # One stream for each layer, so that draw k does not depend on n_draws.
            rng = stream(seed, "weights", name)
            # Three temporaries of the size of the layer for each draw.
            step = rows_within(24 * block.shape[0] * block.shape[1])
            axes = block.output_axes.astype(dtype)
            for part in chunks(n_draws, step):
                shape = (len(draws[part]), *block.shape)
                normal = rng.standard_normal(shape, dtype=dtype)
                block.put(axes @ block.rooted(normal, self._ratio), draws[part])
        rng = stream(seed, "weights")
        normal = rng.standard_normal((n_draws, len(self._curvature.rest)), dtype=dtype)
        normal /= np.sqrt(self._curvature.rest_values + self._ratio).astype(dtype)
        draws[:, self._curvature.rest] = normal
        return draws

    def whiten(self, jacobian):
        whitened = np.empty(jacobian.shape)
        for block in self._curvature.blocks.values():
            turned = block.output_axes.T @ block.take(jacobian)
            block.put(block.rooted(turned, self._ratio), whitened)
        scale = np.sqrt(self._curvature.rest_values + self._ratio)
        whitened[..., self._curvature.rest] = (
            jacobian[..., self._curvature.rest] / scale
        )
        return whitened
