"""How long a call takes."""

from time import perf_counter


def timed(function, *args, **kwargs):
    """Return what a function returns, and the seconds it took."""
    start = perf_counter()
    result = function(*args, **kwargs)
    return result, perf_counter() - start
