"""Strategies that choose the rows whose mean probabilities are least certain.

They need no more than the mean of the draws. So they take any classifier with
``predict_proba``.
"""

from skbal.information import margin, predictive_entropy, variation_ratio
from skbal.query._strategy import DrawStrategy


class MeanStrategy(DrawStrategy):
    """Base class of strategies whose score depends only on the mean of the draws.

    Parameters
    ----------
    n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        As `MaxEntropy` describes them.
    """

    needs_draws = False
    takes_multilabel = True


class MaxEntropy(MeanStrategy):
    """Choose the rows whose mean probabilities have the largest entropy, in nats.

    The score is `skbal.information.predictive_entropy` [1]_. It is high where classes
    overlap and also where the draws disagree. For several yes/no labels per row it is
    the sum over labels.

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

    Notes
    -----
    It takes any classifier with ``predict_proba``. If the estimator makes posterior
    draws, the probabilities are their mean.

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


class VariationRatios(MeanStrategy):
    """Choose the rows whose most probable class is least probable.

    The score is `skbal.information.variation_ratio`, one minus the largest mean
    probability [1]_. `LeastConfident` is the same under an older name. For several
    yes/no labels per row it is the sum over labels.

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

    Notes
    -----
    It takes any classifier with ``predict_proba``. If the estimator makes posterior
    draws, the probabilities are their mean.

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


class LeastConfident(MeanStrategy):
    """Choose the rows whose most probable class is least probable.

    The score is one minus the largest probability [1]_. It is that of
    `VariationRatios`, which is its name for networks with dropout. For several yes/no
    labels per row it is the sum over labels, the expected number of wrong ones.

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

    Notes
    -----
    It takes any classifier with ``predict_proba``. If the estimator makes posterior
    draws, the probabilities are their mean.

    References
    ----------
    .. [1] B. Settles (2009), Active Learning Literature Survey, section 3.1.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal.query import LeastConfident
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> model = LogisticRegression().fit(X, y)
    >>> LeastConfident(random_state=0)(model, [[0.0], [1.5], [3.0]])
    array([1])
    """

    score_draws = staticmethod(variation_ratio)


class Margin(MeanStrategy):
    """Choose the rows whose two most probable classes are about equally probable.

    The score is one minus `skbal.information.margin`, the difference between the two
    largest probabilities [1]_. Unlike the entropy, it ignores the other classes. For
    several yes/no labels per row it is the sum over labels.

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

    Notes
    -----
    It takes any classifier with ``predict_proba``. If the estimator makes posterior
    draws, the probabilities are their mean.

    References
    ----------
    .. [1] T. Scheffer, C. Decomain and S. Wrobel (2001), Active Hidden Markov Models
       for Information Extraction, section 4.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal.query import Margin
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> model = LogisticRegression().fit(X, y)
    >>> Margin(random_state=0)(model, [[0.0], [1.5], [3.0]])
    array([1])
    """

    @staticmethod
    def score_draws(draws):
        return 1 - margin(draws)
