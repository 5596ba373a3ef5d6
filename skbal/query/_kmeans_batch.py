"""KMeansBatch: choose one row of each cluster."""

from math import ceil

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.metrics import euclidean_distances

from skbal._utils.clusters import EQUALLY_NEAR, fit_clusters, nearest_rows
from skbal._utils.parameters import flag, own, real
from skbal._utils.pools import n_rows, subset
from skbal._utils.random import next_seed
from skbal.base import best_first
from skbal.query._feature_strategy import FeatureStrategy
from skbal.query._shared import wrapped_strategy

_MANY_ROWS = 20_000  # from here on mini-batches are used
_LEAST_WEIGHT = 1e-6  # smallest weight of a row, as a fraction of the largest


def _check_clusterer(value, name, owner):
    parameters = value.get_params() if isinstance(value, BaseEstimator) else {}
    if "n_clusters" not in parameters:
        raise TypeError(
            f"{name} of {owner} must be a clusterer with n_clusters, such as KMeans(), "
            f"got {value!r}."
        )


class KMeansBatch(FeatureStrategy):
    """Choose the row nearest to the centre of each of ``n_instances`` clusters.

    The features of the rows are clustered by k-means. With a strategy, only the rows
    with the highest scores are clustered, weighted by their scores. The batch is then
    diverse and informative [1]_.

    Parameters
    ----------
    strategy : QueryStrategy, optional
        Scores the rows. ``None`` clusters the whole pool without weights.
    features : {"model", "input"}, GradientFeatures or callable, default="model"
        What distances are computed from. "model" uses the input of the last layer: the
        ``transform`` of the estimator, or the columns of a linear model. "input" uses
        the flattened input of the model, after the transformers of a ``Pipeline``. A
        `skbal.features.GradientFeatures` takes gradients of a network. A function takes
        rows and returns an array of shape (n_rows, n_features).
    candidate_factor : float or None, default=10
        Number of rows that are clustered, as a multiple of ``n_instances``; 1 or more.
        They are the best rows by the strategy. ``None`` clusters all rows. Not used
        without a strategy.
    weighted : bool, default=True
        Whether the rows are weighted by their scores, which must then be non-negative.
        Not used without a strategy.
    clusterer : estimator, optional
        A clusterer with ``n_clusters`` and ``cluster_centers_``. A clone of it is
        fitted. ``None`` uses scikit-learn's ``KMeans``, and ``MiniBatchKMeans`` for
        20,000 rows or more.
    n_draws : int, optional
        Not used, because draws are made by the wrapped strategy. It exists so that all
        strategies take the same parameters.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the clustering and the order of equal rows. The wrapped strategy has its
        own. An integer makes the choice repeatable for the same features and scores.
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

    See Also
    --------
    KCenterGreedy : Prefers the edges of the pool to its middle.

    Notes
    -----
    The rows are in the order of their scores. Without a strategy, the rows of large
    clusters come first. If there are fewer distinct rows than clusters, equal rows are
    chosen, but no index is repeated.

    References
    ----------
    .. [1] F. Zhdanov (2019), Diverse mini-batch Active Learning, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal.query import KMeansBatch
    >>> model = LogisticRegression().fit([[0.0], [1.0]], ["no", "yes"])
    >>> pool = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]])
    >>> sorted(KMeansBatch(random_state=0)(model, pool, n_instances=2).tolist())
    [1, 4]
    """

    compares_rows = True
    _parameter_rules = {
        "strategy": wrapped_strategy(),
        "candidate_factor": real(1, none=True),
        "weighted": flag(),
        "clusterer": own(
            _check_clusterer, "a clusterer with n_clusters", object(), none=True
        ),
    }

    def __init__(
        self,
        strategy=None,
        *,
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
            features,
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.strategy = strategy
        self.candidate_factor = candidate_factor
        self.weighted = weighted
        self.clusterer = clusterer

    def score_pool(self, estimator, X_pool):
        """Return the strategy's scores, or minus the distances to the pool's mean.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted estimator that the strategy accepts and that has the features, or a
            learner that holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Without a strategy, minus the distance to the mean of the pool. The row with
            the highest score is the one of a batch of one.

        Raises
        ------
        TypeError
            If the estimator has no features (see ``features``), or the strategy has no
            ``score_pool``.
        ValueError
            If the pool is empty or a parameter has a wrong value.
        """
        self._check(X_pool)
        scores = self._scores(estimator, X_pool)
        if scores is not None:
            return scores
        features = self._features(estimator, X_pool)
        mean = np.asarray(features.mean(axis=0, dtype=np.float64)).reshape(1, -1)
        mean = mean.astype(features.dtype)
        return -euclidean_distances(features, mean)[:, 0].astype(np.float64)

    def select_batch(self, learner, X_pool, n_instances, rng):
        self._check(X_pool)
        scores = self._scores(learner, X_pool)
        rows = self._rows_to_cluster(scores, n_rows(X_pool), n_instances, rng)
        part = X_pool if len(rows) == n_rows(X_pool) else subset(X_pool, rows)
        features = self._features(learner, part)
        # A random order, so that none of several equal rows is favoured.
        order = rng.permutation(len(rows))
        rows, features = rows[order], features[order]
        weights = self._weights(None if scores is None else scores[rows])
        clusterer = self._fitted_clusterer(features, weights, n_instances, rng)
        chosen = nearest_rows(clusterer.cluster_centers_, features, EQUALLY_NEAR)
        if scores is None:
            worth = np.bincount(clusterer.labels_, minlength=n_instances)
        else:
            worth = scores[rows[chosen]]
        return rows[chosen[best_first(worth, n_instances, rng)]]

    def _scores(self, estimator, X_pool):
        if self.strategy is None:
            return None
        return np.asarray(self.strategy.score_pool(estimator, X_pool), dtype=float)

    def _rows_to_cluster(self, scores, n_pool, n_instances, rng):
        if scores is None or self.candidate_factor is None:
            return np.arange(n_pool)
        n_candidates = ceil(self.candidate_factor * n_instances)
        return np.sort(best_first(scores, n_candidates, rng))

    def _weights(self, scores):
        """Return the weight of each row, or None if all weights are equal."""
        if scores is None or not self.weighted or not scores.any():
            return None
        if not (scores >= 0).all():
            raise ValueError(
                f"weighted=True of {type(self).__name__} needs scores that are not "
                f"negative, but {type(self.strategy).__name__} gave "
                f"{scores[~(scores >= 0)][0]:.6g}: set weighted=False."
            )
        # A row of weight 0 could not become a cluster of its own.
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
        clusterer = clone(self.clusterer).set_params(n_clusters=n_clusters)
        if self.clusterer.get_params().get("random_state", seed) is None:
            clusterer.set_params(random_state=seed)
        return clusterer
