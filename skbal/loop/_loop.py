"""The loop: query, ask the oracle, teach, score, and keep a record."""

import numpy as np
from sklearn.base import clone

from skbal._utils.initial import initial_rule
from skbal._utils.interrupts import CtrlCKept
from skbal._utils.memory_maps import KeepsMaps
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import count, own, rules_of
from skbal._utils.progress import progress_bar, verbose_rule
from skbal._utils.timing import timed
from skbal.loop._advance import advance, forget, memory_of, warn_of_rejections
from skbal.loop._checks import (
    OWNER,
    check_candidates,
    check_learner,
    check_loop,
    check_oracle,
    check_stopping,
    first_rows,
    known_labels,
    members_of,
    n_taught,
    scored_estimator,
    stopping_rules,
    weight_name,
)
from skbal.loop._choice import chosen_rows
from skbal.loop._data_checks import check_data
from skbal.loop._history import History, Record
from skbal.loop._html import loop_html
from skbal.loop._pool import Pool
from skbal.loop._provenance import note_provenance
from skbal.loop._received import received
from skbal.loop._ruling import Ruling
from skbal.loop._saving import SavingMixin
from skbal.loop._scoring import score_on_test_set
from skbal.loop._step import Lesson, Step

__all__ = ["ActiveLearningLoop"]

_ONE_STEP = ": next(iter(loop)) makes one step, and run() all that are left."
_AFTER_START = ("history_", "pending_", "remaining_", "skipped_", "stop_reason_")


