"""One thread for arithmetic: results that do not depend on how many there are."""

import sys
import threading
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

# Estimators of these import torch when they are fitted.
_ON_TORCH = (
    "torch",
    "skorch",
    "skbal.models._dropout",
    "skbal.models._laplace",
    "skbal.models._last_layer",
)
_lock = threading.Lock()
_state = {"entered": 0, "torch_threads": None}


@contextmanager
def one_thread(*estimators):
    """Let NumPy, SciPy and torch use one thread inside the block.

    Sums over several threads are rounded otherwise than over one, and a network's
    training makes much of a little. A worker process of joblib has fewer threads than
    the main process has, so without this a run would depend on ``n_jobs``.

    Blocks may be nested and may overlap in several threads: what was before comes back
    when the last one ends.

    Parameters
    ----------
    *estimators : estimator
        What is fitted in the block: torch is imported here if one of them is a network,
        since loaded inside the block it would set its own number of threads.
    """
    if any(_is_on_torch(estimator) for estimator in estimators):
        import torch  # noqa: F401
    with threadpool_limits(limits=1):
        _enter()
        try:
            yield
        finally:
            _leave()


def _is_on_torch(estimator):
    parts = [estimator]
    if hasattr(estimator, "get_params") and not isinstance(estimator, type):
        parts += estimator.get_params(deep=True).values()
    return any(type(part).__module__.startswith(_ON_TORCH) for part in parts)


def _enter():
    torch = sys.modules.get("torch")
    with _lock:
        _state["entered"] += 1
        if torch is not None and _state["entered"] == 1:
            _state["torch_threads"] = torch.get_num_threads()
    if torch is not None:
        torch.set_num_threads(1)  # also for this very thread


def _leave():
    torch = sys.modules.get("torch")
    with _lock:
        _state["entered"] -= 1
        before = _state["torch_threads"]
        if _state["entered"] == 0 and torch is not None and before is not None:
            torch.set_num_threads(before)
            _state["torch_threads"] = None
