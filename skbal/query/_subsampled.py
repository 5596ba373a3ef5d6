"""Subsampled: score only the neighbours of labelled rows."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from skbal._utils.parameters import count
from skbal._utils.pools import n_rows, subset
from skbal.base import QueryStrategy, best_first
from skbal.query._feature_strategy import FeatureStrategy
from skbal.query._shared import wrapped_strategy
from skbal.query._wrapping import WrapsStrategy


class Subsampled(WrapsStrategy, FeatureStrategy):
    """Let another strategy choose among the neighbours of labelled rows.

    Only the ``n_neighbors`` nearest rows of each labelled row are scored [1]_. In a
    large pool with rare classes, most rows are far from all labelled rows and not
    interesting. Scoring fewer rows also takes less time. (For a random part of the
    pool, set ``pool_subsample`` of any strategy.)

    Parameters
    ----------
    strategy : QueryStrategy, optional
        Chooses among these rows, also a whole batch. ``None`` is `BALD` with the
        ``n_draws``, ``random_state``, ``batch_size``, ``n_jobs`` and ``verbose`` given
        here.
    n_neighbors : int, default=100
        Number of nearest rows of the pool that are considered for each labelled row. It
        is doubled until there are as many rows as are asked for.
    features : {"input", "model"}, GradientFeatures or callable, default="input"
        What distances are computed from. "input" uses the flattened input of the model,
        after the transformers of a ``Pipeline``. "model" uses the input of the last
        layer: the ``transform`` of the estimator, or the columns of a linear model. A
        `skbal.features.GradientFeatures` takes gradients of a network. A function takes
        rows and returns an array of shape (n_rows, n_features).
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number. It is used
        only if ``strategy`` is ``None``.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the random choice of ``pool_subsample``. A wrapped strategy has its own.
        An integer makes the choice repeatable for the same features and scores.
    pool_subsample : int, optional
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB. The features of the pool are held in addition.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.
    verbose : int, default=0
        Whether to show a progress bar. It counts the rows whose features are computed.

    Notes
    -----
    A group of rows that is far from all labelled rows is not found. Without labelled
    rows, as with a fitted estimator alone, all rows are considered.

    The features of the pool are computed at each call. If they are the input of the
    model, that costs little; the features of a network cost a forward pass, which the
    draws of other rows then save many times over.

    References
    ----------
    .. [1] C. Coleman, E. Chou, J. Katz-Samuels, S. Culatana, P. Bailis, A. C. Berg,
       R. Nowak, R. Sumbaly, M. Zaharia and I. Z. Yalniz (2022), Similarity Search for
       Efficient Active Learning and Search of Rare Concepts, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal import ActiveLearner
    >>> from skbal.query import Margin, Subsampled
    >>> strategy = Subsampled(Margin(random_state=0), n_neighbors=1)
    >>> X, y = [[-1.0, 0.0], [1.0, 0.0]], ["no", "yes"]
    >>> learner = ActiveLearner(LogisticRegression(), strategy, X, y)
    >>> pool = np.array([[0.0, 9.0], [-0.9, 0.0], [0.8, 0.0]])
    >>> learner.query(pool)[0]  # the first row is the least certain, but far away
    array([2])
    """

    leaves_rows_out = True
    _parameter_rules = {"strategy": wrapped_strategy(), "n_neighbors": count(1)}

    def __init__(
        self,
        strategy=None,
        *,
        n_neighbors=100,
        features="input",
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            features,
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.strategy = strategy
        self.n_neighbors = n_neighbors

    def score_pool(self, estimator, X_pool):
        """Return the strategy's scores of the rows considered.

        Parameters
        ----------
        estimator : estimator or learner
            A learner with labelled rows ``X_training``, or a fitted estimator, that the
            strategy accepts.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Rows that are not considered have the lowest score less one.

        Raises
        ------
        TypeError
            If the estimator has no features (see ``features``), or the strategy has no
            ``score_pool``.
        ValueError
            If the pool is empty, or a parameter has a wrong value.
        """
        self._check(X_pool)
        rows = self._near(estimator, X_pool, 1)
        part = subset(X_pool, rows)
        found = self._for_rows(rows, n_rows(X_pool))._scores(estimator, part)
        scores = np.full(n_rows(X_pool), found.min() - 1.0)
        scores[rows] = found
        return scores

    def select_batch(self, learner, X_pool, n_instances, rng):
        self._check(X_pool)
        rows = self._near(learner, X_pool, n_instances)
        part, within = subset(X_pool, rows), self._for_rows(rows, n_rows(X_pool))
        strategy = within._scorer()
        if isinstance(strategy, QueryStrategy):
            return rows[strategy.select_batch(learner, part, n_instances, rng)]
        return rows[best_first(within._scores(learner, part), n_instances, rng)]

    def _near(self, estimator, X_pool, n_instances):
        """Return the rows that are considered, in ascending order."""
        n_pool = n_rows(X_pool)
        labelled = getattr(estimator, "X_training", None)
        if labelled is None or n_rows(labelled) == 0 or self.n_neighbors >= n_pool:
            return np.arange(n_pool)
        pool, known, _ = self._pool_and_known(estimator, X_pool)
        finder = NearestNeighbors(n_jobs=self.n_jobs).fit(pool)
        n_neighbors = int(self.n_neighbors)
        while True:
            k = min(n_neighbors, n_pool)
            rows = np.unique(finder.kneighbors(known, k, return_distance=False))
            if len(rows) >= n_instances:
                return rows
            n_neighbors *= 2