class ActiveLearningLoop(SavingMixin, KeepsMaps, KnowsItsParameters):
    """Queries, asks an oracle, teaches and scores, one record per step.

    Iterate over the loop, which yields one record per step, or `run` it to the end.
    Step 0 is the model before any query. The loop keeps account of the pool: every
    index in the history is a row of ``X_pool`` as it was given.

    A loop that was interrupted continues where it stopped, also after an error or
    Ctrl-C at any point, and ends with the history that it would have had:

    - If the oracle fails, it is asked about the same rows again. Rows that it answered
      in this step are not asked about a second time.
    - If the learner fails, the labels stay in ``pending_``. The next step teaches them
      first and does not ask the oracle again. This needs a ``teach`` that either
      succeeds or leaves the learner unchanged, as that of `skbal.ActiveLearner` does.
    - An answer that is no label, or not of the kind of the labels before, is an error
      that names the row, and the oracle is asked again.

    The oracle may leave a row unanswered: None, NaN, a masked value or
    `skbal.oracles.SKIP`, and for a model of votes also 0 votes of 0. Such a row leaves
    the pool and counts as a label paid for, and the next row in the order of the
    strategy is asked about. First labels that are skipped are not replaced.

    Where a strategy cannot choose because fewer than two classes are known, the rows
    are random, with one warning. An estimator that cannot be fitted to one class, such
    as a ``LogisticRegression``, is taught these labels with the first of a second
    class. Until then scores are NaN.

    If the learner has a ``label_filter``, an answer that it does not trust is set
    aside, and the next row in the order of the strategy is asked about. This ends when
    ``n_instances`` labels are trusted or ``max_rejected`` answers were rejected. Each
    answer counts as a label paid for. Rejected answers are kept in
    ``learner.rejected_``.

    Parameters
    ----------
    learner : skbal.ActiveLearner
        Or another object with ``query``, ``teach`` and ``score``, such as a learner or
        a committee of modAL. It is taught in place. If the learner, its estimator and
        its query strategy have integers as ``random_state``, every run gives the same
        history.
    X_pool : array-like of shape (n_pool, ...)
        The unlabelled rows: an array, list, frame or sparse matrix, a dask array, an
        array in a file, or a map-style torch ``Dataset``. Each query gets a copy of the
        rows that are left. If the rows are not in memory or take more than 1 GB, it
        gets a view that reads only the rows it needs. Before the loop continues, you
        may set it to another object with the same rows, for instance after loading the
        loop. A pickle holds a memory map by the path of its file. Rows that the learner
        was taught before are asked about again, unless ``candidates`` leaves them out.
    oracle : callable
        Takes indices of pool rows, shape (n_instances,), and returns their labels,
        for instance `skbal.oracles.LabelOracle`.
    n_queries : int, optional
        Number of queries. 0 only scores the first model, ``None`` sets no limit.
    n_instances : int, default=1
        Number of rows per query. If fewer rows are left, the loop stops.
    initial : array-like of int of shape (n_initial,) or object with select, optional
        First labels. An array of indices, or an object that selects rows, such as
        `skbal.seeding.BalancedSeed`. They are asked for and taught before the first
        query, without the filter. If the object needs labels, it gets ``oracle.y``.
        Needed if the learner was taught nothing yet.
    candidates : array-like of int of shape (n_candidates,), optional
        The rows of ``X_pool`` that may be asked about. ``None`` allows all rows.
    max_rejected : int, optional
        Largest number of answers per step that a label filter may reject and the loop
        replaces by asking about other rows. ``None`` means ``n_instances``. The query
        strategy is asked for that many rows more.
    stopping : callable or list of callables, optional
        Rules of `skbal.stopping`, or functions of the loop that return a string (why to
        stop) or None. They are called after each step. The loop copies them before the
        first step. Rules that are set later are called before the loop continues.
    X_test : array-like of shape (n_test, ...), optional
        Rows on which the learner is scored after each step.
    y_test : array-like of shape (n_test,) or (n_test, n_outputs), optional
        Their labels. Needed if and only if ``X_test`` is given.
    scoring : str or callable, optional
        As in scikit-learn: a name such as ``"neg_log_loss"``, or a callable
        ``(estimator, X, y)``. Higher is better. Classes in ``y_test`` that a classifier
        does not know have probability 0. ``None`` uses ``learner.score``.
    sample_weight : array-like of shape (n_pool,), optional
        A weight for each row of the pool, taught with its label.
    verbose : int or str, default=0
        Whether to show a progress bar. A string is its title.

    Attributes
    ----------
    history_ : History
        One record per step.
    pending_ : tuple or None
        Indices and labels that were answered and are not taught yet, because teaching
        or a later call of the oracle failed. Set it to None to forget these answers and
        ask again, or to the same indices with corrected labels. Labels of one class
        that wait for a second one are here, too, and cannot be set.
    skipped_ : ndarray of shape (n_skipped,), dtype=intp
        The pool rows that the oracle left unanswered, in the order asked.
    remaining_ : ndarray of shape (n_remaining,), dtype=intp
        The pool rows that were not asked about.
    stop_reason_ : str or None
        Why the loop stopped: "n_queries reached", "pool exhausted" or the answer of a
        stopping rule. To continue, set a larger ``n_queries`` or another ``stopping``
        and iterate again.

    Warns
    -----
    TeachingWarning
        If rows of a pool in memory that may be asked about were taught to the learner
        before the loop.

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

    _parameter_rules = {
        "learner": own(check_learner, "a learner", object()),
        "oracle": own(check_oracle, "callable with pool indices", 3),
        "n_queries": count(0, none=True),
        "n_instances": count(1),
        "initial": initial_rule,
        "max_rejected": count(0, none=True),
        "stopping": own(check_stopping, "a rule or a list of rules", 3, none=True),
        "verbose": verbose_rule,
    }

    _maps = ("X_pool", "X_test")

    def __init__(
        self,
        learner,
        X_pool,
        oracle,
        *,
        n_queries=None,
        n_instances=1,
        initial=None,
        candidates=None,
        max_rejected=None,
        stopping=None,
        X_test=None,
        y_test=None,
        scoring=None,
        sample_weight=None,
        verbose=0,
    ):
        self.learner = learner
        self.X_pool = X_pool
        self.oracle = oracle
        self.n_queries = n_queries
        self.n_instances = n_instances
        self.initial = initial
        self.candidates = candidates
        self.max_rejected = max_rejected
        self.stopping = stopping
        self.X_test = X_test
        self.y_test = y_test
        self.scoring = scoring
        self.sample_weight = sample_weight
        self.verbose = verbose

    def __repr__(self):
        done = self.history_ if hasattr(self, "history_") else "not started"
        return f"{OWNER}({self.learner!r}, {done})"

    def _repr_html_(self):
        return loop_html(self)

    def __iter__(self):
        """Make the steps that are left, and yield a Record after each of them."""
        self._start()
        with progress_bar(
            show=self.verbose,
            total=None if self.n_queries is None else self.n_queries + 1,
            initial=len(self.history_),
            desc=self.verbose if isinstance(self.verbose, str) else OWNER,
            unit="step",
        ) as bar:
            while (record := self._shown(bar)) is not None:
                yield record

    def _shown(self, bar):
        with CtrlCKept():
            record = self._next()
            if record is not None:
                bar.set_postfix(labels=record.n_labels, score=record.score)
                bar.update()
        return record

    def run(self):
        """Make all steps that are left.

        Returns
        -------
        self : ActiveLearningLoop
            The loop, with a complete ``history_``.

        Raises
        ------
        TypeError, ValueError
            If a parameter is wrong. The message names it.
        """
        for _ in self:
            pass
        return self

    def __getattr__(self, name):
        # Called for names that are not found only.
        if name in _AFTER_START:
            raise AttributeError(
                f"This {OWNER} has no {name} before its first step: call run(), or "
                "iterate over it."
            )
        hint = _ONE_STEP if name in ("step", "next") else ""
        raise AttributeError(f"{OWNER!r} object has no attribute {name!r}{hint}")

    @property
    def pending_(self):
        """Indices and labels that were answered and not taught yet, or None."""
        step = self._step
        if step is None or not len(step.lesson) or not (step.waits or not step.taught):
            return None
        return step.lesson.indices, step.lesson.labels

    @pending_.setter
    def pending_(self, pending):
        step = self._current()
        if self.pending_ is None and pending is None:
            return
        if step is None or not len(step.answered):
            raise ValueError(
                f"pending_ of {OWNER} cannot be set: no answers wait to be taught, or "
                "they wait for a second class."
            )
        if pending is None:
            forget(self.oracle, step.indices)
            self._step = step.unasked()
            return
        indices, labels = pending
        if not np.array_equal(indices, step.answered):
            raise ValueError(
                f"pending_ of {OWNER} must be None, or the indices "
                f"{step.answered.tolist()} with their labels, got the indices "
                f"{np.asarray(indices).tolist()}."
            )
        estimator, known = scored_estimator(self.learner), known_labels(self.learner)
        skipped, labels = received(labels, step.answered, known, estimator)
        self._step = step.with_labels(labels, skipped)

    @property
    def remaining_(self):
        """The pool rows that were not asked about."""
        self._settle()
        step = self._current()
        left = self._pool.remaining
        return left.copy() if step is None else np.setdiff1d(left, step.indices)

    @property
    def skipped_(self):
        """The pool rows that the oracle left unanswered, in the order asked."""
        rows = [row for record in self.history_ for row in record.skipped]
        step = self._current()
        if step is not None:
            rows += step.indices[step.skipped].tolist()
        return np.array(rows, dtype=np.intp)

    def _start(self):
        if not hasattr(self, "history_"):
            check_loop(self)
            check_data(self)
            pool = Pool(self.X_pool, check_candidates(self))
            self._initial = first_rows(self)
            for member in members_of(self.learner):
                if hasattr(member, "observe_pool"):
                    member.observe_pool(pool.unlabelled())
            self._pool = pool
            self._n_taught = n_taught(self.learner)
            self._weight_name = weight_name(scored_estimator(self.learner))
            self._step, self._ruling, self._warned = None, None, False
            self._paid_to = self.oracle, 0.0
            self.stop_reason_ = None
            self.history_ = History()
        self._noted = False
        # Another object with the same rows may be set, for instance after loading.
        self._pool = self._pool.of(self.X_pool, OWNER)
        if self._ruling is None or self.stopping is not self._ruling.stopping:
            check_stopping(self.stopping, "stopping", OWNER)
            rules = stopping_rules(self.stopping)
            rules = [clone(rule, safe=False) for rule in rules]
            self._ruling = Ruling(self.stopping, rules)

    def _current(self):
        """Return the step that the history has no record of yet, or None."""
        step = self._step
        over = step is None or step.number < len(self.history_)
        return None if over else step

    def _settle(self):
        """Finish what follows from the records. Doing it again changes nothing."""
        if len(self.history_):
            self._pool.take(self.history_[-1].indices)
        oracle, _ = self._paid_to
        if self.oracle is not oracle:
            check_oracle(self.oracle, "oracle", OWNER)
            before = self.history_[-1].cost if len(self.history_) else 0.0
            self._paid_to = self.oracle, before - getattr(self.oracle, "cost", 0.0)

    def _next(self):
        self._settle()
        if self._current() is None:
            self._ask_rules()
            self.stop_reason_ = self._reason_to_stop()
            if self.stop_reason_ is not None:
                return None
            self._step = self._begin()
        while not self._step.taught:
            self._step = self._advanced(self._step)
        self.history_.append(self._record(self._step))
        if not self._noted:
            note_provenance(self)
            self._noted = True
        record = self.history_[-1]
        self._settle()
        warn_of_rejections(self._step)
        self._ask_rules()
        self.stop_reason_ = self._reason_to_stop()
        return record

    def _reason_to_stop(self):
        # A user may have set another number since the loop started.
        rules_of(type(self))["n_queries"](self.n_queries, "n_queries", OWNER)
        if not len(self.history_):
            return None
        if self.n_queries is not None and len(self.history_) > self.n_queries:
            return "n_queries reached"
        if len(self._pool) < self.n_instances:
            return "pool exhausted"
        return self._ruling.says

    def _ask_rules(self):
        # Once per step. Rules that are new or failed are asked before the next step,
        # because a step costs labels.
        if self._ruling.n_steps < len(self.history_):
            self._ruling = self._ruling.after(self)

    def _begin(self):
        """Return a new step that has asked nothing yet."""
        number, last = len(self.history_), self._step
        if not number:
            n_first = len(self._initial)
            return Step(0, self._initial, n_first, n_first)
        label_filter = getattr(self.learner, "label_filter", None)
        filtered = label_filter is not None
        spare = self.n_instances if self.max_rejected is None else self.max_rejected
        n_rows = self.n_instances + (spare if filtered else 0)
        n_rows = min(n_rows, len(self._pool))
        candidates, seconds = timed(chosen_rows, self, self._pool, n_rows)
        earlier = last.lesson if last is not None and last.waits else Lesson()
        return Step(
            number,
            candidates,
            self.n_instances,
            n_rows,
            filtered,
            seconds,
            earlier,
            memory_of(label_filter),
        )

    def _advanced(self, step):
        n_more = min(step.n_short, len(self._pool) - len(step.candidates))
        if step.number and step.question is None and n_more > 0:
            # The same question for more rows: a strategy keeps its order.
            n_rows = len(step.candidates) + n_more
            rows, seconds = timed(chosen_rows, self, self._pool, n_rows)
            new = rows[~np.isin(rows, step.candidates)]
            return step.with_candidates(new[:n_more], seconds)
        return advance(step, self, self._pool)

    def _record(self, step):
        score, seconds = timed(score_on_test_set, self)
        before = self.history_[-1].n_labels if len(self.history_) else self._n_taught
        return Record(
            step=step.number,
            n_labels=before + len(step.indices),
            score=score,
            indices=tuple(step.indices.tolist()),
            rejected=tuple(step.rejected.tolist()),
            skipped=tuple(step.indices[step.skipped].tolist()),
            seconds_training=step.seconds_training,
            seconds_querying=step.seconds_querying,
            seconds_testing=seconds,
            cost=self._cost(),
        )

    def _cost(self):
        cost = getattr(self.oracle, "cost", None)
        return None if cost is None else cost + self._paid_to[1]
