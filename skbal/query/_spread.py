"""Strategies that ask where the draws lie far apart."""

from skbal.information import mean_std, predictive_variance
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
    """Ask where the variance over draws, summed over outputs, is largest.

    The score is `skbal.information.predictive_variance`, in squared units of y. Meant
    for regressors, where draws of the noise-free function make it the part of the
    variance that more labels can remove; classifiers are taken too.

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

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestRegressor
    >>> from skbal.query import PredictiveVariance
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0.0, 0.0, 1.0, 1.0]
    >>> forest = RandomForestRegressor(random_state=0).fit(X, y)
    >>> PredictiveVariance(random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    _takes_regressors = True
    _score = staticmethod(predictive_variance)
