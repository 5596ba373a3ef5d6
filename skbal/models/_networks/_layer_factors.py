"""The two factors of the Hessian of each dense and convolutional layer.

With inputs a of a layer and derivatives g of the loss with respect to its outputs, the
Gauss-Newton matrix of its weights is approximated by one Kronecker product,

    sum_n sum_t (g g') kron (a a')  ~  [sum g g'] kron [sum a a'] / n_positions.

A dense layer has one position t in each row; a convolution has one for each output
pixel, and a is the patch of inputs under the filter. Martens and Grosse (2015) for
dense layers, Grosse and Martens (2016) for convolutions.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional

from skbal._utils.chunks import rows_within
from skbal.models._networks._layer_pass import (
    columns,
    layer_pass,
    layers_run_once,
    positions,
)


class LayerSums(NamedTuple):
    """The sums over rows for one layer.

    Attributes
    ----------
    inputs : ndarray of shape (n_inputs, n_inputs), dtype=float64, or None
        sum a a'. With a bias, a ends in a one.
    rows : list of ndarray of shape (n_positions, n_inputs)
        The inputs a themselves, chunk by chunk, instead of their sum if there are fewer
        of them than entries in each.
    outputs : ndarray of shape (n_outputs, n_outputs), dtype=float64
        sum g g'.
    n_positions : int
        The number of inputs a.
    """

    inputs: np.ndarray
    rows: list
    outputs: np.ndarray
    n_positions: int


class LayerFactors:
    """Sums the factors of the layers of a network over chunks of rows.

    Parameters
    ----------
    network : LinearisedNetwork
        The network.
    example : torch.Tensor of shape (1, ...)
        A row.
    n_rows : int
        The number of rows that will come.

    Attributes
    ----------
    layers : dict of str to torch.nn.Module
        The layers that have factors: those of type ``nn.Linear`` and ``nn.Conv2d`` that
        run once in a pass and share no weight. Convolutions have one group, and zeros
        as padding.
    batch_size : int
        Number of rows whose temporaries stay within the memory budget.
    sums : dict of str to LayerSums
        The sums so far.
    """

    def __init__(self, network, example, n_rows):
        self._network, self._n_rows = network, n_rows
        self.layers, seen = layers_run_once(network, example)
        patches = sum(
            positions(layer, seen[name][0]).nbytes
            for name, layer in self.layers.items()
        )
        bytes_per_row = 2 * (patches + network.pass_bytes)
        self.batch_size = rows_within(bytes_per_row)
        self.sums = {}

    def has_bias(self, name):
        """Return whether the bias of a layer belongs to its block."""
        return f"{name}.bias" in self._network.names

    def add(self, x, roots):
        """Add a chunk of rows.

        Parameters
        ----------
        x : torch.Tensor of shape (n_rows, ...)
            The rows.
        roots : ndarray of shape (n_rows, n_outputs, n_columns)
            Matrices R such that R R' is the Hessian of the loss with respect to the
            outputs of a row.
        """
        if not self.layers:
            return
        with torch.inference_mode(False):
            values, seen, _ = layer_pass(self._network, x, self.layers)
            names = list(seen)
            outputs = [seen[name][1] for name in names]
            squares = [0.0] * len(names)
            for k in range(roots.shape[2]):
                root = torch.tensor(roots[:, :, k]).to(values)
                grads = torch.autograd.grad(
                    values, outputs, root, retain_graph=True, allow_unused=True
                )
                for i, (name, g) in enumerate(zip(names, grads)):
                    g = torch.zeros_like(outputs[i]) if g is None else g
                    g = columns(self.layers[name], g)
                    squares[i] = squares[i] + _numpy(g.T @ g)
            for name, square in zip(names, squares):
                self._add_layer(name, seen[name][0], square)

    def _add_layer(self, name, inputs, square):
        rows = positions(self.layers[name], inputs)
        if self.has_bias(name):
            rows = functional.pad(rows, (0, 1), value=1.0)
        n_positions = self._n_rows * (len(rows) // len(inputs))
        if n_positions < rows.shape[1]:
            new = LayerSums(0.0, [_numpy(rows)], square, len(rows))
        else:
            new = LayerSums(_numpy(rows.T @ rows), [], square, len(rows))
        old = self.sums.get(name, LayerSums(0.0, [], 0.0, 0))
        self.sums[name] = LayerSums(*(a + b for a, b in zip(old, new)))


def _numpy(matrix):
    return matrix.detach().double().cpu().numpy()
