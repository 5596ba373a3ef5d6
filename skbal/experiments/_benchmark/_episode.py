"""One run of the benchmark: half of a table to ask about, half to score on."""

import warnings
from dataclasses import replace
from time import thread_time

import numpy as np
from sklearn.metrics import get_scorer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from skbal._utils.random import next_seed, stream
from skbal._utils.threads import one_thread
from skbal.exceptions import TooFewDrawsWarning
from skbal.experiments._runs import RunSettings, observed_estimator, prepare
from skbal.learner import ActiveLearner
from skbal.seeding import BalancedSeed, RandomSeed

OWNER = "benchmark"


def episode(table, estimator, strategy, number, size, *, regression):
    """Return what a strategy reaches on a table in one repeat.

    All strategies of a repeat have the same rows, the same halves, the same first
    labels, and models with the same seeds.

    Parameters
    ----------
    table : Table
        The table. If it has more than ``most_rows`` rows, so many are drawn.
    estimator : estimator
        The model.
    strategy : QueryStrategy
        The query strategy.
    number : int
        The number of the repeat.
    size : dict
        ``n_queries``, ``n_instances`` (rows of a query), ``n_first`` (first labels, of
        each class for a classifier), ``most_rows``, ``scoring`` and ``random_state``.
    regression : bool
        Whether labels are numbers.

    Returns
    -------
    result : dict
        ``n_labels`` with which it was first scored, the ``score`` then and after each
        query, and the ``seconds`` of processor time that all queries took, with the
        predictions and draws that they need.

    Raises
    ------
    ValueError
        If the table has too few rows.
    """
    X, y = _rows(table, number, size, regression)
    settings = _settings(X, y, estimator, size, regression)
    start = prepare(settings, number, size["random_state"])
    # By the pool, of which the columns are known without asking anybody.
    X = StandardScaler().fit(X[start.candidates]).transform(X)
    settings = replace(settings, X=X)
    test = X[start.held_out], y[start.held_out]
    scorer, seconds = get_scorer(size["scoring"]), 0.0
    with one_thread(estimator, strategy), warnings.catch_warnings():
        # A forest has as few draws as trees, and all strategies have the same.
        warnings.simplefilter("ignore", TooFewDrawsWarning)
        learner = ActiveLearner(
            observed_estimator(settings, start),
            settings.part(strategy, start.seeds["query_strategy"]),
        )
        rows, left, score = start.initial, start.candidates, []
        for step in range(size["n_queries"] + 1):
            learner.teach(X[rows], y[rows], indices=rows)
            score.append(float(scorer(learner.estimator, *test)))
            left = np.setdiff1d(left, rows)
            if step == size["n_queries"] or len(left) < size["n_instances"]:
                break
            began = thread_time()
            chosen = learner.query(X[left], n_instances=size["n_instances"])[0]
            seconds += thread_time() - began
            rows = left[chosen]
    return {
        "n_labels": len(start.initial),
        "score": [round(value, 5) for value in score],
        "seconds": round(seconds, 4),
    }


def _rows(table, number, size, regression):
    """Return the rows of a repeat, with all classes in equal shares."""
    if len(table.y) <= size["most_rows"]:
        return table.X, table.y
    seed = next_seed(stream(size["random_state"], "rows", number))
    rows, _ = train_test_split(
        np.arange(len(table.y)),
        train_size=size["most_rows"],
        stratify=None if regression else table.y,
        random_state=seed,
    )
    return table.X[rows], table.y[rows]


def _settings(X, y, estimator, size, regression):
    n_first = size["n_first"]
    return RunSettings(
        owner=OWNER,
        estimator=estimator,
        X=X,
        y=y,
        regression=regression,
        new_states=True,
        n_queries=size["n_queries"],
        n_instances=size["n_instances"],
        initial=RandomSeed(n_first) if regression else BalancedSeed(n_first),
        test_size=0.5,
    )
