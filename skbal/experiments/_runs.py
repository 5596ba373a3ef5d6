"""The runs of a comparison: what the strategies of one repeat share, and one run."""

from skbal._utils.random import next_seed, stream
from skbal._utils.threads import one_thread
from skbal.simulation._build import (
    RunSettings,
    build_loop,
    check_settings,
    observed_estimator,
    start_run,
)

__all__ = ["RunSettings", "check_settings", "observed_estimator", "prepare", "run"]


def prepare(settings, number, seed):
    """Return the split, the first labels and the seeds of a repeat.

    Parameters
    ----------
    settings : RunSettings
        The settings of the comparison.
    number : int
        The number of the repeat. Other repeats have no influence on it.
    seed : int
        The seed of the comparison.

    Returns
    -------
    start : RunStart

    Raises
    ------
    TypeError, ValueError
        If there are not enough rows for a test, first labels and a query. What
        ``initial`` raises passes through.
    """
    start = start_run(settings, next_seed(stream(seed, "repeat", number)))
    n_left = len(start.candidates) - len(start.initial)
    # Otherwise the curves would have one step, and all strategies would be equal.
    if settings.n_instances > n_left:
        raise ValueError(
            f"n_instances of {settings.owner} is {settings.n_instances}, but besides "
            f"the test rows and the first labels X holds only {n_left} rows."
        )
    return start


def run(settings, start, estimator, strategy, number, name):
    """Return the history of one strategy in one repeat.

    Parameters
    ----------
    settings : RunSettings
        The settings of the comparison.
    start : RunStart
        What the strategies of the repeat share.
    estimator : estimator
        The estimator with the seeds of the repeat, which has seen the pool.
    strategy : callable
        The query strategy. It is cloned.
    number : int
        The number of the repeat, for a note on errors.
    name : str
        The name of the strategy, for a note on errors.

    Returns
    -------
    history : History
    """
    try:
        with one_thread(settings.estimator, strategy):
            loop = build_loop(settings, start, strategy, estimator=estimator)
            history = loop.run().history_
        history.provenance |= {"seeds": start.seeds}
        return history
    except Exception as error:
        error.add_note(f"compare: in repeat {number} of {name!r}.")
        raise
