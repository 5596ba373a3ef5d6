"""The rule that stops when the pool holds no more questions."""

import numpy as np
from sklearn.base import clone

from skbal._utils.pools import n_rows, take
from skbal._utils.random import check_seed, stream
from skbal._utils.seeds_of import fill_random_states
from skbal._utils.validation import check_count, check_real
from skbal.query import MaxEntropy
from skbal.stopping._rule import StoppingRule, number

_STATISTICS = {"mean": np.mean, "max": np.max}


class UncertaintyBelow(StoppingRule):
    """Stops when the model is sure about the rows that are left.

    That is when the mean, or the largest, score of a query strategy over the pool that
    remains is below a threshold. With `skbal.query.MaxEntropy` these are the criteria
    "overall uncertainty" and "max-confidence" of Zhu et al. [1]_; with
    `skbal.query.BALD` only what more labels could tell counts, not the noise of the
    labels.

    Parameters
    ----------
    threshold : float, default=0.1
        In the unit of the strategy's scores: nats for entropy and BALD, at most the
        logarithm of the number of classes.
    strategy : QueryStrategy, optional
        Whose scores to take, by its ``score_pool``; None is `skbal.query.MaxEntropy`.
        Where its ``random_state`` is None, it is set from that of the rule.
    statistic : {"mean", "max"}, default="mean"
        Of the scores. The largest asks for much: one outlier keeps the loop going.
    n_rows : int or None, default=1000
        How many random rows of the pool that remains to look at, as far as possible
        the same at each step; None looks at all.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Chooses these rows.

    Attributes
    ----------
    strategy_ : QueryStrategy
        The one that scores.
    values_ : list of float
        The statistic at each step so far.

    References
    ----------
    .. [1] J. Zhu, H. Wang and E. Hovy (2008), Multi-Criteria-Based Strategy to Stop
       Active Learning for Data Annotation, COLING.

    Examples
    --------
    >>> from skbal.query import BALD
    >>> from skbal.stopping import UncertaintyBelow
    >>> rule = UncertaintyBelow(0.05, strategy=BALD(), statistic="max", random_state=0)
    """

    def __init__(
        self,
        threshold=0.1,
        strategy=None,
        statistic="mean",
        n_rows=1000,
        random_state=None,
    ):
        self.threshold = threshold
        self.strategy = strategy
        self.statistic = statistic
        self.n_rows = n_rows
        self.random_state = random_state

    def __call__(self, loop):
        """Return why to stop, or None to go on.

        Parameters
        ----------
        loop : skbal.loop.ActiveLearningLoop
            After a step.

        Returns
        -------
        reason : str or None

        Raises
        ------
        TypeError
            If ``strategy`` has no ``score_pool``.
        ValueError
            If ``statistic`` is unknown.
        """
        threshold = check_real(self.threshold, "threshold", "UncertaintyBelow")
        summary = self._summary()
        if not hasattr(self, "values_"):
            self._start(loop)
        rows = self._sample(loop.remaining_)
        if not len(rows):
            return None
        scores = self.strategy_.score_pool(loop.learner, take(loop.X_pool, rows))
        value = float(summary(scores))
        self.values_.append(value)
        if not value < threshold:
            return None
        return (
            f"uncertainty below {number(threshold)}: {self.statistic} of "
            f"{type(self.strategy_).__name__} {number(value)} over {len(rows)} rows"
        )

    def _summary(self):
        if self.statistic not in _STATISTICS:
            raise ValueError(
                "statistic of UncertaintyBelow must be one of 'mean', 'max', got "
                f"{self.statistic!r}."
            )
        return _STATISTICS[self.statistic]

    def _start(self, loop):
        strategy = MaxEntropy() if self.strategy is None else self.strategy
        if isinstance(strategy, type) or not hasattr(strategy, "score_pool"):
            raise TypeError(
                "strategy of UncertaintyBelow must be a query strategy with a method "
                f"score_pool, such as MaxEntropy(), got {strategy!r}."
            )
        if self.n_rows is not None:
            check_count(self.n_rows, "n_rows", "UncertaintyBelow")
        seed = check_seed(self.random_state, "UncertaintyBelow")
        self.strategy_ = fill_random_states(clone(strategy, safe=False), seed)
        # A fixed order: the sample changes only by the rows that are asked about.
        rng = stream(seed, "uncertainty")
        self.order_ = rng.permutation(n_rows(loop.X_pool))
        self.values_ = []

    def _sample(self, remaining):
        if self.n_rows is None or len(remaining) <= self.n_rows:
            return remaining
        left = np.zeros(len(self.order_), dtype=bool)
        left[remaining] = True
        return np.sort(self.order_[left[self.order_]][: self.n_rows])
