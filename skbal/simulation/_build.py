"""One builder of loops on known labels, for simulations and for comparisons.

A run is made of three things: `RunSettings` (all that a user says, except for the query
strategy), `RunStart` (what one seed decides before the first query), and the loop that
`build_loop` makes of both and a strategy.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import train_test_split

from skbal._utils.feature_rows import check_has_features
from skbal._utils.indices import check_indices
from skbal._utils.initial import (
    check_initial,
    initial_rows,
    noting_default,
    selects_rows,
)
from skbal._utils.multilabel import gaps_of, holds_labels
from skbal._utils.observers import show_pool, wants_pool
from skbal._utils.pickled_version import KnowsItsVersion
from skbal._utils.pools import n_rows, sliceable, subset, take
from skbal._utils.random import SMALL_SEEDS, stream
from skbal._utils.scoring import check_scorer
from skbal._utils.seeds_of import fill_random_states
from skbal._utils.threads import one_thread
from skbal._utils.unanswered import unanswered
from skbal._utils.validation import check_fits, check_real
from skbal._utils.votes import check_votes_for, learns_votes
from skbal._utils.weights import check_pool_weights
from skbal.learner import ActiveLearner
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle, NoisyOracle
from skbal.seeding import BalancedSeed, RandomSeed

# The order decides which part gets which integer: append new parts at the end.
_PARTS = ("estimator", "query_strategy", "initial", "label_filter", "oracle", "split")


@dataclass(frozen=True)
class RunSettings(KnowsItsVersion):
    """All settings of a run on known labels, except for the query strategy.

    A folder of runs knows a run by them, and so by the version of skbal: a comparison
    never mixes the runs of two versions.

    Parameters
    ----------
    owner : str
        The class or function that has these settings, for messages.
    estimator : estimator
        The model that learns.
    X : array-like of shape (n_samples, ...)
        The rows.
    y : ndarray of shape (n_samples, ...)
        Their true labels.
    regression : bool
        Whether y holds numbers: noise is then Gaussian, and the test rows are drawn
        without regard to classes.
    new_states : bool
        Whether random states that are integers are set again for each run, too, and not
        only those that are None.
    initial, label_filter, oracle_noise, n_queries, n_instances, max_rejected, \
