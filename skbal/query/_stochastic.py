"""Strategies that draw a batch at random, with chances that grow with BALD."""

from abc import abstractmethod

import numpy as np

from skbal._utils.pools import n_rows
from skbal._utils.validation import check_real
from skbal.base import best_first
from skbal.information import mutual_information
from skbal.query._strategy import DrawStrategy


class StochasticBatch(DrawStrategy):
    """A strategy that adds Gumbel noise to the logarithms of chances.

    The largest b sums are a sample of b rows without replacement, in the order drawn. A
    subclass gives the logarithms as ``_log_chances``; the chances need not sum to one.

    Parameters
    ----------
    beta, n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        As `PowerBALD` describes them.
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
        verbose=0,
    ):
        super().__init__(
            n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        )
        self.beta = beta

    def score_pool(self, estimator, X_pool):
        """Return the logarithm of each row's chance plus Gumbel noise.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted classifier that makes posterior draws, or a learner that holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows; what is not in memory is read piece by piece.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Higher is better. The noise depends on ``random_state``, the size of the
            pool and the number of rows the learner was taught.

        Raises
        ------
        TypeError
            If ``beta`` is no number, or as in `BALD.score_pool`.
        ValueError
            If ``beta`` is negative, or as in `BALD.score_pool`.
        """
        beta = check_real(self.beta, "beta", type(self).__name__, low=0)
        bald = super().score_pool(estimator, X_pool)
        n_pool = n_rows(X_pool)
        rng = self._rng(estimator, n_pool)
        noise = rng.gumbel(size=n_pool)
        return self._log_chances(bald, beta, rng) + noise

    @abstractmethod
    def _log_chances(self, bald, beta, rng):
        """Return logarithms of the chances, up to a number common to all rows."""


class PowerBALD(StochasticBatch):
    """Draw rows without replacement, with chances proportional to BALD to a power.

    The score is beta * log(BALD) plus Gumbel noise, fresh for each row. Its largest b
    are a sample of b rows without replacement, each next row drawn with a chance
    proportional to BALD**beta [1]_. So the rows of a batch are less alike than the b
    largest of `BALD`.

    Parameters
    ----------
    beta : float, default=1.0
        The power, 0 or more. 0 chooses at random; the larger it is, the closer to
        `BALD`. Rows whose BALD is 0 come after all others, unless beta is 0. The
        default is the paper's; in its experiments 4 and 8 needed somewhat fewer labels.
    n_draws : int, optional
        How many posterior draws; None takes the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the draws, of the noise and of the order of equal scores. An integer gives
        the same choice for the same estimator and pool.
    pool_subsample : int, optional
        A call scores only this many random rows of the pool; None scores all.
    batch_size : int, optional
        How many rows are drawn for at once; None keeps memory to some 64 MB.
    n_jobs : int, optional
        How many pieces of the pool are worked on at once, by `joblib`; None asks
        `joblib.parallel_config`, and means 1 outside of it.
    verbose : int, default=0
        Whether to show a progress bar over the rows of the pool.

    See Also
    --------
    SoftmaxBALD, SoftrankBALD : Other chances.

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

    def _log_chances(self, bald, beta, rng):
        return beta * np.log(np.maximum(bald, np.finfo(np.float64).tiny))


class SoftmaxBALD(StochasticBatch):
    """Draw rows without replacement, with chances proportional to exp(beta * BALD).

    The score is beta * BALD plus Gumbel noise, fresh for each row. Its largest b are a
    sample of b rows without replacement, each next row drawn with a chance from the
    softmax of beta * BALD over the rows left [1]_. Unlike in `PowerBALD`, a row without
    any information keeps a chance.

    Parameters
    ----------
    beta : float, default=8.0
        In 1 / nats, 0 or more: a row with 1 / beta nats more is e times as likely. 0
        chooses at random; the larger it is, the closer to `BALD`. BALD is below
        log(n_classes) and mostly below half a nat, so the paper's first choice, 1, is
        hardly more than random; 8 did well in its experiments.
    n_draws : int, optional
        How many posterior draws; None takes the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the draws, of the noise and of the order of equal scores. An integer gives
        the same choice for the same estimator and pool.
    pool_subsample : int, optional
        A call scores only this many random rows of the pool; None scores all.
    batch_size : int, optional
        How many rows are drawn for at once; None keeps memory to some 64 MB.
    n_jobs : int, optional
        How many pieces of the pool are worked on at once, by `joblib`; None asks
        `joblib.parallel_config`, and means 1 outside of it.
    verbose : int, default=0
        Whether to show a progress bar over the rows of the pool.

    See Also
    --------
    PowerBALD, SoftrankBALD : Other chances.

    References
    ----------
    .. [1] A. Kirsch, S. Farquhar, P. Atighehchian, A. Jesson, F. Branchaud-Charron and
       Y. Gal (2021), Stochastic Batch Acquisition: A Simple Baseline for Deep Active
       Learning, section 3.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import SoftmaxBALD
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> SoftmaxBALD(beta=50, random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    def __init__(
        self,
        beta=8.0,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            beta, n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        )

    def _log_chances(self, bald, beta, rng):
        return beta * bald


class SoftrankBALD(StochasticBatch):
    """Draw rows without replacement, with chances that fall with the rank by BALD.

    The score is -beta * log(rank) plus Gumbel noise, fresh for each row; the row with
    the largest BALD has rank 1. Its largest b are a sample of b rows without
    replacement, each next row drawn with a chance proportional to rank**-beta [1]_. How
    much larger one BALD is than another does not matter, so the batch depends on no
    scale.

    Parameters
    ----------
    beta : float, default=1.0
        The power, 0 or more. 0 chooses at random; the larger it is, the closer to
        `BALD`. The default is the paper's. At 4, a batch of ten holds most of the ten
        best rows, and so near-copies again.
    n_draws : int, optional
        How many posterior draws; None takes the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the draws, of the noise and of the order of equal scores. An integer gives
        the same choice for the same estimator and pool.
    pool_subsample : int, optional
        A call scores only this many random rows of the pool; None scores all.
    batch_size : int, optional
        How many rows are drawn for at once; None keeps memory to some 64 MB.
    n_jobs : int, optional
        How many pieces of the pool are worked on at once, by `joblib`; None asks
        `joblib.parallel_config`, and means 1 outside of it.
    verbose : int, default=0
        Whether to show a progress bar over the rows of the pool.

    See Also
    --------
    PowerBALD, SoftmaxBALD : Other chances.

    Notes
    -----
    Rows of equal BALD share their ranks in random order.

    References
    ----------
    .. [1] A. Kirsch, S. Farquhar, P. Atighehchian, A. Jesson, F. Branchaud-Charron and
       Y. Gal (2021), Stochastic Batch Acquisition: A Simple Baseline for Deep Active
       Learning, section 3.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import SoftrankBALD
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> SoftrankBALD(beta=8, random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    def _log_chances(self, bald, beta, rng):
        logs = np.empty(len(bald))
        logs[best_first(bald, len(bald), rng)] = np.log(np.arange(1, len(bald) + 1))
        return -beta * logs
