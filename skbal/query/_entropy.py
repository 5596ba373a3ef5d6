"""Strategies that ask where the mean probabilities are least sure."""

from skbal.information import predictive_entropy, variation_ratio
from skbal.query._strategy import DrawStrategy


class MaxEntropy(DrawStrategy):
    """Ask where the mean probabilities have the largest entropy, in nats.

    The score is `skbal.information.predictive_entropy` [1]_. It is high where classes
    overlap as well as where the draws disagree.

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
    >>> from skbal.query import MaxEntropy
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> MaxEntropy(random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    _score = staticmethod(predictive_entropy)


class VariationRatios(DrawStrategy):
    """Ask where the most probable class is least probable.

    The score is `skbal.information.variation_ratio`, one minus the largest mean
    probability [1]_.

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
    >>> from skbal.query import VariationRatios
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> VariationRatios(random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    _score = staticmethod(variation_ratio)
