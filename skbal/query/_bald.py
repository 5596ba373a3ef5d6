"""Strategies that ask where the draws disagree about the label."""

import numpy as np
from sklearn.utils.validation import _num_samples

from skbal._utils.validation import check_real
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


class PowerBALD(DrawStrategy):
    """Draw rows without replacement, with chances proportional to BALD to a power.

    The score is beta * log(BALD) plus Gumbel noise, fresh for each row. Its largest b
    are a sample of b rows without replacement, each next row drawn with a chance
    proportional to BALD**beta [1]_. So the rows of a batch are less alike than the b
    largest of `BALD`.

    Parameters
    ----------
    beta : float, default=1.0
        The power, 0 or more. 0 chooses at random; the larger it is, the closer to
        `BALD`. Rows whose BALD is 0 come after all others, unless beta is 0.
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
    .. [1] A. Kirsch, S. Farquhar, P. Atighehchian, A. Jesson, F. Branchaud-Charron and
       Y. Gal (2021), Stochastic Batch Acquisition: A Simple Baseline for Deep Active
       Learning, section 3.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import PowerBALD
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> PowerBALD(beta=8, random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    _score = staticmethod(mutual_information)

    def __init__(
        self,
        beta=1.0,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
    ):
        super().__init__(n_draws, random_state, pool_subsample, batch_size, n_jobs)
        self.beta = beta

    def score_pool(self, estimator, X_pool):
        """Return beta * log(BALD) plus Gumbel noise for each row, higher is better.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted classifier that makes posterior draws, or a learner that holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows; a memory map is read piece by piece.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            The noise depends on ``random_state``, the size of the pool and the number
            of rows the learner was taught.

        Raises
        ------
        TypeError
            If ``beta`` is no number, or as in `BALD.score_pool`.
        ValueError
            If ``beta`` is negative, or as in `BALD.score_pool`.
        """
        beta = check_real(self.beta, "beta", type(self).__name__, low=0)
        bald = super().score_pool(estimator, X_pool)
        n_pool = _num_samples(X_pool)
        noise = self._rng(estimator, n_pool).gumbel(size=n_pool)
        return beta * np.log(np.maximum(bald, np.finfo(np.float64).tiny)) + noise
