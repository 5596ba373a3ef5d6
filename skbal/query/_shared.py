"""The parameters that all strategies share, and the checks of a pool."""

import numpy as np

from skbal._utils.parameters import (
    check_parameters,
    count,
    count_in_memory,
    either,
    flag,
    jobs,
    own,
)
from skbal._utils.pools import n_rows, take
from skbal.base import QueryStrategy


class SharedParameters(QueryStrategy):
    """Base class of all strategies of this package.

    Parameters
    ----------
    n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        As in `DrawStrategy`.
    """

    # Also for subclasses of users, whose __init__ may have fewer parameters.
    n_draws, batch_size, n_jobs, verbose = None, None, None, 0
    _parameter_rules = {
        "n_draws": count_in_memory(none=True),
        "batch_size": count(1, none=True),
        "n_jobs": jobs(),
        "verbose": either(flag(), count(0)),
    }

    def __init__(
        self,
        *,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        self.n_draws = n_draws
        self.random_state = random_state
        self.pool_subsample = pool_subsample
        self.batch_size = batch_size
        self.n_jobs = n_jobs
        self.verbose = verbose

    def _check(self, X_pool):
        """Raise an error if a parameter is invalid or the pool is empty."""
        check_parameters(self)
        owner = type(self).__name__
        if n_rows(X_pool, f"X_pool given to {owner}") == 0:
            raise ValueError(f"X_pool given to {owner} is empty: no row to score.")


def target_rows():
    """Return the rule for a parameter that is the rows of a target, or None."""

    def check(value, name, owner):
        if n_rows(value, f"{name} of {owner}") == 0:
            raise ValueError(f"{name} of {owner} is empty: give a row or None.")

    return own(check, "rows or None", (), none=True)


def rows_of_target(strategy, estimator, X_pool):
    """Return the target of a strategy: its ``X_target``, or random rows of the pool.

    Parameters
    ----------
    strategy : QueryStrategy
        It has the parameters ``X_target`` and ``n_target``.
    estimator : estimator or learner
        As it was passed to the strategy.
    X_pool : array-like of shape (n_pool, ...)
        The pool.

    Returns
    -------
    rows : array-like of shape (n_targets, ...)
        For a random target, ``n_target`` rows of the pool in ascending order, or all.
    """
    if strategy.X_target is not None:
        return strategy.X_target
    n_pool = n_rows(X_pool)
    rng = strategy._rng(estimator, n_pool)
    rows = rng.choice(n_pool, min(strategy.n_target, n_pool), replace=False)
    return take(X_pool, np.sort(rows))


def wrapped_strategy():
    """Return the rule for a parameter that is a strategy with scores, or None."""

    def check(value, name, owner):
        if isinstance(value, type) or not hasattr(value, "score_pool"):
            raise TypeError(
                f"{name} of {owner} must be a query strategy with a method score_pool, "
                "such as BALD(); a function of a learner and a pool has none. Got "
                f"{value!r}."
            )

    return own(check, "a query strategy with a method score_pool", object(), none=True)
