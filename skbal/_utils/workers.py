"""Calls spread over joblib's workers, and repeated if a worker dies."""

import logging
from concurrent.futures import BrokenExecutor, CancelledError
from functools import partial
from itertools import islice

from joblib import effective_n_jobs
from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel, delayed

from skbal._utils.on_dask import is_dask, results_on_dask

logger = logging.getLogger(__name__)

_CALLS_PER_WORKER = 8  # at once, so that a slow call does not keep the others waiting
_UNREADABLE = (
    "A worker could not read what it was sent, or its result could not be read here. "
    "Is a class or a function in it defined in a script or a notebook? Put it into a "
    "file of its own and import it. n_jobs=1 and joblib's threading backend need no "
    "sending."
)
_ROUNDS = 3  # number of times that a call is tried if workers die


def call_all(function, arguments, n_jobs=None):
    """Yield the results of many calls, in the order in which they finish.

    The arguments are iterated over in the caller's thread, only a few calls ahead. So
    an iterator may make them late, and use the results that came before.

    Parameters
    ----------
    function : callable
        Picklable, if there are several workers.
    arguments : iterable of tuple
        Positional arguments of each call.
    n_jobs : int, optional
        As in `joblib.Parallel`.

    Yields
    ------
    number : int
        Position of the call among the arguments, from 0.
    result : object
        What the function returned.

    Raises
    ------
    Exception
        The error of the function, unchanged and at once. If workers die repeatedly, or
        cannot read what they are sent, the error of joblib's backend, with a note on
        what to try.
    """
    calls = enumerate(arguments)
    n_workers = effective_n_jobs(n_jobs)
    if n_workers == 1:
        yield from ((number, function(*given)) for number, given in calls)
        return
    while missing := dict(islice(calls, _CALLS_PER_WORKER * n_workers)):
        for attempt in range(1, _ROUNDS + 1):
            yield from _call_once(function, missing, n_jobs, attempt)


def _call_once(function, missing, n_jobs, attempt):
    """Yield results and remove them from ``missing``, until a worker dies."""
    if not missing:
        return
    try:
        for number, result in _results(function, list(missing.items()), n_jobs):
            del missing[number]
            yield number, result
    except Exception as error:
        if _is_unreadable(error):
            error.add_note(_UNREADABLE)
            raise
        if not _is_lost_worker(error):
            raise
        if attempt == _ROUNDS:
            error.add_note(
                f"Workers died in {_ROUNDS} rounds, and the last {len(missing)} calls "
                "could not be finished. Do they run out of memory? Try a smaller "
                "batch_size or fewer workers, and n_jobs=1 to see errors where they "
                "happen."
            )
            raise
        logger.warning(
            "A worker died (%s): %d calls are made again.",
            type(error).__name__,
            len(missing),
        )


def _results(function, calls, n_jobs):
    """Yield the number and the result of each call, as the calls finish."""
    numbered = partial(_numbered, function)
    backend, _ = get_active_backend()
    if is_dask(backend):
        return results_on_dask(backend, numbered, calls)
    return _parallel(n_jobs)(delayed(numbered)(*call) for call in calls)


def _parallel(n_jobs):
    for return_as in ("generator_unordered", "generator"):
        try:
            return Parallel(n_jobs=n_jobs, pre_dispatch="all", return_as=return_as)
        except ValueError:
            continue  # joblib before 1.4
    # joblib's multiprocessing backend returns only whole lists.
    return Parallel(n_jobs=n_jobs, pre_dispatch="all")


def _numbered(function, number, given):
    return number, function(*given)


def _is_unreadable(error):
    # loky then ends its workers, and says so by the same error as if they had died.
    return isinstance(error, BrokenExecutor) and "un-serialize" in str(error)


def _is_lost_worker(error):
    # The errors of loky, of dask for lost data, and of dask for a call that it gave up.
    if isinstance(error, (BrokenExecutor, CancelledError)):
        return True
    kind = type(error)
    return kind.__name__ == "KilledWorker" and kind.__module__.startswith("distributed")
