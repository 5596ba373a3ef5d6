"""The time of a call."""

from time import perf_counter


def timed(function, *args, **kwargs):
    """Return the result of a call, and the seconds that it took."""
    start = perf_counter()
    result = function(*args, **kwargs)
    return result, perf_counter() - start
