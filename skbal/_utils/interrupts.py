"""A Ctrl-C that is never lost, and leaves scikit-learn as it was."""

import signal
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

    After a Ctrl-C the settings of scikit-learn are those from before the block. They
    would stay changed if it came where scikit-learn changes them back, and parameters
    would be checked no longer.

    Raises
    ------
    KeyboardInterrupt
        At the end of the block.
    """

    def __enter__(self):
        self._settings = get_config()
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
        if dropped:
            raise KeyboardInterrupt from error
