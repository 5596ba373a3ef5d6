"""Strategies that draw a batch at random, with probabilities that grow with BALD."""

from abc import abstractmethod

import numpy as np

from skbal._utils.parameters import real
from skbal._utils.pools import n_rows
from skbal.base import best_first
from skbal.information import mutual_information
from skbal.query._strategy import DrawStrategy


class StochasticBatch(DrawStrategy):
    """Base class of strategies that draw rows with given probabilities.

    Gumbel noise is added to the logarithms of the probabilities. The rows of the b
    largest sums are a sample of b rows without replacement, in the order drawn. A
    subclass defines ``_log_weights``, the logarithms up to a constant.

    Parameters
    ----------
    beta, n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        As `PowerBALD` describes them.
    """

    takes_multilabel = True
    score_draws = staticmethod(mutual_information)
    _parameter_rules = {"beta": real(0)}

    def __init__(
        self,
        beta=1.0,
        *,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.beta = beta

    def score_pool(self, estimator, X_pool):
        """Return the logarithm of each row's probability plus Gumbel noise.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted estimator that makes posterior draws, or a learner that holds one.
            It must be a classifier.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Up to a constant; higher is better. The noise depends on ``random_state``,
            the size of the pool and the number of labelled rows of the learner.

        Raises
        ------
        TypeError
            If ``beta`` is not a number, or as in `BALD.score_pool`.
        ValueError
            If ``beta`` is negative, or as in `BALD.score_pool`.
        """
        bald = super().score_pool(estimator, X_pool)
        n_pool = n_rows(X_pool)
        rng = self._rng(estimator, n_pool)
        noise = rng.gumbel(size=n_pool)
        return self._log_weights(bald, float(self.beta), rng) + noise

    @abstractmethod
    def _log_weights(self, bald, beta, rng):
        """Return the logarithms of the probabilities, up to a constant."""


class PowerBALD(StochasticBatch):
    """Draw rows with probabilities proportional to a power of BALD.

    The score is beta * log(BALD) plus independent Gumbel noise. The rows of the b
    largest scores are a sample without replacement, in which each next row is drawn
    with a probability proportional to BALD**beta [1]_. The rows of such a batch are
    less similar than the b best rows of `BALD`.

    Parameters
    ----------
    beta : float, default=1.0
        The power, 0 or more. 0 is random choice; the larger the power, the closer the
        choice is to `BALD`. Rows whose BALD is 0 come after all others, unless beta is
        0. The default is that of the paper. In its experiments 4 and 8 needed somewhat
        fewer labels.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool. It also seeds the Gumbel noise.
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
    SoftmaxBALD, SoftrankBALD : Other probabilities.

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

    def _log_weights(self, bald, beta, rng):
        return beta * np.log(np.maximum(bald, np.finfo(np.float64).tiny))


class SoftmaxBALD(StochasticBatch):
    """Draw rows with probabilities proportional to exp(beta * BALD).

    The score is beta * BALD plus independent Gumbel noise. The rows of the b largest
    scores are a sample without replacement, in which each next row is drawn from the
    softmax of beta * BALD over the remaining rows [1]_. Unlike in `PowerBALD`, a row
    without any information may be drawn.

    Parameters
    ----------
    beta : float, default=8.0
        In 1 / nats, 0 or more. A row with 1 / beta nats more is e times as likely. 0 is
        random choice; the larger beta, the closer the choice is to `BALD`. BALD is less
        than log(n_classes) and mostly less than half a nat. So 1, the default of the
        paper, is close to random choice; 8 did well in its experiments.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool. It also seeds the Gumbel noise.
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
    PowerBALD, SoftrankBALD : Other probabilities.

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
        *,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            beta,
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )

    def _log_weights(self, bald, beta, rng):
        return beta * bald


class SoftrankBALD(StochasticBatch):
    """Draw rows with probabilities that decrease with the rank by BALD.

    The score is -beta * log(rank) plus independent Gumbel noise; the row with the
    largest BALD has rank 1. The rows of the b largest scores are a sample without
    replacement, in which each next row is drawn with a probability proportional to
    rank**-beta [1]_. Only the order of the BALD scores matters, not their scale.

    Parameters
    ----------
    beta : float, default=1.0
        The power, 0 or more. 0 is random choice; the larger the power, the closer the
        choice is to `BALD`. The default is that of the paper. With 4, a batch of ten
        contains most of the ten best rows, and so near-copies, too.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool. It also seeds the Gumbel noise.
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
    PowerBALD, SoftmaxBALD : Other probabilities.

    Notes
    -----
    Rows with equal BALD scores get their ranks in random order.

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

    compares_rows = True

    def _log_weights(self, bald, beta, rng):
        logs = np.empty(len(bald))
        logs[best_first(bald, len(bald), rng)] = np.log(np.arange(1, len(bald) + 1))
        return -beta * logs
