"""A result that takes a while, and that many people ask for."""

import threading
import time


class Kept:
    """Compute something, and give the same to all who ask within some seconds.

    One thread computes, and others meanwhile get what there was before: they are needed
    for what people answer. A result is kept for ten times as long as it took, so that a
    large campaign spends at most a tenth of its time on it.

    Parameters
    ----------
    compute : callable
        Gives the result.
    seconds : float, default=2.0
        Shortest time for which it is kept.
    clock : callable, default=time.monotonic
        Gives the time in seconds.

    Examples
    --------
    >>> count = iter(range(9))
    >>> kept = Kept(lambda: next(count))
    >>> kept.get(), kept.get()
    (0, 0)
    """

    def __init__(self, compute, seconds=2.0, clock=time.monotonic):
        self._compute, self._seconds, self._clock = compute, seconds, clock
        self._lock = threading.Lock()
        self._result, self._until = None, None

    def get(self):
        """Return the result, which is computed if there is none or it is old."""
        is_first = self._until is None
        if not self._lock.acquire(blocking=is_first):
            return self._result
        try:
            start = self._clock()
            if self._until is None or start >= self._until:
                self._result = self._compute()
                took = self._clock() - start
                self._until = start + took + max(self._seconds, 10 * took)
            return self._result
        finally:
            self._lock.release()
