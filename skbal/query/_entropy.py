"""Strategies that choose the rows whose mean probabilities are least certain."""

from skbal.information import predictive_entropy, variation_ratio
from skbal.query._strategy import DrawStrategy


class MaxEntropy(DrawStrategy):
    """Choose the rows whose mean probabilities have the largest entropy, in nats.

    The score is `skbal.information.predictive_entropy` [1]_. It is high where classes
    overlap and also where the draws disagree.

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
    >>> from skbal.query import MaxEntropy
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> MaxEntropy(random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    score_draws = staticmethod(predictive_entropy)


class VariationRatios(DrawStrategy):
    """Choose the rows whose most probable class is least probable.

    The score is `skbal.information.variation_ratio`, one minus the largest mean
    probability [1]_.

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
    >>> from skbal.query import VariationRatios
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> VariationRatios(random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    score_draws = staticmethod(variation_ratio)
