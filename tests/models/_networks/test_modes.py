"""A mode that a Ctrl-C interrupts is off afterwards, wherever the Ctrl-C came."""

import sys

import pytest
import torch
from torch import overrides
from torch.nn import functional as F
from torch.utils import _python_dispatch

from skbal.models._dropout._masks import MaskedDropout, Masks
from skbal.models._networks._modes import in_mode, no_grad
from skbal.models._networks._noise import Calm, Noise

MODULES = ("/overrides.py", "/_python_dispatch.py", "/_modes.py", "/_masks.py")


def stacks():
    return [
        *overrides._get_current_function_mode_stack(),
        *_python_dispatch._get_current_dispatch_mode_stack(),
    ]


def masked():
    return MaskedDropout(Masks(0, torch.device("cpu")), range(1))


def calm():
    return Noise(Calm())


def a_pass(x):
    return F.dropout(x, 0.5, True)


def interrupted_at_call(number, mode):
    """Run a pass; raise KeyboardInterrupt on entering the function of this number."""
    n_calls = 0

    def trace(frame, event, arg):
        nonlocal n_calls
        n_calls += frame.f_code.co_filename.endswith(MODULES)
        if n_calls == number:
            sys.settrace(None)
            raise KeyboardInterrupt
        return None

    x = torch.ones(2, 3)
    sys.settrace(trace)
    try:
        in_mode(mode, a_pass, x)
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(None)
    return False


@pytest.mark.parametrize("make", [masked, calm])
def test_no_mode_is_left_by_a_ctrl_c_at_any_call(make):
    number, was_interrupted = 0, True
    with torch.no_grad():
        in_mode(make(), a_pass, torch.ones(2, 3))  # imports what torch needs
        while was_interrupted:
            number += 1
            was_interrupted = interrupted_at_call(number, make())
            assert not stacks()
            x = torch.ones(2, 3)
            assert torch.equal(F.dropout(x, 0.5, training=False), x)
    assert number > 5


@pytest.mark.parametrize("make", [masked, calm])
def test_what_two_ctrl_c_left_does_not_act_and_goes_with_the_next_pass(make):
    with torch.no_grad():
        x, stale, outer = torch.ones(2, 3), make(), make()
        stale.__enter__()
        stale.on = False
        assert torch.equal(F.dropout(x, 0.5, training=False), x)

        def interrupted_inside(x):
            inner = make()
            inner.__enter__()
            inner.on = False
            return x

        in_mode(outer, interrupted_inside, x)
    assert not stacks()


def test_modes_of_others_stay():
    class Theirs(overrides.TorchFunctionMode):
        on = False

        def __torch_function__(self, func, types, args=(), kwargs=None):
            return func(*args, **(kwargs or {}))

    with Theirs() as theirs, torch.no_grad():
        in_mode(masked(), a_pass, torch.ones(2, 3))
        assert stacks() == [theirs]


@pytest.mark.parametrize("number", range(1, 9))
def test_gradients_are_on_again_wherever_a_ctrl_c_came(number):
    n_calls = 0

    def trace(frame, event, arg):
        nonlocal n_calls
        n_calls += frame.f_code.co_filename.endswith(("/_modes.py", "/contextlib.py"))
        if n_calls == number:
            sys.settrace(None)
            raise KeyboardInterrupt
        return None

    sys.settrace(trace)
    try:
        with no_grad():
            assert not torch.is_grad_enabled()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(None)
    assert torch.is_grad_enabled()
