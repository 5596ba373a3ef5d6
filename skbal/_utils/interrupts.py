"""A Ctrl-C that is never lost, and leaves scikit-learn and torch as they were."""

import signal
import sys
import threading

from sklearn import get_config, set_config

_came = []


def _note(number, frame):
    _came.append(number)
    signal.default_int_handler(number, frame)


class CtrlCKept:
    """At the end of the block, raise a Ctrl-C that came in it and was dropped.

    Python drops any error in a finalizer, and at some places of its copying. A loop
    would go on as if nobody had pressed a key. An error that came after the Ctrl-C is
    the cause of the KeyboardInterrupt.

    In other threads, which get no Ctrl-C, and where a program has a handler of its own,
    none is raised.

    After a Ctrl-C the settings of scikit-learn are those from before the block, and so
    are torch's random stream and whether it computes gradients. They would stay changed
    if it came where the library changes them back: parameters would be checked no
    longer, and networks would not learn.

    Raises
    ------
    KeyboardInterrupt
        At the end of the block.
    """

    def __enter__(self):
        self._settings, self._torch = get_config(), _torch_state()
        in_main = threading.current_thread() is threading.main_thread()
        # An earlier block that a Ctrl-C cut off at its end leaves _note.
        ours = signal.getsignal(signal.SIGINT) in (signal.default_int_handler, _note)
        self._active = in_main and ours
        if self._active:
            _came.clear()
            signal.signal(signal.SIGINT, _note)

    def __exit__(self, kind, error, traceback):
        dropped = False
        if self._active:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            dropped = bool(_came) and kind is not KeyboardInterrupt
        if dropped or kind is KeyboardInterrupt:
            set_config(**self._settings)
            _restore_torch(self._torch)
        if dropped:
            raise KeyboardInterrupt from error


def _torch_state():
    """Return what a Ctrl-C may leave changed in torch, or None if it is not loaded."""
    torch = sys.modules.get("torch")
    generator = getattr(torch, "default_generator", None)
    if generator is None:
        return None
    return torch.is_grad_enabled(), generator.get_state()


def _restore_torch(state):
    if state is not None:
        torch = sys.modules["torch"]
        gradients, stream = state
        torch.set_grad_enabled(gradients)
        torch.default_generator.set_state(stream)
