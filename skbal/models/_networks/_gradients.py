"""Gradients of the outputs of a network with respect to its weights, and sketches.

With J(x) the Jacobian of the outputs, one row for each output, the gradient kernel is

    k(x, x') = sum_c J_c(x) . J_c(x'),

the neural tangent kernel of the trained network. A sketch has few components, whose
inner products are k on average over the random numbers in it [1]_. The gradient of the
weights of a dense layer is an outer product g a' of derivatives and inputs. It is never
built: with Gaussian vectors u and v, (u . a) (v . g) is one component. A convolution
has a sum of such products. What is left, such as the scales of a batch normalisation,
is added up into the components in a random order and with random signs [2]_.

References
----------
.. [1] D. Holzmüller, V. Zaverkin, J. Kästner and I. Steinwart (2023), A Framework and
   Benchmark for Deep Batch Active Learning for Regression, section 3.
.. [2] K. Weinberger, A. Dasgupta, J. Langford, A. Smola and J. Attenberg (2009),
   Feature Hashing for Large Scale Multitask Learning, definition 1.
"""

from functools import partial

import numpy as np
import torch
from torch.nn import functional

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.random import stream
from skbal.models._networks._extractor import find_last_dense
from skbal.models._networks._few_rows import filled_up
from skbal.models._networks._layer_pass import (
    columns,
    layer_pass,
    layers_run_once,
    positions,
)
from skbal.models._networks._linearised import LinearisedNetwork, trained_sizes


def gradients_of(modules, weights, n_components, seed, example, owner):
    """Return what computes gradients of a network, or of the members of an ensemble.

    Parameters
    ----------
    modules : list of torch.nn.Module
        The trained networks, all of one architecture.
    weights : {"all", "last"}
        Derivatives with respect to which weights: all that were trained, or those of
        the last dense layer.
    n_components : int or None
        Number of components of a sketch. None, or a number as large as that of all
        derivatives, computes the derivatives themselves.
    seed : int
        Seeds the random numbers of the sketch.
    example : torch.Tensor of shape (1, ...)
        A row.
    owner : str
        The estimator's name, for messages.

    Returns
    -------
    gradients : SideBySide
        The kernel of an ensemble is the mean of those of its members.

    Raises
    ------
    ValueError
        If the network has no trained weights, no last dense layer, or does not take the
        row.
    """
    make = partial(LinearisedNetwork, chosen=None, example=example, owner=owner)
    make = partial(make, as_logits=True)
    networks = [make(module, _names(module, weights, owner)) for module in modules]
    n_derivatives = sum(net.n_outputs * net.n_chosen for net in networks)
    if n_components is None or n_components >= n_derivatives:
        return SideBySide([WholeGradients(net) for net in networks], np.concatenate)
    parts = []
    for k, (module, network) in enumerate(zip(modules, networks)):
        random = partial(stream, seed, "gradients", k)
        part = SketchedGradients(network, n_components, example, random)
        if part.others:
            part.add_others(make(module, part.others))
        parts.append(part)
    return SideBySide(parts, _summed)


class SideBySide:
    """The gradients of several networks, divided by the root of their number.

    Parameters
    ----------
    parts : list of WholeGradients or SketchedGradients
        One for each network.
    join : callable
        Takes the list of their arrays and ``axis=1``, returns one array.
    """

    def __init__(self, parts, join):
        self._parts, self._join = parts, join
        self.batch_size = min(part.batch_size for part in parts)

    def of_rows(self, X, to_torch):
        """Return the gradients of rows, an ndarray of shape (n_rows, n_components).

        Parameters
        ----------
        X : array-like of shape (n_rows, ...)
            At least one row.
        to_torch : callable
            Makes the tensor that enters the networks from a chunk of rows.
        """
        found = []
        for rows in chunks(len(X), self.batch_size):
            x = to_torch(X[rows])
            arrays = [part(x).cpu().numpy() for part in self._parts]
            found.append(self._join(arrays, axis=1) / len(arrays) ** 0.5)
        return np.concatenate(found)


class WholeGradients:
    """The gradients of all outputs, one after the other.

    Parameters
    ----------
    network : LinearisedNetwork
        The network.
    """

    def __init__(self, network):
        self._network = network
        self.batch_size = network.rows_beside(0)

    def __call__(self, x):
        """Return the gradients of rows, (n_rows, n_outputs * n_weights)."""
        return self._network.jacobian(x).flatten(1)


