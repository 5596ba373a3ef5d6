"""PerCost: what a label is worth for its price."""

import copy

import numpy as np

from skbal._utils.parameters import own
from skbal._utils.pools import n_rows
from skbal._utils.prices import as_prices
from skbal.query._features import compute
from skbal.query._shared import SharedParameters, wrapped_strategy
from skbal.query._wrapping import WrapsStrategy


def _check_prices(value, name, owner):
    if not callable(value):
        as_prices(value, f"{name} of {owner}")


class PerCost(WrapsStrategy, SharedParameters):
    """Choose the rows whose labels are worth most for their price.

    The score is that of the wrapped strategy divided by the price of the row's label.
    It is the order in which a budget is spent best if scores add up, as information
    does for rows that are not alike [1]_.

    Parameters
    ----------
    strategy : QueryStrategy, optional
        Scores the rows by its ``score_pool``; its scores must not be negative. ``None``
        is `BALD` with the ``n_draws``, ``random_state``, ``batch_size``, ``n_jobs`` and
        ``verbose`` given here.
    cost : callable or array-like of shape (n_pool,), optional
        Prices of the labels, larger than 0, in any unit. A function takes rows and
        returns their prices, and works for any pool. An array belongs to one pool, not
        to the shrinking pool of a loop. ``None`` is 1 for all rows.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number. It is used
        only if ``strategy`` is ``None``.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the breaking of ties. A wrapped strategy has its own. An integer makes the
        choice repeatable for the same scores.
    pool_subsample : int, optional
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB. A function ``cost`` is given as many.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.
    verbose : int, default=0
        Whether to show a progress bar. It counts the rows whose prices are computed.

    See Also
    --------
    ValueOfInformation : Scores in the unit of a price.

    References
    ----------
    .. [1] B. Settles, M. Craven and L. Friedland (2008), Active Learning with Real
       Annotation Costs, section 4.

    Examples
    --------
    A long text costs more time to read. The longest is the least certain, but not worth
    it:

    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal.query import Margin, PerCost
    >>> X = np.array([[-1.0, 10.0], [1.0, 10.0]])  # the second column is the length
    >>> model = LogisticRegression().fit(X, ["no", "yes"])
    >>> pool = np.array([[0.0, 90.0], [0.2, 10.0], [1.0, 20.0]])
    >>> Margin(random_state=0)(model, pool)
    array([0])
    >>> PerCost(Margin(), cost=lambda X: X[:, 1], random_state=0)(model, pool)
    array([1])
    """

    _parameter_rules = {
        "strategy": wrapped_strategy(),
        "cost": own(
            _check_prices, "an array of prices or a function of rows", -1.0, none=True
        ),
    }

    def __init__(
        self,
        strategy=None,
        *,
        cost=None,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.strategy = strategy
        self.cost = cost

    def score_pool(self, estimator, X_pool):
        """Return the strategy's scores divided by the prices.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted estimator that the strategy accepts, or a learner that holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            In the unit of the strategy's score per unit of price.

        Raises
        ------
        TypeError
            If the strategy has no ``score_pool``.
        ValueError
            If the pool is empty, a score of the strategy is negative, a price is not
            larger than 0, or the number of prices is not that of the rows.
        """
        self._check(X_pool)
        prices = self._prices(X_pool)
        return self._positive_scores(estimator, X_pool) / prices

    def _prices(self, X_pool):
        if self.cost is None:
            return np.ones(n_rows(X_pool))
        if callable(self.cost):
            chunks = {"batch_size": self.batch_size, "n_jobs": self.n_jobs}
            return compute(self._of_rows, X_pool, verbose=self.verbose, **chunks)[0]
        what = f"cost of {type(self).__name__}"
        prices, n_pool = as_prices(self.cost, what), n_rows(X_pool)
        if prices.shape != (n_pool,):
            raise ValueError(
                f"{what} must be a function of rows, or a price for each of the "
                f"{n_pool} rows of the pool, got shape {prices.shape}. In a loop the "
                "pool shrinks: pass a function."
            )
        return prices

    def _of_rows(self, X):
        what = f"The function cost of {type(self).__name__}"
        prices = as_prices(self.cost(X), what)
        if prices.shape != (n_rows(X),):
            raise ValueError(
                f"{what} was given {n_rows(X)} rows and must return a price for each, "
                f"got shape {prices.shape}."
            )
        return (prices,)

    def _for_rows(self, rows, n_pool):
        strategy = super()._for_rows(rows, n_pool)
        if self.cost is None or callable(self.cost) or np.shape(self.cost) != (n_pool,):
            return strategy
        strategy = copy.copy(strategy)  # not a clone, which would copy a generator
        strategy.cost = np.asarray(self.cost)[rows]
        return strategy
