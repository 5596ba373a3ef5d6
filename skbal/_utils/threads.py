"""One thread for arithmetic, so that results do not depend on the number of threads."""

import sys
import threading
from contextlib import contextmanager, nullcontext

from threadpoolctl import ThreadpoolController

from skbal._utils.lazy import lazy_module, load_module

torch = lazy_module("torch")

_lock = threading.Lock()
# The blocks that are open in all threads, and what to put back after the last one.
_open = {"blocks": 0, "blas": {}, "torch_blocks": 0, "torch_threads": 1}
_local = threading.local()


@contextmanager
def one_thread(*estimators):
    """Let NumPy, SciPy and torch use one thread inside the block.

    Sums over several threads are rounded in another way than over one, and the training
    of a network amplifies small differences. A worker process of joblib has fewer
    threads than the main process, so without this a run would depend on ``n_jobs``.

    Blocks may be nested and may overlap in several threads. BLAS has one number of
    threads for the whole process: the first block sets it, the last one to end restores
    it.

    Parameters
    ----------
    *estimators : estimator
        Estimators that are fitted in the block. If one of them uses torch, torch is
        imported before the block begins. If it were imported inside the block, it would
        set its own number of threads.
    """
    if any(uses_torch(estimator) for estimator in estimators):
        load_module("torch")
    libraries = ThreadpoolController()
    _enter(libraries)
    try:
        with _still_many(libraries).limit(limits=1), _torch_if_loaded():
            yield
    finally:
        _leave()


@contextmanager
def one_torch_thread():
    """Let torch use one thread inside the block.

    This takes microseconds, but does not limit NumPy and SciPy. torch has a number of
    threads for each thread of Python, and one for new threads, which is the one set
    last.
    """
    if getattr(_local, "on_one_thread", False):
        yield
        return
    with _lock:
        found = torch.get_num_threads()
        if not _open["torch_blocks"]:
            _open["torch_threads"] = found
        _open["torch_blocks"] += 1
        torch.set_num_threads(1)
    _local.on_one_thread = True
    try:
        yield
    finally:
        _local.on_one_thread = False
        with _lock:
            _open["torch_blocks"] -= 1
            # A thread that began while another had a block found only the 1 of that.
            torch.set_num_threads(_open["torch_threads"] if found == 1 else found)


def uses_torch(estimator):
    """Return whether an estimator or a part of it uses torch.

    The bases of a class decide, so that a user's subclass counts like the class itself.

    Parameters
    ----------
    estimator : object
        All its parameters count, also those of nested estimators and those in lists
        and dictionaries, such as the grid of a search.

    Returns
    -------
    uses_torch : bool
        True if a class among them has a true attribute ``_uses_torch`` or inherits
        from a class of torch or skorch.
    """
    if isinstance(estimator, dict):
        return any(map(uses_torch, estimator.values()))
    if isinstance(estimator, (list, tuple)):
        return any(map(uses_torch, estimator))
    if isinstance(estimator, type):
        return _is_on_torch(estimator)
    if _is_on_torch(type(estimator)):
        return True
    if not hasattr(estimator, "get_params"):
        return False
    return any(map(uses_torch, estimator.get_params(deep=False).values()))


def _is_on_torch(kind):
    if getattr(kind, "_uses_torch", False):
        return True
    packages = {base.__module__.partition(".")[0] for base in kind.__mro__}
    return not packages.isdisjoint(("torch", "skorch"))


def _torch_if_loaded():
    return one_torch_thread() if "torch" in sys.modules else nullcontext()


def _enter(libraries):
    with _lock:
        _open["blocks"] += 1
        _in_a_short_thread(_limit, libraries.select(user_api="blas"))


def _leave():
    with _lock:
        _open["blocks"] -= 1
        if not _open["blocks"]:
            _in_a_short_thread(_restore)


def _still_many(libraries):
    """Return the libraries that have a number of threads for each thread."""
    # These are OpenMP, and BLAS if this thread has set its number before the block.
    paths = [lib.filepath for lib in libraries.lib_controllers if lib.num_threads != 1]
    return libraries.select(filepath=paths)


def _in_a_short_thread(function, *arguments):
    # Since threadpoolctl 3.8, BLAS obeys only the thread that has set it first, as
    # long as that thread lives. So the block that ends last could not restore it.
    thread = threading.Thread(target=function, args=arguments)
    thread.start()
    thread.join()


def _limit(libraries):
    for library in libraries.lib_controllers:
        before = (library, library.num_threads)
        _open["blas"].setdefault(library.filepath, before)
        library.set_num_threads(1)


def _restore():
    for library, n_threads in _open["blas"].values():
        library.set_num_threads(n_threads)
    _open["blas"].clear()
