"""One strategy under test: its pool, its scores and its choices."""

import copy
import warnings
from functools import cached_property

import numpy as np
from sklearn.base import clone

from skbal._utils._sklearn import num_samples, safe_indexing
from skbal._utils.seeds_of import fill_random_states
from skbal.base import QueryStrategy
from skbal.testing._run import Subject

_FEWEST_ROWS = 4


class StrategyCase(Subject):
    """A strategy with an estimator and a pool, and what the checks ask of it.

    Parameters
    ----------
    strategy : QueryStrategy
        Cloned.
    estimator : estimator
        Fitted.
    X : array-like of shape (n_pool, ...)
        The pool; copied, so that a strategy cannot change the caller's.
    seed : int
        Seed of the strategy.
    tolerance : float
        Largest difference by rounding, as a fraction of the largest score.
    """

    def __init__(self, strategy, estimator, X, *, seed, tolerance):
        _check_is_strategy(strategy)
        super().__init__(type(strategy).__name__)
        self.n_pool = num_samples(X)
        if self.n_pool < _FEWEST_ROWS:
            raise ValueError(
                f"X of check_query_strategy must have at least {_FEWEST_ROWS} rows, "
                f"got {self.n_pool}."
            )
        self.given, self.estimator = strategy, estimator
        self.X = copy.deepcopy(X)
        self.seed, self.tolerance = seed, tolerance

    @cached_property
    def template(self):
        """The strategy with a seed."""
        template = clone(self.given)
        if self.has("random_state"):
            template.set_params(random_state=self.seed)
        return fill_random_states(template, self.seed)

    def has(self, name):
        """Return whether the strategy has a parameter."""
        return name in self.given.get_params(deep=False)

    @property
    def scores_rows(self):
        """Whether the rows are chosen by their scores alone."""
        select = getattr(type(self.given), "select_batch", None)
        return select is QueryStrategy.select_batch

    def new(self, **parameters):
        """Return a new strategy with some parameters changed."""
        return clone(self.template).set_params(**parameters)

    def choose(self, n_instances, X=None, *, estimator=None, **parameters):
        """Return the indices chosen by a new strategy."""
        X = self.X if X is None else X
        estimator = self.estimator if estimator is None else estimator
        with warnings.catch_warnings():
            # A warning may be right: requests are large, and rows may be equal.
            warnings.simplefilter("ignore")
            return self.new(**parameters)(estimator, X, n_instances)

    def scores(self, X=None, **parameters):
        """Return the scores by a new strategy."""
        X = self.X if X is None else X
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self.new(**parameters).score_pool(self.estimator, X)

    @cached_property
    def reference(self):
        """The scores that others are compared with."""
        return np.asarray(self.scores(), dtype=np.float64)

    @property
    def rounding(self):
        """The largest difference between scores that counts as rounding."""
        return self.tolerance * float(np.abs(self.reference).max())

    @property
    def some(self):
        """A number of rows that leaves some of the pool."""
        return max(self.n_pool // 4, 2)

    def rows(self, indices):
        """Return rows of the pool, in the kind of container it is."""
        return safe_indexing(self.X, np.asarray(indices, dtype=np.intp))

    @cached_property
    def equal_rows(self):
        """A pool of twenty equal rows."""
        return self.rows(np.zeros(20))


def _check_is_strategy(strategy):
    has_all = callable(strategy) and hasattr(strategy, "get_params")
    if isinstance(strategy, type) or not has_all or not hasattr(strategy, "score_pool"):
        raise TypeError(
            "strategy of check_query_strategy must be a QueryStrategy, such as BALD(), "
            f"got {strategy!r}."
        )
