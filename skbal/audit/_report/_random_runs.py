"""Runs of random choice beside the run that a report is of."""

import numpy as np
from sklearn.base import clone

from skbal._utils.lazy import lazy_module
from skbal._utils.random import next_seed, stream
from skbal._utils.seeds_of import fill_random_states
from skbal.audit._report._source import NotChecked
from skbal.loop import ActiveLearningLoop, History
from skbal.oracles import LabelOracle, NoisyOracle
from skbal.query import Random

_learner = lazy_module("skbal.learner")  # it loads modAL

_HOW = (
    "Give compare_random: the history of a run with skbal.query.Random, a list of them "
    "or a Comparison; or True to repeat this run once with Random, which trains as "
    "many models again."
)


def random_runs(source):
    """Return the histories of random choice that were given, or make one.

    A history that was made is kept in the options of the source, so that the run is
    made once.

    Parameters
    ----------
    source : Source
        Its option ``compare_random`` is False, True, a History or a list of them.

    Returns
    -------
    runs : list of History

    Raises
    ------
    NotChecked
        If there are none and none can be made.
    """
    given = source.options.get("compare_random", False)
    if given is False or given is None:
        raise NotChecked("There is no run of random choice to compare with.", _HOW)
    if given is True:
        given = source.options["compare_random"] = _repeated(source)
    runs = [given] if isinstance(given, History) else list(given)
    if not all(len(run) and np.isfinite(run.scores).all() for run in runs):
        raise NotChecked(
            "A run of random choice has no scores.",
            "Give its loop X_test and y_test before it runs.",
        )
    return runs


def _repeated(source):
    """Repeat the run with random choice, from the same first labels."""
    seed = next_seed(stream(source.random_state, "random choice"))
    if source.simulation is not None:
        return _of_simulation(source, seed)
    if not isinstance(source.oracle, (LabelOracle, NoisyOracle)):
        raise NotChecked(
            "The run cannot be repeated with random choice, because its oracle does "
            "not know the labels of the whole pool.",
            _HOW.partition("; or")[0] + ".",
        )
    if hasattr(source.learner, "learner_list"):
        raise NotChecked("A committee is not built anew for random choice.", _HOW)
    return _of_loop(source, seed).run().history_


def _of_loop(source, seed):
    old, learner = source.loop, source.learner
    before = np.asarray(learner.indices_training) < 0  # taught before the loop began
    first = {}
    if before.any():
        first = {
            "X_training": _rows(learner.X_training, before),
            "y_training": np.asarray(learner.y_training)[before],
        }
    estimator = fill_random_states(clone(learner.estimator), seed)
    return ActiveLearningLoop(
        _learner.ActiveLearner(
            estimator,
            Random(random_state=seed),
            label_filter=_unfitted(learner.label_filter),
            **first,
        ),
        old.X_pool,
        clone(source.oracle, safe=False),
        n_queries=len(source.history) - 1,
        n_instances=old.n_instances,
        initial=np.array(source.history[0].indices, np.intp),
        candidates=old.candidates,
        max_rejected=old.max_rejected,
        X_test=old.X_test,
        y_test=old.y_test,
        scoring=old.scoring,
        sample_weight=old.sample_weight,
    )


def _unfitted(part):
    return None if part is None else clone(part, safe=False)


def _rows(X, mask):
    return X.loc[mask] if hasattr(X, "loc") else X[mask]


def _of_simulation(source, seed):
    simulation = source.simulation
    if not isinstance(simulation.random_state, (int, np.integer)):
        raise NotChecked(
            "The run cannot be repeated from the same first labels, because its "
            "random_state is no integer.",
            _HOW.partition("; or")[0] + ".",
        )
    y = np.asarray(source.y_pool)
    again = clone(simulation).set_params(query_strategy=Random(random_state=seed))
    return again.fit(source.pool_rows(), y).history_
