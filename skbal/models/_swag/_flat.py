"""The weights of a network in one array."""

import numpy as np
import torch


def drawn_parameters(module):
    """Return the weights of a network that have a distribution.

    Parameters
    ----------
    module : torch.nn.Module
        The network. Its parameters with ``requires_grad=False`` are constants.

    Returns
    -------
    parameters : list of torch.nn.Parameter
        In the order of ``module.parameters()``.
    """
    return [weight for weight in module.parameters() if weight.requires_grad]


def flat_weights(module):
    """Return these weights in one array.

    Parameters
    ----------
    module : torch.nn.Module
        The network.

    Returns
    -------
    weights : ndarray of shape (n_weights,)
    """
    parameters = drawn_parameters(module)
    return np.concatenate([w.detach().cpu().numpy().ravel() for w in parameters])


def set_flat_weights(module, weights):
    """Give a network the weights of an array.

    Parameters
    ----------
    module : torch.nn.Module
        The network, which is changed.
    weights : ndarray of shape (n_weights,)
        The weights.
    """
    parameters = drawn_parameters(module)
    ends = np.cumsum([weight.numel() for weight in parameters])
    for weight, values in zip(parameters, np.split(weights, ends[:-1])):
        # In new memory, so that no copy of the network shares it.
        values = torch.tensor(values, dtype=weight.dtype, device=weight.device)
        weight.data = values.view_as(weight)
