"""Copies of a trained network that share its weights, to run passes on.

The train/eval flags, buffers and attributes of the user's module never change, even
when two threads predict at once.
"""

from itertools import chain

import torch
from torch.nn.modules.batchnorm import _NormBase

from skbal._utils.copying import deep_copy


def evaluation_twin(module):
    """Return a copy in evaluation mode that shares weights and buffers."""
    shared = chain(module.parameters(), module.buffers())
    return _copy_that_shares(module, shared).eval()


def drawing_twin(module, frozen=()):
    """Return a copy in training mode for passes with dropout, which shares the weights.

    Normalisation layers are in evaluation mode: a row must not depend on the others.

    Parameters
    ----------
    module : torch.nn.Module
        The trained network.
    frozen : iterable of str, default=()
        Names of further modules in evaluation mode.

    Returns
    -------
    twin : torch.nn.Module
    """
    twin = _copy_that_shares(module, module.parameters()).train()
    for name, part in twin.named_modules():
        if isinstance(part, _NormBase) or name in frozen:
            # Not part.eval(), which would reach the modules inside it, too.
            part.training = False
    return twin


def copy_of(module):
    """Return a copy with weights of its own."""
    return _copy_that_shares(module, ())


def forget_passes(module):
    """Detach the tensors that a module has kept from a pass.

    torch cannot copy a tensor that was computed from others.
    """
    for part in module.modules():
        for name, value in vars(part).items():
            if any(True for _ in _results_in([value])):
                vars(part)[name] = _detached(value)


def _copy_that_shares(module, tensors):
    memo = {id(tensor): tensor for tensor in tensors}
    for part in module.modules():
        kept = vars(part).values()
        memo.update({id(value): value.detach() for value in _results_in(kept)})
    return deep_copy(module, memo)


def _results_in(values):
    for value in values:
        if _is_result(value):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _results_in(value)
        elif type(value) is dict:
            yield from _results_in(value.values())


def _detached(value):
    if isinstance(value, torch.Tensor):
        return value.detach()
    if isinstance(value, dict):
        return {key: _detached(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_detached(inner) for inner in value)
    return value


def _is_result(value):
    return isinstance(value, torch.Tensor) and not value.is_leaf


def network_output(result):
    """Return the output tensor of a forward pass.

    In a tuple it is the first entry, as in skorch. In a dict it is "logits", as in the
    transformers library, or the only entry.
    """
    if isinstance(result, dict):
        only = next(iter(result.values())) if len(result) == 1 else None
        return result.get("logits", only)
    return result[0] if isinstance(result, (tuple, list)) else result
