"""Random choice: the strategy that all others have to beat."""

from skbal._utils.pools import n_rows
from skbal.query._shared import SharedParameters


class Random(SharedParameters):
    """Choose rows uniformly at random.

    No draws are made, so the estimator may be anything, also ``None``. ``n_draws``,
    ``batch_size``, ``n_jobs`` and ``verbose`` have no effect. They exist so that all
    strategies take the same parameters.

    Parameters
    ----------
    n_draws : int, optional
        Not used, like ``batch_size``, ``n_jobs`` and ``verbose``.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the choice. An integer makes it repeatable for the same sizes of pool and
        training set.
    pool_subsample : int, optional
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.
    verbose : int, default=0
        Whether to show a progress bar.

    Examples
    --------
    >>> from skbal.query import Random
    >>> len(Random(random_state=0)(None, [[0.0], [1.5], [3.0]], n_instances=2))
    2
    """

    def score_pool(self, estimator, X_pool):
        """Return a uniform random number per row.

        Parameters
        ----------
        estimator : object
            Not used, except for the number of labelled rows of a learner.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.
            Only the number of rows is used.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            In [0, 1). An integer ``random_state`` gives the same numbers until the size
            of the pool or of the training set changes.

        Raises
        ------
        ValueError
            If the pool is empty or a parameter has a wrong value.
        """
        self._check(X_pool)
        n_pool = n_rows(X_pool)
        return self._rng(estimator, n_pool).random(n_pool)
