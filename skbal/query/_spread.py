"""Strategies that ask where the draws lie far apart."""

import numpy as np

from skbal.base import best_first
from skbal.information import mean_std, predictive_variance
from skbal.query._moments import above_the_least, has_moments, total_std
from skbal.query._strategy import DrawStrategy


class MeanSTD(DrawStrategy):
    """Ask where the standard deviation over draws, averaged over classes, is largest.

    The score is `skbal.information.mean_std` [1]_. Regressors are taken too; the score
    is then in the units of y.

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

    References
    ----------
    .. [1] Y. Gal, R. Islam and Z. Ghahramani (2017), Deep Bayesian Active Learning with
       Image Data, section 4.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import MeanSTD
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> MeanSTD(random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    _takes_regressors = True
    _score = staticmethod(mean_std)


class PredictiveVariance(DrawStrategy):
    """Ask where the trace of the predictive covariance is largest.

    The score is in squared units of y. Where the model knows its moments, that is where
    its ``predict`` takes ``return_std`` and ``return_cov``, they are used: no draws are
    made, and the score has no error of chance. It includes the noise where the model's
    own standard deviation does; noise of one size for all rows changes no ranking.

    Otherwise the score is `skbal.information.predictive_variance` of the draws: for
    regressors without the noise, the part of the variance that more labels can remove.
    Classifiers are taken too.

    Parameters
    ----------
    n_draws : int, optional
        How many posterior draws; None takes the estimator's own number. Not used with
        exact moments.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the draws and of the order of equal scores. An integer gives the same choice
        for the same estimator and pool.
    pool_subsample : int, optional
        A call scores only this many random rows of the pool; None scores all.
    batch_size : int, optional
        How many rows are predicted or drawn for at once; None keeps memory to some
        64 MB.
    n_jobs : int, optional
        How many pieces of the pool are worked on at once, by `joblib`; None asks
        `joblib.parallel_config`, and means 1 outside of it.
    verbose : int, default=0
        Whether to show a progress bar over the rows of the pool.

    See Also
    --------
    BatchVariance : Chooses the rows of a batch together.

    Examples
    --------
    >>> from sklearn.gaussian_process import GaussianProcessRegressor
    >>> from sklearn.gaussian_process.kernels import RBF
    >>> from skbal.query import PredictiveVariance
    >>> process = GaussianProcessRegressor(RBF(1.0, "fixed"))
    >>> process = process.fit([[0.0], [1.0]], [0.0, 1.0])
    >>> strategy = PredictiveVariance(random_state=0)
    >>> strategy(process, [[0.0], [0.5], [3.0]])
    array([2])
    >>> strategy.score_pool(process, [[0.0], [0.5], [3.0]]).round(3)
    array([0.   , 0.03 , 0.974])
    """

    _takes_regressors = True
    _score = staticmethod(predictive_variance)

    def score_pool(self, estimator, X_pool):
        """Return the trace of each row's predictive covariance, in squared units of y.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted estimator with exact moments or posterior draws, or a learner that
            holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows; a memory map is read piece by piece.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            In the order of the pool. From exact moments the noise is included where the
            model's own standard deviation includes it; from draws it is not.

        Raises
        ------
        TypeError
            If the estimator has neither (`NoDrawsError`).
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the pool is empty, a prediction is not finite, or a parameter of the
            strategy is wrong.
        """
        if not has_moments(estimator):
            return super().score_pool(estimator, X_pool)
        return np.square(self._std(estimator, X_pool), dtype=np.float64)

    def _select(self, learner, X_pool, n_instances, rng):
        if not has_moments(learner):
            return super()._select(learner, X_pool, n_instances, rng)
        excess = above_the_least(self._std(learner, X_pool))
        return best_first(excess, n_instances, rng)

    def _std(self, estimator, X_pool):
        self._check(estimator, X_pool)
        return total_std(
            estimator,
            X_pool,
            batch_size=self.batch_size,
            n_jobs=self.n_jobs,
            verbose=self.verbose,
        )
