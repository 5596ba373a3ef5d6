"""The strategy that asks where the draws disagree about the label."""

from skbal.information import mutual_information
from skbal.query._strategy import DrawStrategy


class BALD(DrawStrategy):
    """Ask where label and weights share the most information, in nats.

    The score is `skbal.information.mutual_information`: high where each draw is sure
    and the draws disagree, 0 where they agree, however unsure [1]_.

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

    _score = staticmethod(mutual_information)