class SketchedGradients:
    """Sketches of the gradients of all outputs.

    Parameters
    ----------
    network : LinearisedNetwork
        The network.
    n_components : int
        Number of components.
    example : torch.Tensor of shape (1, ...)
        A row.
    random : callable
        Takes the purpose of random numbers, returns a stream of them.

    Attributes
    ----------
    others : list of str
        Parameters whose derivatives are no outer products, see `add_others`.
    batch_size : int
        Number of rows whose temporaries stay within the memory budget.
    """

    def __init__(self, network, n_components, example, random):
        self._network, self._n_components, self._random = network, n_components, random
        self._layers, seen = layers_run_once(network, example)
        kinds = ("weight", "bias")
        whole = {f"{name}.{kind}" for name in self._layers for kind in kinds}
        self.others = [name for name in network.names if name not in whole]
        self._hashed = None
        largest = max((len(positions(self._layers[n], a)) * self._width(n)
                       for n, (a, _) in seen.items()), default=1)  # fmt: skip
        bytes_per_row = 4 * largest * network.dtype.itemsize + network.pass_bytes
        self.batch_size = rows_within(2 * bytes_per_row)
        self._factors = {name: self._factors_of(name) for name in self._layers}

    def add_others(self, network):
        """Add the derivatives with respect to the other parameters.

        Parameters
        ----------
        network : LinearisedNetwork
            With these parameters only.
        """
        self._hashed = _Hashed(network, self._n_components, self._random("signs"))
        self.batch_size = min(self.batch_size, self._hashed.batch_size)

    def __call__(self, x):
        """Return the sketches of rows, (n_rows, n_components)."""
        total = 0.0 if self._hashed is None else self._hashed(x)
        if not self._layers:
            return total
        n_rows, x = len(x), filled_up(x, self.batch_size)
        with torch.inference_mode(False):
            values, seen, _ = layer_pass(self._network, x, self._layers)
            outputs = [seen[name][1] for name in self._layers]
            inputs = {name: self._seen_by(name, seen[name][0]) for name in self._layers}
            for c, value in enumerate(values.sum(dim=0)):
                grads = torch.autograd.grad(
                    value, outputs, retain_graph=True, allow_unused=True
                )
                for name, g in zip(self._layers, grads):
                    if g is not None:
                        part = self._products(name, c, inputs[name], g)
                        total = total + part[:n_rows]
        return total

    # ------------------------------------------------------------------ one layer

    def _seen_by(self, name, inputs):
        """Return u . a of all positions, (n_rows * n_positions, n_components)."""
        rows = positions(self._layers[name], inputs)
        if f"{name}.bias" in self._network.names:
            rows = functional.pad(rows, (0, 1), value=1.0)
        return rows @ self._factors[name][0]

    def _products(self, name, output, seen, gradient):
        """Return the sketch of one layer's gradient of one output."""
        n_rows = len(gradient)
        gradient = columns(self._layers[name], gradient.detach())
        products = seen * (gradient @ self._factors[name][1][output])
        sums = products.reshape(n_rows, -1, self._n_components).sum(dim=1)
        return sums / np.sqrt(self._n_components)

    def _factors_of(self, name):
        """Return u and, for each output of the network, v of one layer.

        Their shapes are (n_inputs, n_components) and (n_outputs of the network,
        n_outputs of the layer, n_components).
        """
        weight, bias = self._layers[name].weight, f"{name}.bias"
        n_inputs = weight[0].numel() + (bias in self._network.names)
        p, rng = self._n_components, self._random(name)
        shapes = (n_inputs, p), (self._network.n_outputs, len(weight), p)
        return [
            torch.from_numpy(rng.standard_normal(shape)).to(weight.detach())
            for shape in shapes
        ]

    def _width(self, name):
        return self._n_components + self._layers[name].weight[0].numel()


class _Hashed:
    """Sums of derivatives with random signs, in a random component each."""

    def __init__(self, network, n_components, rng):
        self._network, self._n = network, n_components
        self.batch_size = network.rows_beside(0)
        size = network.n_outputs * network.n_chosen
        self._components = torch.from_numpy(rng.integers(self._n, size=size))
        self._signs = torch.from_numpy(rng.integers(2, size=size) * 2.0 - 1)

    def __call__(self, x):
        flat = self._network.jacobian(x).flatten(1)
        total = flat.new_zeros(len(flat), self._n)
        components = self._components.to(flat.device)
        return total.index_add(1, components, flat * self._signs.to(flat))


def _names(module, weights, owner):
    """Return the names of the parameters in the gradients."""
    names = list(trained_sizes(module))
    if weights == "last":
        found = find_last_dense(module)
        if found is None:
            raise ValueError(
                f"weights='last' needs a network that is a Sequential and ends in a "
                f"dense layer and activations, and that of {owner} is not. Use "
                "weights='all'."
            )
        last = {id(weight) for weight in found.layer.parameters()}
        named = dict(module.named_parameters())
        names = [name for name in names if id(named[name]) in last]
    if not names:
        raise ValueError(f"The network of {owner} has no trained weights.")
    return names


def _summed(arrays, axis):
    return sum(arrays)
