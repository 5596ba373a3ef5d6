"""One run of active learning on a labelled table, which is played step by step."""

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import train_test_split

from skbal._utils.initial import initial_rows, noting_default
from skbal._utils.observers import show_pool, wants_pool
from skbal._utils.pools import n_rows, take
from skbal._utils.random import next_seed
from skbal._utils.scoring import score_of
from skbal._utils.seeds_of import fill_random_states
from skbal._utils.validation import check_real
from skbal.learner import ActiveLearner
from skbal.policy._asking import rows_chosen_by
from skbal.seeding import BalancedSeed


class LabellingRun:
    """A pool, a test set, and a learner that knows the labels of some rows.

    Parameters
    ----------
    X : array-like of shape (n_pool, ...)
        The pool.
    y : ndarray of shape (n_pool,)
        Its labels.
    X_test, y_test : array-like
        The rows that the score is of.
    estimator : estimator
        A classifier, which the run fits.
    first : ndarray of int
        Rows of the pool that are labelled first.
    scoring : str, callable or None
        As in scikit-learn.
    owner : str
        Name of the caller, for messages.

    Attributes
    ----------
    learner : ActiveLearner
        It was taught the labels of ``labelled``.
    labelled : ndarray of int
        Rows of the pool with a known label, in the order in which they were taught.
    left : ndarray of int
        The other rows, in ascending order.
    score : float
        Score of the learner on the test set.
    """

    def __init__(self, X, y, X_test, y_test, estimator, first, scoring, owner):
        self.X, self.y, self.X_test, self.y_test = X, y, X_test, y_test
        self.scoring, self.owner = scoring, owner
        self._unfitted = clone(estimator)
        if wants_pool(estimator):
            show_pool(estimator, X)
        self.learner = ActiveLearner(estimator)
        self.labelled = np.empty(0, dtype=np.intp)
        self.left = np.arange(n_rows(X))
        self.label(first)

    def rows_left(self):
        """Return the unlabelled rows, of shape (n_left, ...)."""
        return take(self.X, self.left)

    def ask(self, strategy, n_instances):
        """Return the rows of the pool that a strategy would label next."""
        pool = self.rows_left()
        chosen = rows_chosen_by(strategy, self.learner, pool, n_instances, self.owner)
        return self.left[chosen]

    def label(self, rows):
        """Teach the labels of some rows of the pool, and score the learner."""
        self.learner.teach(take(self.X, rows), self.y[rows], indices=rows)
        self.labelled = np.concatenate([self.labelled, rows])
        self.left = np.setdiff1d(self.left, rows, assume_unique=True)
        self.score = self._score(self.learner.estimator)

    def score_of_all(self):
        """Return the score of the estimator if it knew all labels of the pool."""
        every = clone(self._unfitted)
        if wants_pool(every):
            show_pool(every, self.X)
        return self._score(every.fit(self.X, self.y))

    def _score(self, estimator):
        score = score_of(estimator, self.X_test, self.y_test, self.scoring)
        return check_real(score, "result", f"scoring of {self.owner}")


def start_run(table, settings, rng):
    """Return a run on a table, in which all that is random comes from one stream.

    Parameters
    ----------
    table : tuple
        Rows X and labels y.
    settings : object
        With the attributes ``estimator``, ``initial``, ``test_size``, ``max_rows`` and
        ``scoring`` of `ActiveLearningEnv`.
    rng : numpy.random.Generator
        Decides the split, the first labels and the seed of the estimator.

    Returns
    -------
    run : LabellingRun

    Raises
    ------
    ValueError
        If there are too few rows.
    """
    X, y = table
    owner = type(settings).__name__
    pool, test = _split(y, settings.test_size, settings.max_rows, rng, owner)
    X_pool, y_pool = take(X, pool), y[pool]
    default = BalancedSeed(n_per_class=2)
    initial = default if settings.initial is None else settings.initial
    initial = fill_random_states(clone(initial, safe=False), next_seed(rng))
    with noting_default(settings.initial, default, owner):
        first = initial_rows(initial, X_pool, y_pool, owner)
    estimator = fill_random_states(clone(settings.estimator), next_seed(rng))
    X_test, y_test, scoring = take(X, test), y[test], settings.scoring
    return LabellingRun(
        X_pool, y_pool, X_test, y_test, estimator, first, scoring, owner
    )


def _split(y, test_size, max_rows, rng, owner):
    """Return the rows of the pool and of the test set, with the classes' shares."""
    rows, seeds = np.arange(len(y)), (next_seed(rng), next_seed(rng))
    if max_rows is not None and max_rows < len(y):
        rows, _ = _halves(rows, y, max_rows, seeds[0])
    n_test = int(np.ceil(test_size * len(rows)))
    if not 0 < n_test < len(rows):
        raise ValueError(
            f"test_size of {owner} must leave rows on either side, got {test_size} of "
            f"{len(rows)} rows."
        )
    return _halves(rows, y, len(rows) - n_test, seeds[1])


def _halves(rows, y, n_first, seed):
    """Return ``n_first`` random rows and the others, stratified where that can be."""
    counts = np.unique(y[rows], return_counts=True)[1]
    smallest = min(n_first, len(rows) - n_first)
    in_shares = counts.min() > 1 and smallest >= len(counts)
    return train_test_split(
        rows,
        train_size=n_first,
        random_state=seed,
        stratify=y[rows] if in_shares else None,
    )
