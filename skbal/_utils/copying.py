"""Deep copies that leave torch as it was, also after a Ctrl-C."""

import copy
import sys


def deep_copy(value, memo=None):
    """Return a deep copy.

    Torch copies a tensor inside of ``torch.no_grad()``. A Ctrl-C at the end of that
    block would leave gradients off for all that follows in this thread.

    Parameters
    ----------
    value : object
        What is copied. It may hold tensors.
    memo : dict, optional
        As for `copy.deepcopy`.

    Returns
    -------
    copied : object

    Examples
    --------
    >>> rows = [[1, 2]]
    >>> copied = deep_copy(rows)
    >>> copied == rows, copied[0] is rows[0]
    (True, False)
    """
    torch = sys.modules.get("torch")  # without it there are no tensors
    if torch is None:
        return copy.deepcopy(value, memo)
    before = torch.is_grad_enabled()
    try:
        return copy.deepcopy(value, memo)
    finally:
        # Not torch.set_grad_enabled, in which a Ctrl-C could come.
        torch._C._set_grad_enabled(before)
