"""StreamLearner: decide on the fly, row by row, whether to ask for its label."""

from collections import deque

import numpy as np
from scipy.stats import ks_2samp
from sklearn.base import BaseEstimator

from skbal._utils.lazy import lazy_module
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, count, own, real
from skbal._utils.pools import n_rows, take
from skbal._utils.transactions import all_or_nothing
from skbal._utils.unanswered import unanswered
from skbal._utils.validation import as_numbers, check_count, check_same_number
from skbal._utils.warn import warn
from skbal.exceptions import DriftWarning
from skbal.loop._checks import check_learner, parts_of

# Loads modAL.
_rows = lazy_module("skbal.learner._training_data")


def _check_scoring_learner(value, name, owner):
    check_learner(value, name, owner)
    if not hasattr(getattr(value, "query_strategy", None), "score_pool"):
        raise TypeError(
            f"{name} of {owner} must have a query_strategy with a method score_pool, "
            f"such as BALD(), got {getattr(value, 'query_strategy', None)!r}."
        )
    for part in parts_of(value.query_strategy):
        if getattr(part, "compares_rows", False):
            remedy = "" if not hasattr(part, "X_target") else ", or give X_target"
            raise ValueError(
                f"{name} of {owner} must have a query_strategy that scores a row "
                f"alone, but {type(part).__name__} compares it with the other rows of "
                f"a pool, and a stream has none. Use a strategy such as Margin or BALD"
                f"{remedy}."
            )


