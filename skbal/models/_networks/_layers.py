"""Questions about the layers of a torch module."""

from torch import nn


def flat_layers(module, *, split_hooked=True):
    """Return the layers of a ``Sequential``, those of nested ones included.

    Parameters
    ----------
    module : torch.nn.Module
        A module of any other kind counts as one layer.
    split_hooked : bool, default=True
        Whether a ``Sequential`` that has forward hooks is split, too.

    Returns
    -------
    layers : list of torch.nn.Module
    """
    is_sequential = type(module).forward is nn.Sequential.forward
    if not is_sequential or (has_hooks(module) and not split_hooked):
        return [module]
    return [
        layer
        for child in module
        for layer in flat_layers(child, split_hooked=split_hooked)
    ]


def has_hooks(module):
    """Return whether the module has hooks before or after ``forward``."""
    return bool(module._forward_hooks or module._forward_pre_hooks)


def is_dropout(layer):
    """Return whether a layer is one of torch's dropout layers."""
    return isinstance(layer, nn.modules.dropout._DropoutNd)
