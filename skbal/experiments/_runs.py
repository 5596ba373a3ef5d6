"""The runs of a comparison: what the strategies of one repeat share, and one run."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from skbal._utils.pools import n_rows, subset, take
from skbal._utils.random import next_seed, stream
from skbal._utils.seeds_of import fill_random_states
from skbal._utils.tags import finite_rule, regresses
from skbal._utils.threads import one_thread
from skbal.experiments._strategies import OWNER
from skbal.learner import ActiveLearner
from skbal.loop import ActiveLearningLoop
from skbal.seeding import BalancedSeed, RandomSeed
from skbal.simulation._parts import hold_out, make_oracle, part_seeds


@dataclass(frozen=True)
class Setting:
    """What all runs share; the parameters are those of `compare`."""

    estimator: object
    X: object
    y: np.ndarray
    n_queries: int
    n_instances: int
    seed: object
    label_filter: object
    oracle_noise: object
    max_rejected: object
    test_size: float
    X_test: object
    y_test: object
    scoring: object

    @property
    def regression(self):
        """Whether the estimator is a regressor."""
        return regresses(self.estimator)

    @property
    def force_all_finite(self):
        """Whether NaN is refused: an estimator that takes it is given it."""
        return finite_rule(self.estimator)


@dataclass(frozen=True)
class Repeat:
    """What the strategies of one repeat share.

    Parameters
    ----------
    number : int
        Which one, from 0.
    seeds : dict of str to int
        For each part of a run.
    candidates, held_out : ndarray of int
        The rows that may be asked about, and those to score on.
    initial : ndarray of int
        The rows that are labelled first.
    """

    number: int
    seeds: dict
    candidates: np.ndarray
    held_out: np.ndarray
    initial: np.ndarray


def prepare(setting, number, seed):
    """Return the split, the first labels and the seeds of a repeat.

    Parameters
    ----------
    setting : Setting
        Of the comparison.
    number : int
        Which repeat; the others have no influence on it.
    seed : int
        Of the comparison.

    Returns
    -------
    repeat : Repeat

    Raises
    ------
    TypeError, ValueError
        If the rows are not enough for a test, first labels and a query. What the seed
        raises passes through.
    """
    seeds = part_seeds(next_seed(stream(seed, "repeat", number)))
    candidates, held_out = hold_out(
        setting.y,
        setting.test_size if setting.X_test is None else None,
        "test_size",
        OWNER,
        stratify=not setting.regression,
        seed=seeds["split"],
    )
    selector = fresh_clone(_seed(setting, len(candidates)), seeds["seed"])
    everything = len(candidates) == n_rows(setting.X)
    X = setting.X if everything else subset(setting.X, candidates)
    with one_thread():
        initial = candidates[selector.select(X, setting.y[candidates])]
    _check_pool(setting.n_instances, len(candidates) - len(initial))
    return Repeat(number, seeds, candidates, held_out, initial)


def run(setting, repeat, name, strategy):
    """Return the history of one strategy in one repeat.

    Parameters
    ----------
    setting : Setting
        Of the comparison.
    repeat : Repeat
        What its strategies share.
    name : str
        Of the strategy, for a note on errors.
    strategy : callable
        It is cloned.

    Returns
    -------
    history : History
    """
    try:
        with one_thread(setting.estimator, strategy):
            return _loop(setting, repeat, strategy).run().history_
    except Exception as error:
        error.add_note(f"compare: in repeat {repeat.number} of {name!r}.")
        raise


def fresh_clone(part, seed):
    """Return a copy of a part whose random states are all set anew.

    Also where they were integers: repeats that share their chance are no repeats, and
    would scatter too little.

    Parameters
    ----------
    part : object
        An estimator, query strategy, seed or filter, or None.
    seed : int
        Of all its random states.

    Returns
    -------
    copy : object
    """
    return fill_random_states(clone(part, safe=False), seed, every=True)


def _check_pool(n_instances, n_left):
    # Else the curves would have no step, and all strategies be the same.
    if n_instances > n_left:
        raise ValueError(
            f"n_instances of {OWNER} is {n_instances}, but besides the test rows and "
            f"the first labels X holds only {n_left} rows."
        )


def _seed(setting, n_candidates):
    if setting.seed is not None:
        return setting.seed
    if setting.regression:
        return RandomSeed(min(20, (n_candidates + 1) // 2))
    return BalancedSeed(2)


def _loop(setting, repeat, strategy):
    seeds = repeat.seeds
    learner = ActiveLearner(
        fresh_clone(setting.estimator, seeds["estimator"]),
        fresh_clone(strategy, seeds["query_strategy"]),
        label_filter=fresh_clone(setting.label_filter, seeds["label_filter"]),
        force_all_finite=setting.force_all_finite,
    )
    X_test, y_test = setting.X_test, setting.y_test
    if X_test is None:
        X_test, y_test = take(setting.X, repeat.held_out), setting.y[repeat.held_out]
    kind = "gaussian" if setting.regression else "uniform"
    return ActiveLearningLoop(
        learner,
        setting.X,
        make_oracle(setting.y, setting.oracle_noise, kind, seeds["oracle"]),
        n_queries=setting.n_queries,
        n_instances=setting.n_instances,
        initial=repeat.initial,
        candidates=repeat.candidates,
        max_rejected=setting.max_rejected,
        X_test=X_test,
        y_test=y_test,
        scoring=setting.scoring,
    )
