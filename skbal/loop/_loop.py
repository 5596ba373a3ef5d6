"""The loop: query, ask the oracle, teach, score, and write it down."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from sklearn.metrics import check_scoring
from tqdm.auto import tqdm

from skbal._utils.indices import check_indices
from skbal._utils.validation import check_count
from skbal.loop._checks import (
    OWNER,
    check_initial,
    check_loop,
    n_taught,
    scored_estimator,
)
from skbal.loop._history import History, Record
from skbal.loop._pool import Pool

__all__ = ["ActiveLearningLoop"]


class ActiveLearningLoop:
    """Queries, asks, teaches and scores, one record at a time.

    The loop keeps the pool: nobody deletes rows by hand, and every index in the
    history is a row of ``X_pool`` as it was given. Iterate it, one record a step, or
    `run` it to the end. Step 0 is the model before any query. A loop that was left
    goes on where it stopped, also after an error:

    - an oracle that fails leaves everything as it was, and the step starts anew;
    - a learner that fails to learn leaves the labels it was to learn in ``pending_``:
      the next step teaches them first, and the oracle is not asked again.

    The second point relies on a ``teach`` that either succeeds or leaves the learner
    as it was, as that of `skbal.ActiveLearner` does.

    Parameters
    ----------
    learner : skbal.ActiveLearner
        Or anything with its ``query``, ``teach`` and ``score``, such as a learner or
        a committee of modAL. It is taught in place. Its ``random_state``, those of its
        estimator and of its query strategy, decide the history: with integers the
        same history comes every time.
    X_pool : array-like of shape (n_pool, ...)
        The rows to choose from: any array, list, frame or sparse matrix, a dask array,
        an array in a file, or a map-style torch ``Dataset``. Each query gets a copy of
        the rows that are left; if they are not in memory or over 1 GB, a view that
        reads only the rows that are looked at, and turns into an array for whoever
        needs one.
    oracle : callable
        Takes indices of pool rows, shape (n_instances,), and returns their labels,
        for instance `skbal.oracles.LabelOracle`.
    n_queries : int
        How many times to query; 0 only scores the first model.
    n_instances : int, default=1
        Rows a query. A last query with fewer rows is not made: the loop stops when
        fewer are left.
    initial : array-like of int of shape (n_initial,), optional
        Pool rows to ask for and teach before the first query, for instance chosen by
        `skbal.seeding.BalancedSeed`. Needed if the learner knows nothing yet.
    X_test : array-like of shape (n_test, ...), optional
        Rows to score the learner on after each step.
    y_test : array-like of shape (n_test,) or (n_test, n_outputs), optional
        Their labels; given if and only if ``X_test`` is.
    scoring : str or callable, optional
        As in scikit-learn: a name such as ``"neg_log_loss"``, or a callable
        ``(estimator, X, y)``, higher is better. None is ``learner.score``.
    verbose : bool or str, default=False
        Show a progress bar; a text is its title.

    Attributes
    ----------
    history_ : History
        One record a step.
    pending_ : tuple or None
        Indices and labels that were asked for and are not taught yet, because
        teaching failed.
    remaining_ : ndarray of shape (n_remaining,), dtype=intp
        The pool rows that were not asked about.
    stop_reason_ : str or None
        "n_queries reached" or "pool exhausted" when there is nothing more to do. A
        larger ``n_queries``, set on the loop, lets the next iteration go on.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal import ActiveLearner
    >>> from skbal.loop import ActiveLearningLoop
    >>> from skbal.oracles import LabelOracle
    >>> from skbal.query import BALD
    >>> from skbal.seeding import BalancedSeed
    >>> X, y = load_digits(return_X_y=True)
    >>> loop = ActiveLearningLoop(
    ...     ActiveLearner(
    ...         RandomForestClassifier(n_estimators=20, random_state=0),
    ...         BALD(random_state=0),
    ...     ),
    ...     X[:1000],
    ...     LabelOracle(y[:1000]),
    ...     n_queries=2,
    ...     n_instances=10,
    ...     initial=BalancedSeed(random_state=0).select(X[:1000], y[:1000]),
    ...     X_test=X[1000:],
    ...     y_test=y[1000:],
    ... )
    >>> [record.n_labels for record in loop]
    [20, 30, 40]
    >>> loop.stop_reason_
    'n_queries reached'
    """

    def __init__(
        self,
        learner,
        X_pool,
        oracle,
        *,
        n_queries,
        n_instances=1,
        initial=None,
        X_test=None,
        y_test=None,
        scoring=None,
        verbose=False,
    ):
        self.learner = learner
        self.X_pool = X_pool
        self.oracle = oracle
        self.n_queries = n_queries
        self.n_instances = n_instances
        self.initial = initial
        self.X_test = X_test
        self.y_test = y_test
        self.scoring = scoring
        self.verbose = verbose

    def __repr__(self):
        done = self.history_ if hasattr(self, "history_") else "not started"
        return f"{OWNER}({self.learner!r}, {done})"

    def __iter__(self):
        """Yield the steps that are left, each as a Record when it is done."""
        self._start()
        with tqdm(
            total=self.n_queries + 1,
            initial=len(self.history_),
            desc=self.verbose if isinstance(self.verbose, str) else OWNER,
            unit="step",
            disable=not self.verbose,
        ) as bar:
            while (record := self._step()) is not None:
                bar.set_postfix(labels=record.n_labels, score=record.score)
                bar.update()
                yield record

    def run(self):
        """Make all steps that are left.

        Returns
        -------
        self : ActiveLearningLoop
            With ``history_`` complete.

        Raises
        ------
        TypeError, ValueError
            If a parameter is wrong; the message names it.
        """
        for _ in self:
            pass
        return self

    @property
    def pending_(self):
        """Indices and labels that wait to be taught, or None."""
        batch = self._batch
        waits = batch is not None and not batch.taught
        return (batch.indices, batch.labels) if waits else None

    @property
    def remaining_(self):
        """The pool rows that were not asked about."""
        return self._pool.remaining.copy()

    def _start(self):
        if hasattr(self, "history_"):
            return
        check_loop(self)
        self._pool = Pool(self.X_pool)
        self._n_taught = n_taught(self.learner)
        self._batch = None
        self.stop_reason_ = None
        self.history_ = History()

    def _step(self):
        if self._batch is None:
            self.stop_reason_ = self._reason_to_stop()
            if self.stop_reason_ is not None:
                return None
            self._batch = self._acquire()
            self._pool.take(self._batch.indices)
        if not self._batch.taught:
            self._teach(self._batch)
        record = self._record(self._batch)
        self.history_.append(record)
        self._batch = None
        self.stop_reason_ = self._reason_to_stop()
        return record

    def _reason_to_stop(self):
        n_queries = check_count(self.n_queries, "n_queries", OWNER, smallest=0)
        if not len(self.history_):
            return None
        if len(self.history_) > n_queries:
            return "n_queries reached"
        if len(self._pool) < self.n_instances:
            return "pool exhausted"
        return None

    def _acquire(self):
        if len(self.history_):
            indices, seconds = _timed(self._query)
        else:
            indices, seconds = check_initial(self.initial, len(self._pool)), 0.0
        if not len(indices):
            return _Batch(indices, None, seconds, taught=True)
        return _Batch(indices, self._ask(indices), seconds)

    def _query(self):
        X = self._pool.unlabelled()
        answer = self.learner.query(X, n_instances=self.n_instances)
        chosen = np.atleast_1d(answer[0] if isinstance(answer, tuple) else answer)
        positions = check_indices(chosen, len(self._pool), "result of query", OWNER)
        if len(positions) != self.n_instances:
            raise ValueError(
                f"result of query of {OWNER} must be {self.n_instances} rows, got "
                f"{len(positions)}."
            )
        return self._pool.remaining[positions]

    def _ask(self, indices):
        # A copy: an oracle that sorts what it got must not reorder ours.
        labels = np.asarray(self.oracle(indices.copy()))
        if labels.ndim == 0 or len(labels) != len(indices):
            raise ValueError(
                f"oracle of {OWNER} must answer one label a row: {len(indices)} rows "
                f"were asked for, got an answer of shape {labels.shape}."
            )
        return labels

    def _teach(self, batch):
        rows = self._pool.rows(batch.indices)
        _, batch.seconds_training = _timed(self.learner.teach, rows, batch.labels)
        batch.taught = True

    def _record(self, batch):
        score, seconds = _timed(self._score)
        before = self.history_[-1].n_labels if len(self.history_) else self._n_taught
        return Record(
            step=len(self.history_),
            n_labels=before + len(batch.indices),
            score=score,
            indices=tuple(batch.indices.tolist()),
            seconds_training=batch.seconds_training,
            seconds_scoring=batch.seconds_scoring,
            seconds_testing=seconds,
        )

    def _score(self):
        if self.X_test is None:
            return float("nan")
        if self.scoring is None:
            score = self.learner.score(self.X_test, self.y_test)
        else:
            estimator = scored_estimator(self.learner)
            scorer = check_scoring(estimator, scoring=self.scoring)
            score = scorer(estimator, self.X_test, self.y_test)
        if np.ndim(score) != 0:
            raise TypeError(f"scoring of {OWNER} must give one number, got {score!r}.")
        return float(score)


@dataclass
class _Batch:
    # What was asked in a step, and how far the step has come.
    indices: np.ndarray
    labels: np.ndarray
    seconds_scoring: float
    seconds_training: float = 0.0
    taught: bool = False


def _timed(function, *args):
    start = perf_counter()
    result = function(*args)
    return result, perf_counter() - start
