"""One episode: a table in halves, one label of each class, and 50 single queries.

All that happens by chance depends on the number of the episode alone: the halves, the
first labels, the trees of a forest and the random states of a strategy. So strategies
are compared in pairs.
"""

import time
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner
from skbal._utils.random import stream
from skbal.query import Random

MOST_ROWS = 1000  # in the pool, and in the test set
N_QUERIES = 50
N_TREES = 50

MODELS = {
    "forest": lambda seed: RandomForestClassifier(
        n_estimators=N_TREES, n_jobs=1, random_state=seed
    ),
    "logistic": lambda seed: LogisticRegression(max_iter=1000),
}


@dataclass(frozen=True)
class Episode:
    """A pool and a test set, with the rows whose labels are known first."""

    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    first: np.ndarray
    seed: int


def episode_of(X, y, number):
    """Return an episode of a table.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_columns)
        The columns.
    y : ndarray of int of shape (n_rows,)
        The classes.
    number : int
        The number of the episode, its seed.

    Returns
    -------
    episode : Episode
        The halves have the classes in equal shares. Columns have mean 0 and standard
        deviation 1 in the pool. There is one first label of each class, at random.
    """
    n_pool = min(len(y) // 2, MOST_ROWS)
    n_test = min(len(y) - len(y) // 2, MOST_ROWS)
    pool, test = train_test_split(
        np.arange(len(y)),
        train_size=n_pool,
        test_size=n_test,
        stratify=y,
        random_state=number,
    )
    scaler = StandardScaler().fit(X[pool])
    rng, y_pool = stream(number, "first"), y[pool]
    first = [rng.choice(np.flatnonzero(y_pool == c)) for c in np.unique(y_pool)]
    halves = scaler.transform(X[pool]), y_pool, scaler.transform(X[test]), y[test]
    return Episode(*halves, np.array(first), number)


def learner_of(episode, model):
    """Return a learner that was taught the first labels of an episode.

    Parameters
    ----------
    episode : Episode
        What is played.
    model : str
        One of `MODELS`.

    Returns
    -------
    learner : skbal.ActiveLearner
        Its query strategy is not used.
    """
    learner = ActiveLearner(MODELS[model](episode.seed), Random())
    rows = episode.first
    learner.teach(episode.X[rows], episode.y[rows], indices=rows)
    return learner


def played(episode, model, strategy=None, choose=None, n_queries=N_QUERIES):
    """Return what a strategy reaches in an episode.

    Parameters
    ----------
    episode : Episode
        What is played.
    model : str
        One of `MODELS`.
    strategy : callable, optional
        Takes a learner and the rows left, returns indices of them, best first: a query
        strategy. Give it the episode's number as its random state.
    choose : callable, optional
        Used instead of a strategy; takes the learner, the episode and the indices of
        the rows left, and returns one of these indices. So an oracle can see labels.
    n_queries : int, default=50
        Number of labels to ask for, one at a time.

    Returns
    -------
    n_right : list of int of length n_queries + 1
        Number of test rows that are predicted right, with the first labels and after
        each query.
    rows : list of int of length n_queries
        The rows that were asked about, in order.
    seconds : float
        Time that choosing took, with the predictions that it needs.
    """
    learner = learner_of(episode, model)
    left = np.setdiff1d(np.arange(len(episode.y)), episode.first)
    n_right, rows, seconds = [_n_right(learner, episode)], [], 0.0
    for _ in range(n_queries):
        start = time.perf_counter()
        if choose is None:
            row = int(left[strategy(learner, episode.X[left])[0]])
        else:
            row = int(choose(learner, episode, left))
        seconds += time.perf_counter() - start
        learner.teach(episode.X[[row]], episode.y[[row]], indices=[row])
        left = left[left != row]
        rows.append(row)
        n_right.append(_n_right(learner, episode))
    return n_right, rows, seconds


def area(n_right, n_test):
    """Return the mean accuracy over all numbers of labels."""
    return float(np.mean(n_right)) / n_test


def _n_right(learner, episode):
    return int((learner.predict(episode.X_test) == episode.y_test).sum())
