"""The two factors of the Hessian of each dense and convolutional layer.

With inputs a of a layer and derivatives g of the loss with respect to its outputs, the
Gauss-Newton matrix of its weights is approximated by one Kronecker product,

    sum_n sum_t (g g') kron (a a')  ~  [sum g g'] kron [sum a a'] / n_positions.

A dense layer has one position t in each row; a convolution has one for each output
pixel, and a is the patch of inputs under the filter. Martens and Grosse (2015) for
dense layers, Grosse and Martens (2016) for convolutions.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from skbal._utils.chunks import rows_within


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
        candidates = _own_layers(network.twin, set(network.names))
        seen, calls = self._pass(example, candidates)[1:]
        self.layers = {n: c for n, c in candidates.items() if calls[n] == 1}
        patches = sum(_positions(self.layers[n], a).nbytes for n, (a, _) in seen.items()
                      if n in self.layers)  # fmt: skip
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
            values, seen, _ = self._pass(x, self.layers)
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
                    g = _columns(self.layers[name], g)
                    squares[i] = squares[i] + _numpy(g.T @ g)
            for name, square in zip(names, squares):
                self._add_layer(name, seen[name][0], square)

    def _add_layer(self, name, inputs, square):
        rows = _positions(self.layers[name], inputs)
        if self.has_bias(name):
            rows = functional.pad(rows, (0, 1), value=1.0)
        n_positions = self._n_rows * (len(rows) // len(inputs))
        if n_positions < rows.shape[1]:
            new = LayerSums(0.0, [_numpy(rows)], square, len(rows))
        else:
            new = LayerSums(_numpy(rows.T @ rows), [], square, len(rows))
        old = self.sums.get(name, LayerSums(0.0, [], 0.0, 0))
        self.sums[name] = LayerSums(*(a + b for a, b in zip(old, new)))

    def _pass(self, x, layers):
        """Return the outputs, each layer's inputs and outputs, and its calls."""
        seen, calls = {}, Counter()

        def hook_of(name):
            def hook(layer, args, output):
                calls[name] += 1
                seen[name] = (args[0].detach().clone(), output)
                return output.clone()  # an activation after it may work in place

            return hook

        hooks = [layers[n].register_forward_hook(hook_of(n)) for n in layers]
        try:
            with torch.inference_mode(False), torch.enable_grad():
                values = self._network.rows_of_outputs(
                    self._network.twin(x.clone()), len(x)
                )
        finally:
            for hook in hooks:
                hook.remove()
        return values, seen, calls


def _own_layers(twin, names):
    """Return the layers whose block of the Hessian is known, by name."""
    shared = Counter(id(w) for _, w in twin.named_parameters(remove_duplicate=False))
    return {
        name: layer
        for name, layer in twin.named_modules()
        if f"{name}.weight" in names
        and _is_plain(layer)
        and all(shared[id(w)] == 1 for w in layer.parameters(recurse=False))
    }


def _is_plain(layer):
    if type(layer) is nn.Linear:
        return True
    return (
        type(layer) is nn.Conv2d
        and layer.groups == 1
        and layer.padding_mode == "zeros"
        and not isinstance(layer.padding, str)
    )


def _positions(layer, inputs):
    """Return the inputs of all positions, (n_positions, n_inputs)."""
    if isinstance(layer, nn.Linear):
        return inputs.reshape(-1, layer.in_features)
    patches = functional.unfold(
        inputs, layer.kernel_size, layer.dilation, layer.padding, layer.stride
    )
    return patches.transpose(1, 2).flatten(0, 1)


def _columns(layer, gradient):
    """Return the derivatives of all positions, (n_positions, n_outputs)."""
    if isinstance(layer, nn.Linear):
        return gradient.reshape(-1, layer.out_features)
    return gradient.movedim(1, -1).reshape(-1, layer.out_channels)


def _numpy(matrix):
    return matrix.detach().double().cpu().numpy()
