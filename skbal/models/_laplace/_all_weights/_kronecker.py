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


class LayerBlock:
    """The weights of a layer, a matrix with the bias as its last column.

    Parameters
    ----------
    weight : slice
        Where its weights are among all weights.
    bias : slice or None
        Where its biases are.
    outputs, inputs : ndarray, square
        The factors over outputs and over inputs.
    """

    def __init__(self, weight, bias, outputs, inputs):
        self._weight, self._bias = weight, bias
        output_values, self.output_axes = linalg.eigh(outputs)
        input_values, self.input_axes = linalg.eigh(inputs)
        # Negative eigenvalues are rounding errors.
        self.values = np.outer(
            np.clip(output_values, 0.0, None), np.clip(input_values, 0.0, None)
        )

    def take(self, rows):
        """Return the layer's part of rows, (..., n_outputs, n_inputs)."""
        n_outputs, n_inputs = self.values.shape
        matrix = rows[..., self._weight]
        if self._bias is None:
            return matrix.reshape(*rows.shape[:-1], n_outputs, n_inputs)
        matrix = matrix.reshape(*rows.shape[:-1], n_outputs, n_inputs - 1)
        return np.concatenate([matrix, rows[..., self._bias, np.newaxis]], axis=-1)

    def turned(self, rows):
        """Return the layer's part of rows along the eigenvectors of both factors."""
        return self.output_axes.T @ self.take(rows) @ self.input_axes

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
        turned = [block.turned(weights).ravel() for block in self.blocks.values()]
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
            step = rows_within(24 * block.values.size)
            for part in chunks(n_draws, step):
                block.put(self._layer_draws(block, rng, draws[part]), draws[part])
        rng = stream(seed, "weights")
        normal = rng.standard_normal((n_draws, len(self._curvature.rest)), dtype=dtype)
        normal /= np.sqrt(self._curvature.rest_values + self._ratio).astype(dtype)
        draws[:, self._curvature.rest] = normal
        return draws

    def _layer_draws(self, block, rng, draws):
        shape, dtype = (len(draws), *block.values.shape), draws.dtype
        normal = rng.standard_normal(shape, dtype=dtype)
        normal /= np.sqrt(block.values + self._ratio).astype(dtype)
        normal = normal @ block.input_axes.T.astype(dtype)
        return block.output_axes.astype(dtype) @ normal

    def whiten(self, jacobian):
        whitened = np.empty(jacobian.shape)
        for block in self._curvature.blocks.values():
            scaled = block.turned(jacobian) / np.sqrt(block.values + self._ratio)
            block.put(scaled, whitened)
        scale = np.sqrt(self._curvature.rest_values + self._ratio)
        whitened[..., self._curvature.rest] = (
            jacobian[..., self._curvature.rest] / scale
        )
        return whitened
