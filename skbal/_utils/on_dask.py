"""Calls on the cluster of joblib's dask backend, by dask's own client.

joblib waits for ever where dask gives up a call because workers died under it, so it
is asked only which cluster to use.
"""

import pickle

from sklearn import config_context, get_config

_LARGE = 8_000_000  # bytes of a function that is not sent anew with each call


def is_dask(backend):
    """Return whether a backend of joblib is that of dask.

    Parameters
    ----------
    backend : joblib.parallel.ParallelBackendBase
        As `joblib.parallel.get_active_backend` gives it.

    Returns
    -------
    is_dask : bool
    """
    return type(backend).__name__ == "DaskDistributedBackend"


def results_on_dask(backend, function, calls):
    """Give the results of calls on a dask cluster, as they come.

    The arguments travel with each call, so dask itself makes a call again whose worker
    died.

    Parameters
    ----------
    backend : joblib's dask backend
        Knows the client.
    function : callable
        Picklable.
    calls : list of tuple
        The positional arguments of each call.

    Yields
    ------
    result : object
        What the function returned, in any order.

    Raises
    ------
    Exception
        What the function raises; distributed's ``KilledWorker`` or a
        `concurrent.futures.CancelledError` where dask had to give up.
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
    # In a task of the cluster itself, its thread is lent to others while this waits.
    with backend.retrieval_context():
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            if left := [future for future in futures if not future.done()]:
                client.cancel(left)


class _Sealed:
    # Dask looks for futures in each list and tuple that it is given.
    def __init__(self, content):
        self.content = content


def _call(config, function, arguments):
    with config_context(**config):
        return function(*arguments.content)


def _pickled_size(content):
    try:
        return len(pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL))
    except (pickle.PicklingError, AttributeError, TypeError):
        return 0  # a function of a notebook, say, which dask pickles in its own way
