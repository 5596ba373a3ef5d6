"""First labels near the centres of clusters."""

import numpy as np

from skbal._utils.clusters import nearest_rows
from skbal._utils.features import check_powers_finite
from skbal._utils.parameters import count
from skbal._utils.pools import n_rows
from skbal._utils.random import next_seed
from skbal._utils.threads import one_thread
from skbal.base import best_first
from skbal.seeding._centres import centres_of
from skbal.seeding._classes import check_classes, in_turns, members_of_classes
from skbal.seeding._features import features_of, principal_components
from skbal.seeding._seed import Seed


class KMeansSeed(Seed):
    """Selects the most representative rows, of each class or of the whole pool.

    Rows are clustered by k-means, and the row nearest the centre of each cluster is
    selected. If labels are given, each class has ``n_per_class`` clusters, so both ways
    to write a "1" can be among the first labels. Without labels, the pool has
    ``n_instances`` clusters.

    Rows of large clusters come first. With labels, one row of each class comes first,
    in random order, then the next row of each class. So the first rows are the most
    useful ones if only a part of them can be labelled.

    Parameters
    ----------
    n_per_class : int or None, default=2
        Number of rows of each class, if labels are given. ``None`` ignores labels. Use
        it to simulate the start of a campaign without labels, or if targets are
        numbers.
    n_instances : int, default=20
        Number of rows, if no labels are given or ``n_per_class`` is None.
    features : {"input", "pca"}, callable or array-like of shape (n_samples, ...)
        Features in which distances are measured. "input": the rows, flattened. "pca":
        the first ``n_components`` principal components of these. A function, such as
        the ``transform`` of a network trained elsewhere, is called with chunks of rows
        and returns an array of shape (n_rows, n_features). An array holds the features
        of each row of X.
    n_components : int, optional
        Number of principal components. ``None`` takes 50, or all if there are fewer.
        Only used with ``features="pca"``.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the clusters. An integer gives the same rows every time.
    pool_subsample : int or None, default=10000
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows. With labels, each class has an equal share of them. The features of all
        rows considered are held in memory.

    See Also
    --------
    skbal.query.KMeansBatch : The same for batches, with the features of a model.

    Notes
    -----
    Distances count each feature in its own unit: scale columns of different units
    first. If a class or the pool has fewer different rows than clusters, equal rows are
    selected, but no row twice.

    If the rows to cluster hold more than four million numbers (2**22) and are not
    sparse, k-means begins on projections of 10,000 rows and ends with two steps on all
    rows. In tests on images, the sum of squared distances to the centres was within
    one percent of that of the best of three runs of k-means, and models trained on
    the selected rows were as accurate.

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

    _parameter_rules = {
        "n_per_class": count(1, none=True),
        "n_instances": count(1),
        "n_components": count(1, none=True),
        "pool_subsample": count(1, none=True),
    }

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

    def select_rows(self, X, y, rng):
        if y is None or self.n_per_class is None:
            return self._of_the_pool(X, rng)
        return self._of_each_class(X, y, rng)

    def _of_the_pool(self, X, rng):
        self._check_n_instances(X)
        size, most = self.n_instances, self.pool_subsample
        if most is not None and size > most:
            raise ValueError(
                f"n_instances of {type(self).__name__} is {size}, but pool_subsample "
                f"allows only {most} rows."
            )
        rows = _some(np.arange(n_rows(X)), most, rng)
        features = self._features(X, rows, rng)
        return rows[_representatives(features, size, rng)]

    def _of_each_class(self, X, y, rng):
        owner, size, most = type(self).__name__, self.n_per_class, self.pool_subsample
        y = check_classes(X, y, owner)
        members = members_of_classes(y, size, owner)
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
        check_powers_finite(features, f"features of {owner}")
        if not (is_word and self.features == "pca"):
            return features
        seed = next_seed(rng)
        with one_thread():
            return principal_components(features, self.n_components, seed, owner)


def _some(rows, most, rng):
    """Return at most ``most`` random rows, in ascending order."""
    if most is None or len(rows) <= most:
        return rows
    return np.sort(rng.choice(rows, most, replace=False))


def _representatives(features, n_clusters, rng):
    """Return the row nearest the centre of each cluster, large clusters first."""
    seed = next_seed(rng)
    with one_thread():
        centres, sizes = centres_of(features, n_clusters, seed)
        rows = nearest_rows(centres, features)
    return rows[best_first(sizes, n_clusters, rng)]
