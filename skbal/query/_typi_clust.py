"""TypiClust: choose the most typical row of each cluster without labels."""

import heapq
from functools import cache

import numpy as np
from sklearn.neighbors import NearestNeighbors

from skbal._utils.parameters import count
from skbal._utils.pools import n_rows
from skbal.query._far_apart import squared_norms
from skbal.query._feature_strategy import FeatureStrategy
from skbal.query._pseudo_labels import cluster, stacked

_SMALL = 5  # clusters of fewer rows are outliers
_ROUNDING = 1e-7  # error of a distance, as a fraction of the size of the features


class TypiClust(FeatureStrategy):
    """Choose the most typical row of each large cluster that has no labelled row.

    With few labels, a model cannot yet know where it is uncertain, and typical rows are
    worth more than uncertain ones [1]_. The labelled rows and the pool are divided into
    as many clusters as there are labelled rows and rows to choose, so that some
    clusters have no label. The next row is taken from the cluster with the fewest
    labelled or chosen rows, among these from the largest: the row that is nearest to
    its neighbours. Clusters of fewer than 5 rows are left to the end.

    No model is needed: with ``features="input"`` or a function, the strategy can be
    called with None for the estimator, and the result can be used as the first labels.
    The labelled rows are the ``X_training`` of a learner.

    Parameters
    ----------
    features : {"model", "input"}, GradientFeatures or callable, default="model"
        What distances are computed from. "model" uses the input of the last layer: the
        ``transform`` of the estimator, or the columns of a linear model. "input" uses
        the flattened input of the model, after the transformers of a ``Pipeline``. A
        `skbal.features.GradientFeatures` takes gradients of a network. A function takes
        rows and returns an array of shape (n_rows, n_features).
    n_neighbors : int, default=20
        Number of neighbours within the cluster, labelled or not, that say how typical a
        row is. All other rows of a smaller cluster are used.
    max_clusters : int, default=500
        Largest number of clusters.
    n_draws : int, optional
        Not used, because no draws are made. It exists so that all strategies take the
        same parameters.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the clustering and the order of equal rows. An integer makes the choice
        repeatable for the same features.
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
    ProbCover : Chooses rows with many neighbours that have no label near them.
    KMeansBatch : Chooses the row nearest to the centre of each cluster.

    Notes
    -----
    Distances are Euclidean. As the authors recommend, use features in which they mean
    something, such as those of a network trained on images without labels. The clusters
    are those of k-means, by mini-batches if there are more than 50.

    Neighbours are searched within one cluster after the other. A single row for a pool
    without labels is one cluster of all rows: its search takes a time that grows with
    the square of the pool. Ask for several rows, or use ``pool_subsample``.

    References
    ----------
    .. [1] G. Hacohen, A. Dekel and D. Weinshall (2022), Active Learning on a Budget:
       Opposite Strategies Suit High and Low Budgets, section 3.

    Examples
    --------
    The first labels of a pool of two groups: the middle of each, the larger one first.

    >>> import numpy as np
    >>> from skbal.query import TypiClust
    >>> pool = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 20.0, 21.0, 22.0, 23.0, 24.0, 25.5])
    >>> strategy = TypiClust(features="input", n_neighbors=4, random_state=0)
    >>> strategy(None, pool[:, np.newaxis], n_instances=2)
    array([7, 2])
    """

    compares_rows = True
    _parameter_rules = {"n_neighbors": count(1), "max_clusters": count(1)}

    def __init__(
        self,
        features="model",
        *,
        n_neighbors=20,
        max_clusters=500,
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
        self.n_neighbors = n_neighbors
        self.max_clusters = max_clusters

    def score_pool(self, estimator, X_pool):
        """Return the turn of each row's cluster, plus how typical the row is in it.

        Parameters
        ----------
        estimator : estimator or learner
            A learner with labelled rows ``X_training``, a fitted estimator, or None if
            ``features`` needs none.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            The whole part is the number of clusters whose turn comes later. The rest is
            s / (s + d), where d is the mean distance of the row to its neighbours and s
            the median of d in the pool. The row with the highest score is the one of a
            batch of one.

        Raises
        ------
        TypeError
            If the estimator has no features (see ``features``).
        ValueError
            If the pool is empty, the features are not finite, or a parameter has a
            wrong value.
        """
        self._check(X_pool)
        rng = self._rng(estimator, n_rows(X_pool))
        groups = self._groups(estimator, X_pool, 1, rng)
        turns = sorted(set(map(groups.turn, groups.members)), reverse=True)
        later = {turn: place for place, turn in enumerate(turns)}
        places, distances = np.empty((2, n_rows(X_pool)))
        for name, rows in groups.members.items():
            places[rows] = later[groups.turn(name)]
            distances[rows] = groups.distances(name)
        known = distances[np.isfinite(distances)]
        typical = (np.median(known) if len(known) else 0) or 1.0
        return places + typical / (typical + distances)

    def select_batch(self, learner, X_pool, n_instances, rng):
        self._check(X_pool)
        groups = self._groups(learner, X_pool, n_instances, rng)
        return groups.choose(n_instances, rng.random(n_rows(X_pool)))

    def _groups(self, estimator, X_pool, n_instances, rng):
        pool, known, _ = self._pool_and_known(estimator, X_pool)
        features = stacked(pool, known)
        n_all, n_pool = features.shape[0], pool.shape[0]
        n_clusters = min(n_all - n_pool + n_instances, self.max_clusters)
        clusters = cluster(features, n_clusters, rng)
        return _Groups(features, clusters, n_pool, self.n_neighbors)


class _Groups:
    """Clusters of rows, the first ``n_pool`` of which have no labels.

    Attributes
    ----------
    members : dict of int to ndarray
        Rows of the pool in each cluster that has some.
    """

    def __init__(self, features, clusters, n_pool, n_neighbors):
        self.features, self.clusters, self.n_neighbors = features, clusters, n_neighbors
        self.n_pool, self.sizes = n_pool, np.bincount(clusters)
        self.n_labelled = np.bincount(clusters[n_pool:], minlength=len(self.sizes))
        names, of_pool = np.unique(clusters[:n_pool]).tolist(), clusters[:n_pool]
        self.members = {name: np.flatnonzero(of_pool == name) for name in names}
        self.step = _ROUNDING * np.sqrt(squared_norms(features).max()) or 1.0
        self.distances = cache(self._distances)

    def turn(self, name):
        """Return what decides when a cluster has its turn; smaller is earlier."""
        size = int(self.sizes[name])
        return size < _SMALL, int(self.n_labelled[name]), -size

    def choose(self, n_picks, priority):
        """Return rows in their order; of equal ones, that of smallest priority."""
        waiting = [(*self.turn(name), name) for name in self.members]
        heapq.heapify(waiting)
        queues, rows = {}, []
        for _ in range(n_picks):
            first = [heapq.heappop(waiting)]
            while waiting and waiting[0][:3] == first[0][:3]:
                first.append(heapq.heappop(waiting))
            for *_, name in first:
                if name not in queues:
                    queues[name] = self._queue(name, priority)
            best = min(first, key=lambda entry: queues[entry[3]][-1])
            rows.append(queues[best[3]].pop()[2])
            for entry in first:
                is_small, n_labelled, size, name = entry
                if queues[name]:
                    n_labelled += entry is best
                    heapq.heappush(waiting, (is_small, n_labelled, size, name))
        return np.array(rows, dtype=np.intp)

    def _queue(self, name, priority):
        rows = self.members[name]
        entries = zip(self.distances(name), priority[rows], rows)
        return sorted(entries, reverse=True)

    def _distances(self, name):
        """Return the mean distance to its neighbours of each row of the pool."""
        rows = np.flatnonzero(self.clusters == name)
        n_neighbors = min(self.n_neighbors, len(rows) - 1)
        if not n_neighbors:
            return np.full(1, np.inf)
        search = NearestNeighbors(n_neighbors=n_neighbors).fit(self.features[rows])
        found = search.kneighbors()[0].mean(axis=1, dtype=np.float64)
        # Distances that differ by rounding are equal.
        return np.round(found[rows < self.n_pool] / self.step) * self.step
