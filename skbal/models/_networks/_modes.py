"""Torch modes that act while a pass runs, and never afterwards.

A mode stands on a stack of its thread. If a user's Ctrl-C comes at the moment when the
mode is left, torch leaves it there, and it would act on all that follows. So a mode is
switched off first, and then taken from the stack in a second attempt.
"""

from contextlib import contextmanager

import torch
from torch import overrides
from torch.utils import _python_dispatch


@contextmanager
def no_grad():
    """Do what ``torch.no_grad`` does, also if a Ctrl-C comes at its end.

    That of torch would leave gradients off for all that follows in this thread. A
    generator that is left inside ends when Python drops it.
    """
    before = torch.is_grad_enabled()
    try:
        torch._C._set_grad_enabled(False)
        yield
    finally:
        # Not torch.set_grad_enabled: a Ctrl-C may come where a function of Python
        # begins, but not where one of C does.
        torch._C._set_grad_enabled(before)


@contextmanager
def bfloat16(device):
    """Multiply in bfloat16 inside the block, as ``torch.autocast`` does.

    Afterwards products are as before, also if a Ctrl-C comes at the end of the block.

    Parameters
    ----------
    device : str or torch.device
        Where the network runs.
    """
    kind = torch.device(device).type
    on, dtype = torch.is_autocast_enabled(kind), torch.get_autocast_dtype(kind)
    caches = torch.is_autocast_cache_enabled()
    try:
        # A cache of weights in bfloat16 would outlive their steps.
        torch.set_autocast_cache_enabled(False)
        torch.set_autocast_dtype(kind, torch.bfloat16)
        torch.set_autocast_enabled(kind, True)
        yield
    finally:
        torch.set_autocast_enabled(kind, on)
        torch.set_autocast_dtype(kind, dtype)
        torch.set_autocast_cache_enabled(caches)


def in_mode(mode, function, *args):
    """Call a function inside a mode. When this returns or raises, the mode is off.

    Parameters
    ----------
    mode : TorchFunctionMode or TorchDispatchMode
        A mode for this call alone. It changes nothing once its attribute ``on`` is
        false.
    function : callable
        The function.
    *args
        Its arguments.

    Returns
    -------
    result : object
        What the function returns.
    """
    # No `with`: its end fails if a Ctrl-C came while torch had put the mode aside.
    try:
        mode.__enter__()
        return function(*args)
    finally:
        mode.on = False  # first of all: a statement that no Ctrl-C can divide
        try:
            _take_off(mode)
        except KeyboardInterrupt:
            _take_off_stale()
            raise


def _take_off(mode):
    if isinstance(mode, overrides.TorchFunctionMode):
        top = overrides._get_current_function_mode()
    else:
        top = _python_dispatch._get_current_dispatch_mode()
    if top is mode:
        mode.__exit__(None, None, None)
    else:
        _take_off_stale()


def _take_off_stale():
    """Take the modes of skbal that are off from the top of torch's two stacks.

    They act no more, but every call of torch would ask them. The ``__exit__`` of a mode
    fails where a Ctrl-C has divided it.
    """
    while _is_stale(overrides._get_current_function_mode()):
        overrides._pop_mode()
    while _is_stale(_python_dispatch._get_current_dispatch_mode()):
        _python_dispatch._pop_mode()


def _is_stale(mode):
    return type(mode).__module__.startswith("skbal.") and not mode.on
