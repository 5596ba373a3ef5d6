"""The rule that stops when the model is certain about the rest of the pool."""

import numpy as np
from sklearn.base import clone

from skbal._utils.parameters import count, having, option, real, seed
from skbal._utils.pools import n_rows, take
from skbal._utils.random import check_seed, stream
from skbal._utils.seeds_of import fill_random_states
from skbal.query import MaxEntropy
from skbal.stopping._rule import StoppingRule, number

_STATISTICS = {"mean": np.mean, "max": np.max}


class UncertaintyBelow(StoppingRule):
    """Stops when the model is certain about the rows that are left.

    It stops if the mean or the largest score of a query strategy over the remaining
    pool is below a threshold. With `skbal.query.MaxEntropy` these are the criteria
    "overall uncertainty" and "max-confidence" of Zhu et al. [1]_. With
    `skbal.query.BALD`, only the uncertainty that more labels could reduce is counted,
    not the noise of the labels.

    Parameters
    ----------
    threshold : float, default=0.1
        Threshold in the unit of the scores. For entropy and BALD, these are nats, at
        most the logarithm of the number of classes.
    strategy : QueryStrategy, optional
        A strategy with ``score_pool``. ``None`` is `skbal.query.MaxEntropy`. If its
        ``random_state`` is None, it is set from that of the rule.
    statistic : {"mean", "max"}, default="mean"
        Which statistic of the scores must be below the threshold. The largest score is
        a strict criterion: one outlier keeps the loop going.
    n_rows : int or None, default=1000
        Number of random rows of the remaining pool that are scored. As far as possible,
        these are the same rows at each step. ``None`` scores all.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Chooses the rows that are scored. An integer makes the choice repeatable.

    Attributes
    ----------
    strategy_ : QueryStrategy
        The strategy that scores.
    values_ : list of float
        The statistic after each step.
    seed_ : int
        The seed of the strategy and of the choice of rows.

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

    _parameter_rules = {
        "threshold": real(),
        "strategy": having("score_pool", example="MaxEntropy()", none=True),
        "statistic": option("mean", "max"),
        "n_rows": count(1, none=True),
        "random_state": seed(),
    }

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

    def reason_to_stop(self, loop):
        if not hasattr(self, "values_"):
            self._start(loop)
        rows = self._sample(loop.remaining_)
        if not len(rows):
            return None
        strategy = self.strategy_
        scores = strategy.score_pool(loop.learner, take(loop.X_pool, rows))
        value = float(_STATISTICS[self.statistic](scores))
        self.values_ = [*self.values_, value]
        if not value < self.threshold:
            return None
        return (
            f"uncertainty below {number(self.threshold)}: {self.statistic} of "
            f"{type(strategy).__name__} {number(value)} over {len(rows)} rows"
        )

    @property
    def strategy_(self):
        """The strategy that scores."""
        # Not kept as an object, which the file of a loop could not hold.
        if not hasattr(self, "seed_"):
            raise AttributeError("strategy_ is there after the first step of a loop.")
        strategy = MaxEntropy() if self.strategy is None else self.strategy
        return fill_random_states(clone(strategy, safe=False), self.seed_)

    def _start(self, loop):
        self.seed_ = check_seed(self.random_state, type(self).__name__)
        # With a fixed order, the sample only changes by rows that were asked about.
        rng = stream(self.seed_, "uncertainty")
        self.order_ = rng.permutation(n_rows(loop.X_pool))
        self.values_ = []

    def _sample(self, remaining):
        if self.n_rows is None or len(remaining) <= self.n_rows:
            return remaining
        left = np.zeros(len(self.order_), dtype=bool)
        left[remaining] = True
        return np.sort(self.order_[left[self.order_]][: self.n_rows])
