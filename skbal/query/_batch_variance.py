"""BatchVariance: choose the rows of a regression batch jointly."""

from skbal._utils.chunks import MAX_MEMORY
from skbal._utils.memory import check_memory
from skbal._utils.parameters import memory, real
from skbal._utils.random import check_seed
from skbal.query._factors import PoolFactors
from skbal.query._greedy import greedy_information
from skbal.query._shared import SharedParameters


class BatchVariance(SharedParameters):
    """Choose the batch whose labels have most information about the function.

    For a regressor with Gaussian noise, the labels of a batch S have

        I(y_S; f) = 1/2 log det(I + K_SS / noise_variance)

    nats of information, where K is the covariance of the noise-free function between
    rows [1]_. The batch is built greedily: each next row is the one that adds most to
    the rows before it. The result has at least 1 - 1/e of the information of the best
    batch. The first row is that of `PredictiveVariance`. After it, rows that are
    correlated with the batch add less, so near-copies are avoided. No labels are needed
    between the rows, because the covariance of a Gaussian does not depend on them.

    K is exact if the estimator has a method ``covariance_factor(X)``, such as skbal's
    Bayesian linear models. Otherwise it is the covariance over posterior draws. Its
    rank is less than the number of draws, so use many more draws than rows of a batch.

    Parameters
    ----------
    noise_variance : float, optional
        Variance of the label noise in squared units of y, larger than 0. For a model
        with an ``output_covariance_`` it is the factor of that matrix. ``None`` uses
        the estimator's ``label_variance(X)`` of each row, its ``noise_variance_``, or
        1 / ``alpha_`` for ``BayesianRidge`` and ``ARDRegression``.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number. Not used
        with ``covariance_factor``.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool.
    pool_subsample : int, optional
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.
    max_memory : int or str, optional
        Memory for the factors of the covariance, in bytes or as a string such as
        "500MB". ``None`` is 64 MB, enough for 60,000 rows of 128 features. The batch
        does not depend on it, but a larger pool may be predicted more than once.
    verbose : int, default=0
        Whether to show a progress bar.

    Attributes
    ----------
    gains_ : ndarray of shape (n_instances,)
        After a call, the information that each row's label adds to the labels before
        it, in nats; non-increasing. The sum is the information of the batch.

    See Also
    --------
    PredictiveVariance : Scores each row separately.

    Notes
    -----
    If there are several outputs, the draws of a row have a covariance between its
    outputs, and labelling a row gives all its outputs, each with its own noise. With
    ``covariance_factor`` the covariance between outputs cancels against that of the
    noise, and the gains are those of one output times the number of outputs.

    Each row of the batch costs one product of the factors with a vector per output.
    Time is linear in the size of the pool, and no n_pool x n_pool matrix is built. The
    exception is ``GaussianProcessRegressor``, whose draws need the covariance of all
    rows: use ``pool_subsample`` and give ``noise_variance``.

    References
    ----------
    .. [1] N. Srinivas, A. Krause, S. M. Kakade and M. Seeger (2010), Gaussian Process
       Optimization in the Bandit Setting: No Regret and Experimental Design, section 2.

    Examples
    --------
    The last two rows of the pool are equal; one of them is enough.

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

    _parameter_rules = {
        "noise_variance": real(0, none=True),
        "max_memory": memory(none=True),
    }

    def __init__(
        self,
        noise_variance=None,
        *,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        max_memory=None,
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
        self.noise_variance = noise_variance
        self.max_memory = max_memory

    def score_pool(self, estimator, X_pool):
        """Return the information of each row's label about the function, in nats.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted regressor with ``covariance_factor`` or posterior draws, or a
            learner that holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Non-negative; the gain of each row as the first of a batch.

        Raises
        ------
        TypeError
            If the estimator makes no posterior draws (`NoDrawsError`).
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the pool is empty, the noise variance is unknown, there are fewer than
            two draws, or a parameter has a wrong value.
        """
        factors = self._factors(estimator, X_pool)
        return factors.n_copies * factors.gains()

    def select_batch(self, learner, X_pool, n_instances, rng):
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
        self._check(X_pool)
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
        if not factors.splits:
            return factors.n_rows
        max_memory = MAX_MEMORY
        if self.max_memory is not None:
            owner = type(self).__name__
            max_memory = check_memory(self.max_memory, "max_memory", owner)
        return min(max(max_memory // factors.bytes_per_row, 1), factors.n_rows)
