"""A callback that ends the training, told from the Ctrl-C of a person.

Both are a KeyboardInterrupt: a callback of skorch raises it to end the training.
"""

import dis
import signal

_RAISE = dis.opmap["RAISE_VARARGS"]


def is_raised_by_code(error):
    """Return whether a KeyboardInterrupt comes from a ``raise`` in a callback.

    The one of a Ctrl-C appears between two instructions, or in a signal handler.

    Parameters
    ----------
    error : KeyboardInterrupt
        The error that was caught.

    Returns
    -------
    by_code : bool
    """
    traceback = error.__traceback__
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    code = traceback.tb_frame.f_code
    handler = signal.getsignal(signal.SIGINT)
    if code is getattr(handler, "__code__", None):
        return False
    return code.co_code[traceback.tb_lasti] == _RAISE