stopping, test_size, X_test, y_test, scoring, sample_weight : object
        As for `skbal.ActiveLearningClassifier` and `skbal.experiments.compare`.
    test_is_optional : bool, default=False
        Whether ``test_size`` may be None, for a message.
    """

    owner: str
    estimator: object
    X: object
    y: np.ndarray
    regression: bool
    new_states: bool
    n_queries: int
    n_instances: int
    initial: object = None
    label_filter: object = None
    oracle_noise: object = None
    max_rejected: object = None
    stopping: object = None
    test_size: float = None
    X_test: object = None
    y_test: object = None
    scoring: object = None
    sample_weight: object = None
    test_is_optional: bool = False

    def part(self, part, seed):
        """Return a copy of a part of the run, with random states from a seed."""
        return seeded_copy(part, seed, every=self.new_states)


@dataclass(frozen=True)
class RunStart:
    """What is decided before the first query, and independent of the strategy.

    Parameters
    ----------
    seeds : dict of str to int
        One integer for each part of a run.
    candidates, held_out : ndarray of int
        The rows that may be asked about, and the rows to score on.
    initial : ndarray of int
        The rows that are labelled first.
    """

    seeds: dict
    candidates: np.ndarray
    held_out: np.ndarray
    initial: np.ndarray


def seeded_copy(part, seed, *, every):
    """Return a copy of a part of a run that has integers as random states.

    Parameters
    ----------
    part : object
        An estimator, a query strategy, a filter or what selects rows. None stays None.
    seed : int
        Decides the integers.
    every : bool
        Whether random states that are integers are set again, too.

    Returns
    -------
    copy : object
    """
    if part is None:
        return None
    return fill_random_states(clone(part, safe=False), seed, every=every)


def check_settings(settings):
    """Raise a TypeError or a ValueError if a part of a run is not as it must be."""
    owner, estimator = settings.owner, settings.estimator
    check_fits(estimator, owner)
    check_has_features(settings.X, estimator, f"X given to {owner}")
    if settings.initial is not None:
        check_initial(settings.initial, "initial", owner)
    if settings.scoring is not None:
        check_scorer(estimator, settings.scoring, owner)
    number = n_rows(settings.X, f"X given to {owner}")
    check_pool_weights(settings.sample_weight, number, owner)
    if not learns_votes(estimator):
        _check_noise(settings)
        return
    check_votes_for(estimator, settings.y, owner)
    if settings.y_test is not None:
        check_votes_for(estimator, settings.y_test, owner, name="y_test")
    if not _is_none(settings.oracle_noise):
        raise ValueError(
            f"oracle_noise of {owner} must be None for a model of votes, got "
            f"{settings.oracle_noise!r}: votes in y are noisy already."
        )


def _check_noise(settings):
    """Raise an error unless noise is a standard deviation, or a probability."""
    noise, high = settings.oracle_noise, None if settings.regression else 1
    # A confusion matrix is checked when the classes are known.
    if noise is not None and (settings.regression or np.ndim(noise) == 0):
        check_real(noise, "oracle_noise", settings.owner, low=0, high=high)


def start_run(settings, seed):
    """Return what one seed decides before the first query.

    Parameters
    ----------
    settings : RunSettings
        The settings of the run.
    seed : int
        Decides the test rows, the first labels and the seeds of the parts.

    Returns
    -------
    start : RunStart

    Raises
    ------
    TypeError, ValueError
        If there are too few rows, or ``initial`` is wrong.
    """
    numbers = stream(seed, "simulation").integers(SMALL_SEEDS, size=len(_PARTS))
    seeds = dict(zip(_PARTS, numbers.tolist()))
    candidates, held_out = _hold_out(settings, seeds["split"])
    default = _default_initial(settings, len(candidates))
    initial = default if settings.initial is None else settings.initial
    if selects_rows(initial):
        initial = settings.part(initial, seeds["initial"])
    with one_thread(), noting_default(settings.initial, default, settings.owner):
        rows = initial_rows(initial, settings.X, settings.y, settings.owner, candidates)
    return RunStart(seeds, candidates, held_out, rows)


def observed_estimator(settings, start):
    """Return the estimator of a run, which has seen the pool if it wants to.

    Parameters
    ----------
    settings : RunSettings
        The settings of the run.
    start : RunStart
        As `start_run` returns it for these settings.

    Returns
    -------
    estimator : estimator
        Not fitted. All strategies of a repeat can begin with a clone of it.
    """
    estimator = settings.part(settings.estimator, start.seeds["estimator"])
    if wants_pool(estimator):
        with one_thread():
            show_pool(estimator, subset(sliceable(settings.X), start.candidates))
    return estimator


def build_loop(settings, start, strategy, *, estimator=None, verbose=0):
    """Return the loop of one run, which has not begun yet.

    Parameters
    ----------
    settings : RunSettings
        The settings of the run.
    start : RunStart
        As `start_run` returns it for these settings.
    strategy : callable
        The query strategy. It is cloned.
    estimator : estimator, optional
        As `observed_estimator` returns it. It is cloned. None leaves it to the loop to
        show the pool.
    verbose : int or str, default=0
        As for `skbal.loop.ActiveLearningLoop`.

    Returns
    -------
    loop : ActiveLearningLoop
    """
    seeds = start.seeds
    if estimator is None:
        estimator = settings.part(settings.estimator, seeds["estimator"])
    learner = ActiveLearner(
        clone(estimator, safe=False),
        settings.part(strategy, seeds["query_strategy"]),
        label_filter=settings.part(settings.label_filter, seeds["label_filter"]),
    )
    X_test, y_test = settings.X_test, settings.y_test
    if len(start.held_out):
        X_test = take(settings.X, start.held_out)
        y_test = _in_own_kind(settings.y[start.held_out], settings.y)
    return ActiveLearningLoop(
        learner,
        settings.X,
        _oracle(settings, seeds["oracle"]),
        n_queries=settings.n_queries,
        n_instances=settings.n_instances,
        initial=start.initial,
        candidates=start.candidates,
        max_rejected=settings.max_rejected,
        stopping=settings.stopping,
        X_test=X_test,
        y_test=y_test,
        scoring=None if X_test is None else settings.scoring,
        sample_weight=settings.sample_weight,
        verbose=verbose,
    )


def _in_own_kind(labels, y):
    """Return labels that an array of objects may hold because others are missing."""
    return np.array(labels.tolist()) if unanswered(y).any() else labels


def _oracle(settings, seed):
    if _is_none(settings.oracle_noise):
        return LabelOracle(settings.y)
    kind = "gaussian" if settings.regression else "uniform"
    return NoisyOracle(
        settings.y, noise=settings.oracle_noise, kind=kind, random_state=seed
    )


def _is_none(noise):
    return noise is None or (np.ndim(noise) == 0 and noise == 0)


def _default_initial(settings, n_candidates):
    if settings.regression or holds_labels(settings.y):
        return RandomSeed(min(20, (n_candidates + 1) // 2))
    return BalancedSeed(n_per_class=2)


def _hold_out(settings, seed):
    """Return the rows that may be asked about, and those kept to score on."""
    y, share, owner = settings.y, settings.test_size, settings.owner
    rows = np.arange(len(y))
    if share is None:
        return rows, rows[:0]
    share = check_real(share, "test_size", owner, low=0, high=1)
    # A row of which only some labels are known can be taught, but not scored on.
    whole = ~(unanswered(y) | gaps_of(y).any(axis=1))
    free = np.setdiff1d(rows[whole], _rows_of(settings), assume_unique=True)
    n_held_out = int(np.ceil(share * len(y)))
    if not 0 < n_held_out < len(free):
        hint = " None holds out no rows." if settings.test_is_optional else ""
        raise ValueError(
            f"test_size of {owner} must leave rows on either side, got {share} of "
            f"n_samples = {len(y)}.{hint}"
        )
    stratify = not settings.regression and _in_shares(y[free], n_held_out)
    _, held_out = train_test_split(
        free,
        test_size=n_held_out,
        random_state=seed,
        stratify=y[free] if stratify else None,
    )
    return np.setdiff1d(rows, held_out, assume_unique=True), np.sort(held_out)


def _rows_of(settings):
    """Return the first labels that are given as rows. They are never held out."""
    if settings.initial is None or selects_rows(settings.initial):
        return np.empty(0, dtype=np.intp)
    n_samples = n_rows(settings.X)
    return check_indices(settings.initial, n_samples, "initial", settings.owner)


def _in_shares(y, n_held_out):
    # What train_test_split needs to stratify, and raises an error without.
    if y.ndim != 1:
        return False
    counts = np.unique(y, return_counts=True)[1]
    smallest = min(n_held_out, len(y) - n_held_out)
    return counts.min() >= 2 and smallest >= len(counts)