class StreamLearner(KnowsItsParameters, BaseEstimator):
    """Asks for labels of rows that come one after another and do not come back.

    A row is asked about if its score by the strategy is among the largest of the last
    rows: above their quantile of one minus the budget. If fewer rows than planned were
    asked about so far, the threshold is lower, within the range of these scores [1]_.
    The budget is never exceeded: of n rows at most ``ceil(budget * n)`` are asked
    about.

    Parameters
    ----------
    learner : ActiveLearner
        A learner that has been taught its first labels. Its query strategy must have a
        method ``score_pool`` whose score of a row does not depend on the other rows:
        `LCMD`, for example, has none.
    budget : float, default=0.1
        The share of the rows that may be asked about, larger than 0 and at most 1.
    window : int, default=100
        Number of last scores that a row is compared with.
    tolerance : int, default=50
        If this many labels of the budget are left over, the threshold is as low as the
        smallest score of the window.
    drift_level : float or None, default=0.001
        Probability of a false alarm at each test for drift. ``None`` tests nothing.
    drift_window : int, default=100
        Number of rows that are compared with as many earlier ones in a test for drift.

    Attributes
    ----------
    n_seen_ : int
        Number of rows so far.
    n_asked_ : int
        Number of them that were asked about.
    n_taught_ : int
        Number of labels that were taught.
    threshold_ : float
        What the last score was compared with.
    drifts_ : list of int
        For each drift that was found, the number of rows seen by then.

    Warns
    -----
    DriftWarning
        If a test finds that the scores of the last rows have another distribution than
        those of earlier rows.

    See Also
    --------
    ActiveLearningLoop : Asks about rows of a pool that waits.

    Notes
    -----
    After each ``drift_window`` rows, these rows are compared with the earliest rows
    since the last drift, by the two-sample Kolmogorov-Smirnov test. Both are scored by
    the current model, so what the model has learned meanwhile does not count as drift.
    The test sees a change of the rows that changes their scores; a change of labels
    alone is seen only once labels are taught. In a stream without a drift, a test warns
    in at most ``drift_level`` of the cases.

    References
    ----------
    .. [1] D. Kottke, G. Krempl and M. Spiliopoulou (2015), Probabilistic Active
       Learning in Datastreams, section 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal import ActiveLearner
    >>> from skbal.loop import StreamLearner
    >>> from skbal.query import Margin
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(500, 2))
    >>> y = X[:, 0] > 0
    >>> learner = ActiveLearner(LogisticRegression(), Margin(), X[:10], y[:10])
    >>> stream = StreamLearner(learner, budget=0.1)
    >>> for row, label in zip(X[10:], y[10:]):
    ...     if stream.ask([row])[0]:
    ...         _ = stream.tell([row], [label])
    >>> stream.n_seen_, stream.n_asked_ <= 49, stream.drifts_
    (490, True, [])
    """

    _parameter_rules = {
        "learner": own(_check_scoring_learner, "a learner", object()),
        "budget": real(0, 1),
        "window": count(1),
        "tolerance": count(1),
        "drift_level": real(0, 1, none=True),
        "drift_window": count(2),
    }

    def __init__(
        self,
        learner,
        *,
        budget=0.1,
        window=100,
        tolerance=50,
        drift_level=0.001,
        drift_window=100,
    ):
        self.learner = learner
        self.budget = budget
        self.window = window
        self.tolerance = tolerance
        self.drift_level = drift_level
        self.drift_window = drift_window

    def ask(self, X):
        """Return which of the next rows of the stream should get a label.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The next rows, in their order. They are scored together, by the model as it
            is now, and decided on one after another.

        Returns
        -------
        ask : ndarray of shape (n_samples,), dtype=bool

        Raises
        ------
        TypeError
            If a parameter is of the wrong kind, or the strategy does not take the
            estimator.
        ValueError
            If a parameter has a wrong value, or a score is not finite.
        """
        self._begin()
        n_new = n_rows(X, f"X given to {type(self).__name__}")
        if n_new == 0:
            return np.zeros(0, dtype=bool)
        scores = self._scores(X)
        with all_or_nothing(self):
            self._recent = deque(self._recent, maxlen=int(self.window))
            answers = np.array([self._decide(score) for score in scores])
            drifts = [] if self.drift_level is None else self._watch(X, n_new)
        for n_seen in drifts:
            warn(
                f"The last {self.drift_window} of {n_seen} rows have other scores than "
                "earlier ones: the stream has changed. Old labels may no longer hold.",
                DriftWarning,
            )
        return answers

    def tell(self, X, y, **teach_kwargs):
        """Teach labels to the learner.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Labelled rows. Those without an answer (None, NaN or `skbal.oracles.SKIP`)
            are left out.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their labels.
        **teach_kwargs : object
            Passed to the ``teach`` of the learner.

        Returns
        -------
        self : StreamLearner
            The same object.

        Raises
        ------
        ValueError
            If there are more or fewer labels than rows. What the learner raises passes
            through.
        """
        self._begin()
        owner = type(self).__name__
        n_labels = n_rows(y, f"y given to {owner}")
        check_same_number(n_rows(X, f"X given to {owner}"), n_labels, owner)
        kept = np.flatnonzero(~unanswered(y))
        if len(kept):
            if len(kept) < n_rows(X):
                X, y = take(X, kept), take(y, kept)
            self.learner.teach(X, y, **teach_kwargs)
            self.n_taught_ += len(kept)
        return self

    def run(self, X, oracle, *, n_at_once=1):
        """Take all rows as the stream, and ask an oracle where `ask` says so.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows, in the order in which they come.
        oracle : callable
            Takes positions in X, returns their labels, such as
            `skbal.oracles.LabelOracle`.
        n_at_once : int, default=1
            Number of rows that are scored, and whose labels are taught, together.

        Returns
        -------
        asked : ndarray of int of shape (n_asked,)
            Positions of the rows that were asked about.
        """
        check_count(n_at_once, "n_at_once", type(self).__name__)
        asked, n_stream = [], n_rows(X, f"X given to {type(self).__name__}")
        for start in range(0, n_stream, n_at_once):
            rows = take(X, slice(start, start + n_at_once))
            chosen = np.flatnonzero(self.ask(rows))
            if len(chosen):
                asked.extend((start + chosen).tolist())
                self.tell(take(rows, chosen), oracle(start + chosen))
        return np.array(asked, dtype=np.intp)

    # ------------------------------------------------------------------- inside

    def _begin(self):
        check_parameters(self)
        if self.budget == 0:
            raise ValueError(
                f"budget of {type(self).__name__} must be larger than 0, got 0."
            )
        if not hasattr(self, "n_seen_"):
            self.n_seen_, self.n_asked_, self.n_taught_ = 0, 0, 0
            self.threshold_, self.drifts_ = -np.inf, []
            self._recent = deque(maxlen=int(self.window))
            self._early, self._late = None, None

    def _scores(self, X):
        strategy = self.learner.query_strategy
        must = f"Scores of {type(strategy).__name__} must be finite numbers"
        scores = as_numbers(strategy.score_pool(self.learner, X), must)
        if not np.isfinite(scores).all():
            raise ValueError(f"{must}, got {scores[~np.isfinite(scores)][0]}.")
        return scores.astype(np.float64)

    def _decide(self, score):
        """Return whether to ask about a row, and count it."""
        n_seen, recent = self.n_seen_ + 1, np.array(self._recent)
        left = self.budget * n_seen - self.n_asked_
        self.threshold_ = -np.inf
        if len(recent) and self.budget < 1:
            quantile = np.quantile(recent, 1 - self.budget)
            self.threshold_ = float(quantile - np.ptp(recent) * left / self.tolerance)
        asks = bool(score >= self.threshold_ and left > 0)
        self._recent.append(float(score))
        self.n_seen_, self.n_asked_ = n_seen, self.n_asked_ + asks
        return asks

    def _watch(self, X, n_new):
        """Keep rows, and compare late with early ones whenever there are enough.

        Returns the numbers of rows seen at which a drift was found.
        """
        size, start, drifts = int(self.drift_window), 0, []
        while start < n_new:
            name = "_early" if _length(self._early) < size else "_late"
            kept = getattr(self, name)
            end = min(start + size - _length(kept), n_new)
            new = take(X, np.arange(start, end))
            new = _rows.own_copy(new) if kept is None else _rows.stack_rows(kept, new)
            setattr(self, name, new)
            start = end
            if _length(self._late) == size:
                if self._has_drifted():
                    drifts.append(self.n_seen_ - n_new + end)
                    self._early = self._late
                self._late = None
        self.drifts_ = self.drifts_ + drifts
        return drifts

    def _has_drifted(self):
        early, late = self._scores(self._early), self._scores(self._late)
        return ks_2samp(early, late).pvalue < self.drift_level


def _length(rows):
    return 0 if rows is None else n_rows(rows)
