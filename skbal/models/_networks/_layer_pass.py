"""Inputs and outputs of the dense and convolutional layers in one pass of a network.

The derivative of an output of the network with respect to the weights of such a layer
is a sum of outer products g a' over positions: of the derivative g with respect to the
outputs of the layer, and the inputs a. A dense layer has one position in each row; a
convolution has one for each output pixel, and a is the patch of inputs under the
filter.
"""

from collections import Counter

import torch
from torch import nn
from torch.nn import functional


def layers_run_once(network, example):
    """Return the layers whose derivatives are sums of outer products.

    Parameters
    ----------
    network : LinearisedNetwork
        The network.
    example : torch.Tensor of shape (n_rows, ...)
        A few rows.

    Returns
    -------
    layers : dict of str to torch.nn.Module
        The layers of type ``nn.Linear`` and ``nn.Conv2d`` whose weights are in the
        Jacobian, that run once in a pass and share no weight. Convolutions have one
        group, and zeros as padding.
    seen : dict of str to tuple of torch.Tensor
        Inputs and outputs of these layers for the rows.
    """
    candidates = _own_layers(network.twin, set(network.names))
    _, seen, calls = layer_pass(network, example, candidates)
    layers = {n: layer for n, layer in candidates.items() if calls[n] == 1}
    return layers, {name: seen[name] for name in layers}


def layer_pass(network, x, layers):
    """Return the outputs, each layer's inputs and outputs, and how often it ran.

    Parameters
    ----------
    network : LinearisedNetwork
        The network.
    x : torch.Tensor of shape (n_rows, ...)
        A chunk of rows.
    layers : dict of str to torch.nn.Module
        Layers of its twin.

    Returns
    -------
    values : torch.Tensor of shape (n_rows, n_outputs)
        Gradients pass from here to the outputs of the layers.
    seen : dict of str to tuple of torch.Tensor
        Inputs and outputs of each layer when it last ran.
    calls : collections.Counter of str
    """
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
            values = network.rows_of_outputs(network.twin(x.clone()), len(x))
    finally:
        for hook in hooks:
            hook.remove()
    return values, seen, calls


def positions(layer, inputs):
    """Return the inputs a of all positions, (n_rows * n_positions, n_inputs)."""
    if isinstance(layer, nn.Linear):
        return inputs.reshape(-1, layer.in_features)
    patches = functional.unfold(
        inputs, layer.kernel_size, layer.dilation, layer.padding, layer.stride
    )
    return patches.transpose(1, 2).flatten(0, 1)


def columns(layer, gradient):
    """Return the derivatives g of all positions, (n_rows * n_positions, n_outputs)."""
    if isinstance(layer, nn.Linear):
        return gradient.reshape(-1, layer.out_features)
    return gradient.movedim(1, -1).reshape(-1, layer.out_channels)


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
