"""The seed that asks for the middle of each cluster."""

import numpy as np
from sklearn.cluster import KMeans

from skbal._utils.clusters import fit_clusters, nearest_rows
from skbal._utils.pools import n_rows
from skbal._utils.random import next_seed
from skbal._utils.threads import one_thread
from skbal._utils.validation import check_count
from skbal.base import best_first
from skbal.seeding._classes import check_classes, in_turns, members_of_classes
from skbal.seeding._features import features_of, principal_components
from skbal.seeding._seed import Seed

_STARTS = 3  # of k-means, the best of which is taken


class KMeansSeed(Seed):
    """Chooses the most representative rows, of each class or of the whole pool.

    Rows are clustered by k-means, and of each cluster the row nearest its centre is
    chosen. Where labels are known, each class has ``n_per_class`` clusters: both ways
    to write a "1" come among the first labels. Where none are, the pool has
    ``n_instances`` clusters.

    Parameters
    ----------
    n_per_class : int or None, default=2
        How many rows of each class, if `select` is given labels. None never looks at
        labels: so the start of a campaign is simulated in which no label is known yet,
        or in which targets are numbers.
    n_instances : int, default=20
        How many rows, if no labels are given or ``n_per_class`` is None.
    features : {"input", "pca"}, callable or array-like of shape (n_samples, ...)
        What distances are measured on. "input": the rows, flattened. "pca": the first
        ``n_components`` principal components of these. A function, such as the
        ``transform`` of a network trained elsewhere, is given rows, some at a time, and
        returns an array of shape (n_rows, n_features). An array holds the features of
        each row of X.
    n_components : int, optional
        How many principal components; None takes 50, or as many as there are. Used with
        ``features="pca"`` only.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the clusters. An integer gives the same rows every time.
    pool_subsample : int or None, default=10000
        Of a larger pool, only this many random rows are looked at; with labels, of each
        class its share of them. None looks at all, and holds the features of all.

    See Also
    --------
    skbal.query.KMeansBatch : The same for a batch, with the features of a model.

    Notes
    -----
    Distances count each feature in its own unit: scale columns of different units
    first. Where a class or the pool has fewer different rows than clusters, equal rows
    are chosen, but none twice.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.seeding import KMeansSeed
    >>> X = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2], [5.3], [5.4]])
    >>> KMeansSeed(n_instances=2, random_state=0).select(X).tolist()
    [5, 1]
    >>> y = np.array(["no", "yes", "no", "no", "yes", "yes", "yes", "no"])
    >>> chosen = KMeansSeed(n_per_class=1, random_state=0).select(X, y)
    >>> sorted(y[chosen].tolist())
    ['no', 'yes']
    """

    def __init__(
        self,
        n_per_class=2,
        n_instances=20,
        features="input",
        n_components=None,
        random_state=None,
        pool_subsample=10_000,
    ):
        self.n_per_class = n_per_class
        self.n_instances = n_instances
        self.features = features
        self.n_components = n_components
        self.random_state = random_state
        self.pool_subsample = pool_subsample

    def select(self, X, y=None):
        """Return the row nearest the centre of each cluster.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The pool, of any kind that a strategy takes; what is not in memory is read
            piece by piece.
        y : array-like of shape (n_samples,), optional
            The class of every row, if it is known.

        Returns
        -------
        indices : ndarray of shape (n_instances,) or (n_classes * n_per_class,)
            None twice, dtype intp. Without labels, those of large clusters come first.
            With labels, one row of each class, in random order, then the next of each,
            and of a class that of its largest cluster first. So each first part is
            worth its labels.

        Raises
        ------
        TypeError
            If a parameter is of the wrong kind.
        ValueError
            If there are fewer rows, or rows of a class, than asked for; if ``y`` has
            another length or is no class label; if ``features`` do not fit the rows or
            hold NaN.
        """
        if y is None or self.n_per_class is None:
            return self._of_the_pool(X)
        return self._of_each_class(X, y)

    def _of_the_pool(self, X):
        size = self._check_n_instances(X)
        rng, most = self._rng(), self._n_looked_at()
        if most is not None and size > most:
            raise ValueError(
                f"n_instances of {type(self).__name__} is {size}, but pool_subsample "
                f"lets only {most} rows be looked at."
            )
        rows = _some(np.arange(n_rows(X)), most, rng)
        features = self._features(X, rows, rng)
        return rows[_representatives(features, size, rng)]

    def _of_each_class(self, X, y):
        owner = type(self).__name__
        size = check_count(self.n_per_class, "n_per_class", owner)
        y = check_classes(X, y, owner)
        members = members_of_classes(y, size, owner)
        rng, most = self._rng(), self._n_looked_at()
        if most is not None and most < len(y):
            share = max(most // len(members), size)
            members = [_some(rows, share, rng) for rows in members]
        features = self._features(X, np.concatenate(members), rng)
        ends = np.cumsum([len(rows) for rows in members])
        chosen = [
            rows[_representatives(features[end - len(rows) : end], size, rng)]
            for rows, end in zip(members, ends)
        ]
        return in_turns(chosen, rng)

    def _features(self, X, rows, rng):
        owner, is_word = type(self).__name__, isinstance(self.features, str)
        features = features_of(X, rows, self.features, owner)
        if not (is_word and self.features == "pca"):
            return features
        seed = next_seed(rng)
        with one_thread():
            return principal_components(features, self.n_components, seed, owner)

    def _n_looked_at(self):
        if self.pool_subsample is None:
            return None
        return check_count(self.pool_subsample, "pool_subsample", type(self).__name__)


def _some(rows, most, rng):
    """Return random ones of the rows, rising, or all if there are no more."""
    if most is None or len(rows) <= most:
        return rows
    return np.sort(rng.choice(rows, most, replace=False))


def _representatives(features, n_clusters, rng):
    """Return the row nearest the centre of each cluster, large clusters first."""
    seed = next_seed(rng)
    # MiniBatchKMeans is quicker, but its centres are worth less as a seed: on MNIST,
    # logistic regression was 5 points better on those of KMeans.
    clusterer = KMeans(n_clusters, n_init=_STARTS, random_state=seed)
    with one_thread():
        fit_clusters(clusterer, features)
        rows = nearest_rows(clusterer.cluster_centers_, features)
    sizes = np.bincount(clusterer.labels_, minlength=n_clusters)
    return rows[best_first(sizes, n_clusters, rng)]
