"""The strategy that chooses the rows of a regression batch together."""

from skbal._utils.chunks import MAX_MEMORY
from skbal._utils.random import check_seed
from skbal._utils.validation import check_count
from skbal.query._factors import PoolFactors
from skbal.query._greedy import greedy_information
from skbal.query._strategy import DrawStrategy


class BatchVariance(DrawStrategy):
    """Ask for the batch whose labels together tell most about the function.

    For a regressor with Gaussian noise, the labels of a batch S bring

        I(y_S; f) = 1/2 log det(I + K_SS / noise_variance)

    nats, K the covariance of the noise-free function between rows [1]_. The batch is
    built row by row, each the one that adds most to those before it; this reaches at
    least 1 - 1/e of the best batch. The first row is the one of `PredictiveVariance`;
    after it, rows that the batch already tells about count for less, so near-copies are
    passed over. No label is needed in between: the covariance of a Gaussian does not
    depend on the labels.

    K is exact where the estimator has a method ``covariance_factor(X)``, as skbal's
    Bayesian linear models have; otherwise it is the covariance over posterior draws,
    then of no higher rank than there are draws: take many more than rows of a batch.

    Parameters
    ----------
    noise_variance : float, optional
        The variance of the label noise, larger than 0, in squared units of y. For
        models whose noise has an ``output_covariance_`` it is the factor before that.
        None takes the estimator's ``noise_variance_``; of ``BayesianRidge`` and
        ``ARDRegression``, 1 / ``alpha_``.
    n_draws : int, optional
        How many posterior draws; None takes the estimator's own number. Not used with
        ``covariance_factor``.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the draws and of the order of equal gains. An integer gives the same choice
        for the same estimator and pool.
    pool_subsample : int, optional
        A call looks only at this many random rows of the pool; None looks at all.
    batch_size : int, optional
        How many rows are drawn for at once; None keeps memory to some 64 MB.
    n_jobs : int, optional
        How many pieces of the pool are worked on at once, by `joblib`; None asks
        `joblib.parallel_config`, and means 1 outside of it.
    max_memory : int, optional
        The bytes that factors of the covariance may take; None is 64 MB, which is
        60,000 rows of 128 features. A larger pool gives the same batch, but rows may go
        through the estimator more than once.
    verbose : int, default=0
        Whether to show a progress bar over the rows of the pool.

    Attributes
    ----------
    gains_ : ndarray of shape (n_instances,)
        After a call, the information that each row's label adds to those before it, in
        nats; never growing. The sum is that of the batch.

    See Also
    --------
    PredictiveVariance : Scores each row by itself.

    Notes
    -----
    Several outputs: draws of one row have a covariance between its outputs, and its
    labels are all outputs at once, each with its own noise. Under ``covariance_factor``
    the covariance between outputs cancels against that of the noise, and the gains are
    those of one output times the number of outputs.

    One pick costs a product of the factors with a vector for each output: time linear
    in the pool, and no matrix of n_pool by n_pool. The exception is
    ``GaussianProcessRegressor``, whose draws need the covariance of all rows; use
    ``pool_subsample`` there, and give ``noise_variance``.

    References
    ----------
    .. [1] N. Srinivas, A. Krause, S. M. Kakade and M. Seeger (2010), Gaussian Process
       Optimization in the Bandit Setting: No Regret and Experimental Design, section 2.

    Examples
    --------
    The last two rows of the pool are the same; one of them is enough.

    >>> from sklearn.linear_model import BayesianRidge
    >>> from skbal.query import BatchVariance, PredictiveVariance
    >>> X, y = [[0.0, 0.0], [1.0, 0.5], [0.0, 1.0], [1.0, 2.0]], [0.0, 1.1, 0.1, 0.9]
    >>> model = BayesianRidge().fit(X, y)
    >>> pool = [[0.0, 3.0], [5.0, 0.0], [5.0, 0.0]]
    >>> sorted(PredictiveVariance(random_state=0)(model, pool, n_instances=2).tolist())
    [1, 2]
    >>> strategy = BatchVariance(random_state=0)
    >>> 0 in strategy(model, pool, n_instances=2)
    True
    """

    _takes_regressors = True

    def __init__(
        self,
        noise_variance=None,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        max_memory=None,
        verbose=0,
    ):
        super().__init__(
            n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        )
        self.noise_variance = noise_variance
        self.max_memory = max_memory

    def score_pool(self, estimator, X_pool):
        """Return what the label of each row, alone, tells about the function, in nats.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted regressor with ``covariance_factor`` or posterior draws, or a
            learner that holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows; a memory map is read piece by piece.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Not negative; the gains of the rows as the first of a batch.

        Raises
        ------
        TypeError
            If the estimator makes no posterior draws (`NoDrawsError`).
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the pool is empty, no noise variance is known, there are fewer than two
            draws, or a parameter of the strategy is wrong.
        """
        factors = self._factors(estimator, X_pool)
        return factors.n_copies * factors.gains()

    def _select(self, learner, X_pool, n_instances, rng):
        factors = self._factors(learner, X_pool)
        n_held = self._n_held(factors)
        rows, gains = greedy_information(
            factors.load,
            factors.n_rows,
            n_instances,
            n_held=n_held,
            priority=rng.random(factors.n_rows),
            bounds=None if n_held == factors.n_rows else factors.gains(),
        )
        self.gains_ = factors.n_copies * gains
        return rows

    def _factors(self, estimator, X_pool):
        self._check(estimator, X_pool)
        owner = type(self).__name__
        return PoolFactors(
            estimator,
            X_pool,
            owner,
            noise_variance=self.noise_variance,
            n_draws=self.n_draws,
            seed=check_seed(self.random_state, owner),
            batch_size=self.batch_size,
            n_jobs=self.n_jobs,
            verbose=self.verbose,
        )

    def _n_held(self, factors):
        max_memory = MAX_MEMORY
        if self.max_memory is not None:
            owner = type(self).__name__
            max_memory = check_count(self.max_memory, "max_memory", owner)
        if not factors.splits:
            return factors.n_rows
        return min(max(max_memory // factors.bytes_per_row, 1), factors.n_rows)
