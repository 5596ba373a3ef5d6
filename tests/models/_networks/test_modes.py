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


@pytest.mark.parametrize(
    ("make", "pop"), [(masked, overrides._pop_mode), (calm, _python_dispatch._pop_mode)]
)
def test_no_mode_acts_after_a_ctrl_c_at_any_call(make, pop):
    number, was_interrupted = 0, True
    with torch.no_grad():
        in_mode(make(), a_pass, torch.ones(2, 3))  # imports what torch needs
        while was_interrupted:
            number += 1
            mode = make()
            was_interrupted = interrupted_at_call(number, mode)
            if any(other is mode for other in stacks()):
                assert not mode.on
                pop()
            x = torch.ones(2, 3)
            assert torch.equal(F.dropout(x, 0.5, training=False), x)
    assert number > 5


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
