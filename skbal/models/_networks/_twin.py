"""A trained network in evaluation mode that shares its weights."""

import copy
from itertools import chain


def evaluation_twin(module):
    """Return a copy in evaluation mode that shares the weights.

    Draws run on the twin. So the train/eval flags of the user's module never change,
    even when two threads draw from it at once.
    """
    shared = chain(module.parameters(), module.buffers())
    memo = {id(tensor): tensor for tensor in shared}
    return copy.deepcopy(module, memo).eval()


def network_output(result):
    """Return the output tensor of a forward pass; for a tuple the first, as skorch."""
    return result[0] if isinstance(result, tuple) else result
