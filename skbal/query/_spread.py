"""Strategies that choose the rows whose draws vary most."""

import numpy as np

from skbal.base import best_first
from skbal.information import mean_std, predictive_variance
from skbal.query._moments import above_the_least, has_moments, total_std
from skbal.query._strategy import DrawStrategy


class MeanSTD(DrawStrategy):
    """Choose the rows with the largest standard deviation of the draws.

    The score is `skbal.information.mean_std`, the standard deviation over draws,
    averaged over classes [1]_. For a regressor it is averaged over outputs and in the
    units of y. For several yes/no labels per row it is the sum over labels.

    Parameters
    ----------
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
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
    verbose : int, default=0
        Whether to show a progress bar.

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

    takes_regressors = True
    takes_multilabel = True
    score_draws = staticmethod(mean_std)


class PredictiveVariance(DrawStrategy):
    """Choose the rows with the largest trace of the predictive covariance.

    The score is in squared units of y. If ``predict`` of the model has the arguments
    ``return_std`` and ``return_cov``, these exact moments are used. Then no draws are
    made and the score has no sampling error. It includes the noise variance if the
    model's own standard deviation does. Noise of the same variance for all rows does
    not change the order.

    For all other models, also classifiers, the score is
    `skbal.information.predictive_variance` of the draws. For a regressor this is the
    variance without the noise, the part that more labels can remove. For several yes/no
    labels per row it is the sum over labels.

    Parameters
    ----------
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number. Not used
        with exact moments.
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
    verbose : int, default=0
        Whether to show a progress bar.

    See Also
    --------
    BatchVariance : Chooses the rows of a batch jointly.

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

    takes_regressors = True
    takes_multilabel = True
    score_draws = staticmethod(predictive_variance)

    def score_pool(self, estimator, X_pool):
        """Return the trace of each row's predictive covariance, in squared units of y.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted estimator with exact moments or posterior draws, or a learner that
            holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            In the order of the pool. Exact moments include the noise variance if the
            model's own standard deviation does; draws do not.

        Raises
        ------
        TypeError
            If the estimator has neither (`NoDrawsError`).
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the pool is empty, a prediction is not finite, or a parameter has a wrong
            value.
        """
        if not has_moments(estimator):
            return super().score_pool(estimator, X_pool)
        return np.square(self._std(estimator, X_pool), dtype=np.float64)

    def select_batch(self, learner, X_pool, n_instances, rng):
        if not has_moments(learner):
            return super().select_batch(learner, X_pool, n_instances, rng)
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
