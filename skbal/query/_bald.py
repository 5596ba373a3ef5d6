"""BALD: choose the rows on whose label the draws disagree."""

from skbal.information import mutual_information
from skbal.query._strategy import DrawStrategy


class BALD(DrawStrategy):
    """Choose the rows whose label has most information about the weights, in nats.

    The score is `skbal.information.mutual_information` [1]_. It is high if each draw is
    certain and the draws disagree. It is 0 if the draws agree, however uncertain they
    are. For several yes/no labels per row it is the sum over labels; see
    `JointLabelBALD`.

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
    .. [1] N. Houlsby, F. Huszár, Z. Ghahramani and M. Lengyel (2011), Bayesian Active
       Learning for Classification and Preference Learning, equation (2).

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import BALD
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> BALD(random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    takes_multilabel = True
    score_draws = staticmethod(mutual_information)
