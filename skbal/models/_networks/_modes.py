"""Torch modes that act while a pass runs, and never afterwards.

A mode stands on a stack of its thread. If a user's Ctrl-C comes at the moment when the
mode is left, torch leaves it there, and it would act on all that follows.
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
        _take_off(mode)


def _take_off(mode):
    if isinstance(mode, overrides.TorchFunctionMode):
        stack = overrides._get_current_function_mode_stack()
    else:
        stack = _python_dispatch._get_current_dispatch_mode_stack()
    if stack and stack[-1] is mode:
        mode.__exit__(None, None, None)
