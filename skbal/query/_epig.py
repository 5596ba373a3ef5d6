"""The strategy that asks for what other predictions depend on."""

from functools import partial

import numpy as np

from skbal._utils.pools import n_rows, take
from skbal._utils.validation import check_count
from skbal.information import expected_predictive_information_gain
from skbal.query._strategy import DrawStrategy
from skbal.sampling import predict_samples


class EPIG(DrawStrategy):
    """Ask for the label that tells most about the labels of target rows, in nats.

    The score is `skbal.information.expected_predictive_information_gain` [1]_. Unlike
    `BALD` it passes over rows whose labels teach the weights something that no target
    depends on, such as outliers of the pool.

    Parameters
    ----------
    X_target : array-like of shape (n_targets, ...), optional
        Rows like those that predictions will be wanted for; all are used. None takes
        random rows of the pool.
    n_target : int, default=100
        How many rows of the pool are the targets where ``X_target`` is None; all of a
        pool that holds fewer.
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
    .. [1] F. Bickford Smith, A. Kirsch, S. Farquhar, Y. Gal, A. Foster and T. Rainforth
       (2023), Prediction-Oriented Bayesian Active Learning.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import EPIG
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> EPIG(random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    def __init__(
        self,
        X_target=None,
        n_target=100,
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
        self.X_target = X_target
        self.n_target = n_target

    def _scorer(self, estimator, X_pool, seed):
        # Drawn by the same seed as the pool, so that the draws of both are joint.
        X_target = self._targets(estimator, X_pool)
        draws = predict_samples(estimator, X_target, self.n_draws, random_state=seed)
        return partial(expected_predictive_information_gain, draws_target=draws)

    def _targets(self, estimator, X_pool):
        owner = type(self).__name__
        if self.X_target is not None:
            if n_rows(self.X_target) == 0:
                raise ValueError(f"X_target of {owner} is empty: give a row or None.")
            return self.X_target
        n_target = check_count(self.n_target, "n_target", owner)
        n_pool = n_rows(X_pool)
        rng = self._rng(estimator, n_pool)
        rows = rng.choice(n_pool, min(n_target, n_pool), replace=False)
        return take(X_pool, np.sort(rows))
