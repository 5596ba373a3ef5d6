"""The strategy that every other has to beat."""

from skbal._utils.pools import n_rows
from skbal.base import QueryStrategy


class Random(QueryStrategy):
    """Choose rows at random, each as likely as any other.

    No draws are made, so any estimator will do, and ``None`` as well. ``n_draws``,
    ``batch_size``, ``n_jobs`` and ``verbose`` change nothing; they are here so that all
    strategies take the same parameters.

    Parameters
    ----------
    n_draws : int, optional
        How many posterior draws; None takes the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the draws and of the order of equal scores. An integer gives the same choice
        for the same estimator and pool.
    pool_subsample : int, optional
        A call scores only this many random rows of the pool; None scores all.
    batch_size : int, optional
        How many rows are drawn for at once; None keeps memory to some 64 MB.
    n_jobs : int, optional
        How many pieces of the pool are worked on at once, by `joblib`; None asks
        `joblib.parallel_config`, and means 1 outside of it.
    verbose : int, default=0
        Whether to show a progress bar over the rows of the pool.

    Examples
    --------
    >>> from skbal.query import Random
    >>> len(Random(random_state=0)(None, [[0.0], [1.5], [3.0]], n_instances=2))
    2
    """

    def __init__(
        self,
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

    def score_pool(self, estimator, X_pool):
        """Return uniform random numbers, one a row.

        Parameters
        ----------
        estimator : object
            Only the number of rows that a learner was taught is looked at.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            In [0, 1). An integer ``random_state`` gives the same numbers until the pool
            or the training set changes in size.
        """
        n_pool = n_rows(X_pool)
        return self._rng(estimator, n_pool).random(n_pool)
