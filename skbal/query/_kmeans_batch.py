"""The strategy that asks for one row of each cluster."""

from math import ceil

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.metrics import euclidean_distances

from skbal._utils.clusters import fit_clusters, nearest_rows
from skbal._utils.pools import n_rows, subset
from skbal._utils.random import next_seed
from skbal._utils.validation import check_real
from skbal.base import best_first
from skbal.query._feature_strategy import FeatureStrategy

_MANY_ROWS = 20_000  # of which mini-batches are clustered
_LEAST_WEIGHT = 1e-6  # of a row, as a part of the largest


class KMeansBatch(FeatureStrategy):
    """Ask for the row nearest the centre of each of ``n_instances`` clusters.

    Rows are clustered by k-means on their features. With a strategy, only the rows that
    it scores highest are, and each weighs as much as its score: the batch is diverse
    among the informative rows [1]_.

    Parameters
    ----------
    strategy : QueryStrategy, optional
        Scores the rows. None takes all rows of the pool as they are.
    features : {"model", "input"} or callable, default="model"
        What distances are measured on. "model": what enters the last layer, that is the
        ``transform`` of the estimator, or the columns of a linear model. "input": the
        rows as they reach the model, so after the transformers of a ``Pipeline``, each
        flattened. A function is given rows and returns an array of shape (n_rows,
        n_features).
    candidate_factor : float, default=10
        How many of the best rows by the strategy are clustered, as a multiple of
        ``n_instances``; 1 or more. None takes all rows. Without a strategy it is not
        used.
    weighted : bool, default=True
        Whether a row weighs as much as its score, which then must not be negative.
        Without a strategy it is not used.
    clusterer : estimator, optional
        A clusterer with ``n_clusters`` and ``cluster_centers_``; a clone of it is
        fitted. None takes scikit-learn's ``KMeans``, from 20,000 rows on
        ``MiniBatchKMeans``.
    n_draws : int, optional
        Changes nothing: draws are the strategy's. It is here so that all strategies
        take the same parameters.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the clusters, and of the order of equal rows; the strategy has its own. An
        integer gives the same choice for the same features and scores.
    pool_subsample : int, optional
        A call looks only at this many random rows of the pool; None looks at all.
    batch_size : int, optional
        Of how many rows features are computed at once; None keeps memory to some 64 MB
        beside the features of the pool, which are held.
    n_jobs : int, optional
        How many pieces of the pool are worked on at once, by `joblib`; None asks
        `joblib.parallel_config`, and means 1 outside of it.
    verbose : int, default=0
        Whether to show a progress bar while features are computed.

    See Also
    --------
    KCenterGreedy : Looks for the edges of the pool rather than for its middle.

    Notes
    -----
    The rows come in the order of their scores; without a strategy, those of large
    clusters come first. Where there are fewer different rows than clusters, equal rows
    are chosen, but none twice.

    References
    ----------
    .. [1] F. Zhdanov (2019), Diverse mini-batch Active Learning, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal.query import KMeansBatch
    >>> model = LogisticRegression().fit([[0.0], [1.0]], ["no", "yes"])
    >>> pool = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2], [5.3]])
    >>> sorted(KMeansBatch(random_state=0)(model, pool, n_instances=2).tolist())
    [1, 4]
    """

    def __init__(
        self,
        strategy=None,
        features="model",
        candidate_factor=10,
        weighted=True,
        clusterer=None,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            features, n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        )
        self.strategy = strategy
        self.candidate_factor = candidate_factor
        self.weighted = weighted
        self.clusterer = clusterer

    def score_pool(self, estimator, X_pool):
        """Return the strategy's score of each row, or how near it is to the middle.

        Parameters
        ----------
        estimator : estimator or learner
            Fitted, as the strategy takes it and ``features`` ask for.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows; what is not in memory is read piece by piece.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Without a strategy, minus the distance to the mean of the pool: the first is
            the row that a batch of one consists of.

        Raises
        ------
        TypeError
            If the estimator has no features (see ``features``), or the strategy no
            ``score_pool``.
        ValueError
            If the pool is empty, or a parameter of the strategy is wrong.
        """
        self._check(X_pool)
        scores = self._scores(estimator, X_pool)
        if scores is not None:
            return scores
        features = self._features(estimator, X_pool)
        mean = np.asarray(features.mean(axis=0, dtype=np.float64)).reshape(1, -1)
        mean = mean.astype(features.dtype)
        return -euclidean_distances(features, mean)[:, 0].astype(np.float64)

    def _select(self, learner, X_pool, n_instances, rng):
        self._check(X_pool)
        scores = self._scores(learner, X_pool)
        rows = self._rows_to_cluster(scores, n_rows(X_pool), n_instances, rng)
        part = X_pool if len(rows) == n_rows(X_pool) else subset(X_pool, rows)
        features = self._features(learner, part)
        # In random order, so that of equal rows none is favoured.
        order = rng.permutation(len(rows))
        rows, features = rows[order], features[order]
        weights = self._weights(None if scores is None else scores[rows])
        clusterer = self._fitted_clusterer(features, weights, n_instances, rng)
        chosen = nearest_rows(clusterer.cluster_centers_, features)
        if scores is None:
            worth = np.bincount(clusterer.labels_, minlength=n_instances)
        else:
            worth = scores[rows[chosen]]
        return rows[chosen[best_first(worth, n_instances, rng)]]

    def _scores(self, estimator, X_pool):
        if self.strategy is None:
            return None
        is_class = isinstance(self.strategy, type)
        if is_class or not hasattr(self.strategy, "score_pool"):
            raise TypeError(
                f"strategy of {type(self).__name__} must be a query strategy with a "
                f"method score_pool, such as BALD(), or None, got {self.strategy!r}."
            )
        return np.asarray(self.strategy.score_pool(estimator, X_pool), dtype=float)

    def _rows_to_cluster(self, scores, n_pool, n_instances, rng):
        if scores is None or self.candidate_factor is None:
            return np.arange(n_pool)
        owner = type(self).__name__
        factor = check_real(self.candidate_factor, "candidate_factor", owner, low=1)
        return np.sort(best_first(scores, ceil(factor * n_instances), rng))

    def _weights(self, scores):
        """Return what each row weighs, or None where all weigh the same."""
        if scores is None or not self.weighted or not scores.any():
            return None
        if not (scores >= 0).all():
            raise ValueError(
                f"weighted=True of {type(self).__name__} needs scores that are not "
                f"negative, but {type(self.strategy).__name__} gave "
                f"{scores[~(scores >= 0)][0]:.6g}: set weighted=False."
            )
        # A row that weighs nothing could not become a cluster of its own.
        return np.maximum(scores, _LEAST_WEIGHT * scores.max())

    def _fitted_clusterer(self, features, weights, n_clusters, rng):
        seed = next_seed(rng)
        clusterer = self._new_clusterer(features.shape[0], n_clusters, seed)
        given = {} if weights is None else {"sample_weight": weights}
        fit_clusters(clusterer, features, **given)
        centres = getattr(clusterer, "cluster_centers_", ())
        if len(centres) != n_clusters:
            raise TypeError(
                f"clusterer of {type(self).__name__} must find n_clusters={n_clusters} "
                f"cluster_centers_, as KMeans does, but {clusterer!r} found "
                f"{len(centres)}."
            )
        return clusterer

    def _new_clusterer(self, n_samples, n_clusters, seed):
        if self.clusterer is None:
            kind = KMeans if n_samples < _MANY_ROWS else MiniBatchKMeans
            return kind(n_clusters, n_init=1, random_state=seed)
        is_object = isinstance(self.clusterer, BaseEstimator)
        parameters = self.clusterer.get_params() if is_object else {}
        if "n_clusters" not in parameters:
            raise TypeError(
                f"clusterer of {type(self).__name__} must be a clusterer with "
                f"n_clusters, such as KMeans(), got {self.clusterer!r}."
            )
        clusterer = clone(self.clusterer).set_params(n_clusters=n_clusters)
        if parameters.get("random_state", seed) is None:
            clusterer.set_params(random_state=seed)
        return clusterer
