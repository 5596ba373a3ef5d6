"""Calls on the cluster of joblib's dask backend, by dask's own client.

If workers die, dask gives up a call, and joblib then waits for ever. So joblib is asked
only which cluster to use.
"""

import pickle

from sklearn import config_context, get_config

_LARGE = 8_000_000  # bytes of a function that is sent to each worker only once


def is_dask(backend):
    """Return whether a joblib backend is the one of dask.

    Parameters
    ----------
    backend : joblib.parallel.ParallelBackendBase
        As `joblib.parallel.get_active_backend` returns it.

    Returns
    -------
    is_dask : bool
    """
    return type(backend).__name__ == "DaskDistributedBackend"


def results_on_dask(backend, function, calls):
    """Yield the results of calls on a dask cluster, in the order in which they finish.

    The arguments are sent with each call. So dask repeats a call if its worker died.

    Parameters
    ----------
    backend : joblib's dask backend
        Holds the client.
    function : callable
        Picklable.
    calls : list of tuple
        The positional arguments of each call.

    Yields
    ------
    result : object
        What the function returned.

    Raises
    ------
    Exception
        The error of the function. If dask gave up, distributed's ``KilledWorker`` or
        `concurrent.futures.CancelledError`.
    """
    import dask
    from distributed import as_completed

    client = backend.client
    if _pickled_size(function) > _LARGE:
        function = client.scatter(function, hash=False, broadcast=True)
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"}):
        futures = [
            client.submit(_call, get_config(), function, _Sealed(call), pure=False)
            for call in calls
        ]
    # Inside a task of the cluster, this lends its thread to others while it waits.
    with backend.retrieval_context():
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            if left := [future for future in futures if not future.done()]:
                client.cancel(left)


class _Sealed:
    # dask searches every list and tuple for futures, but not this.
    def __init__(self, content):
        self.content = content


def _call(config, function, arguments):
    with config_context(**config):
        return function(*arguments.content)


def _pickled_size(content):
    try:
        return len(pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL))
    except (pickle.PicklingError, AttributeError, TypeError):
        return 0  # such as a function of a notebook, which dask pickles in its own way
