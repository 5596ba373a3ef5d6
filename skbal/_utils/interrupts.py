"""A Ctrl-C that Python drops is raised a little later."""

import signal
import threading

_came = []


def _note(number, frame):
    _came.append(number)
    signal.default_int_handler(number, frame)


class CtrlCKept:
    """At the end of the block, raise a Ctrl-C that came in it and was dropped.

    Python drops any error in a finalizer, and at some places of its copying. A loop
    would go on as if nobody had pressed a key. An error that came after the Ctrl-C is
    the cause of the KeyboardInterrupt.

    Nothing is done in other threads, which get no Ctrl-C, and where a program has a
    handler of its own.

    Raises
    ------
    KeyboardInterrupt
        At the end of the block.
    """

    def __enter__(self):
        in_main = threading.current_thread() is threading.main_thread()
        # An earlier block that a Ctrl-C cut off at its end leaves _note.
        ours = signal.getsignal(signal.SIGINT) in (signal.default_int_handler, _note)
        self._active = in_main and ours
        if self._active:
            _came.clear()
            signal.signal(signal.SIGINT, _note)

    def __exit__(self, kind, error, traceback):
        if not self._active:
            return
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if _came and kind is not KeyboardInterrupt:
            raise KeyboardInterrupt from error
