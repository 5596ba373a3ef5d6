"""ProbCover: choose rows with many neighbours that have no label near them."""

from math import floor

import numpy as np
from sklearn.metrics import pairwise_distances_argmin_min

from skbal._utils.multilabel import is_multilabel
from skbal._utils.parameters import count, positive, real
from skbal._utils.pools import n_rows
from skbal._utils.unwrap import unwrap
from skbal.query._balls import Balls, greedy_cover
from skbal.query._feature_strategy import FeatureStrategy
from skbal.query._pseudo_labels import cluster, stacked


class ProbCover(FeatureStrategy):
    """Choose rows with most neighbours, within ``delta``, that have no label near them.

    A labelled row covers the rows nearer than ``delta``, which are likely to have the
    same label. Each next row is the one that covers most rows of the pool that are not
    covered yet [1]_. Dense regions come first, outliers last. The batch covers at least
    1 - 1/e of the rows that the best batch could cover.

    No model is needed: with ``features="input"`` or a function, and with ``delta`` or
    ``n_classes``, the strategy can be called with None for the estimator, and the
    result can be used as the first labels. The labelled rows are the ``X_training`` of
    a learner.

    Parameters
    ----------
    delta : float, optional
        The radius, larger than 0, in the units of the features. ``None`` finds it
        without labels: it is the largest radius with which the fraction ``purity`` of
        the balls contain only rows of one cluster, where clusters of k-means stand for
        the classes.
    features : {"model", "input"}, GradientFeatures or callable, default="model"
        What distances are computed from. "model" uses the input of the last layer: the
        ``transform`` of the estimator, or the columns of a linear model. "input" uses
        the flattened input of the model, after the transformers of a ``Pipeline``. A
        `skbal.features.GradientFeatures` takes gradients of a network. A function takes
        rows and returns an array of shape (n_rows, n_features).
    purity : float, default=0.95
        Fraction of the balls that must contain only rows of one cluster, in [0, 1]. Not
        used if ``delta`` is given.
    n_classes : int, optional
        Number of clusters, 2 or more. ``None`` uses the number of ``classes_`` of the
        estimator. Not used if ``delta`` is given.
    n_draws : int, optional
        Not used, because no draws are made. It exists so that all strategies take the
        same parameters.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the clustering and the order of rows that cover equally many. An integer
        makes the choice repeatable for the same features.
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

    Attributes
    ----------
    delta_ : float
        After a call, the radius used. Infinity if all rows are equal.
    coverage_ : ndarray of shape (n_instances,)
        After a call, the fraction of the considered rows of the pool that are covered
        after each row of the batch, from 0 to 1. The rows that follow a coverage of 1
        are random.

    See Also
    --------
    TypiClust : Chooses the most typical row of each cluster.
    KCenterGreedy : Covers the whole pool with the smallest radius; outliers come first.

    Notes
    -----
    Distances are Euclidean, and a row at a distance equal to ``delta`` is not covered.
    All rows are compared with all others once, in a time that grows with the square of
    the pool: use ``pool_subsample`` beyond some ten thousand rows. They are compared
    chunk by chunk, and no list of neighbours is kept, so the memory does not depend on
    ``delta``.

    The radius of ``delta=None`` follows from the distance of each row to the nearest
    row of another cluster. The purity is the fraction of these distances that are not
    below the radius.

    References
    ----------
    .. [1] O. Yehuda, A. Dekel, G. Hacohen and D. Weinshall (2022), Active Learning
       Through a Covering Lens, algorithm 1 and section 3.

    Examples
    --------
    The ball of the second row contains four rows, and the ball of 5.1 three others.

    >>> import numpy as np
    >>> from skbal.query import ProbCover
    >>> pool = np.array([[0.0], [0.1], [0.2], [0.05], [5.0], [5.1], [5.2], [9.0]])
    >>> strategy = ProbCover(delta=0.12, features="input", random_state=0)
    >>> strategy(None, pool, n_instances=3)
    array([1, 5, 7])
    >>> strategy.coverage_
    array([0.5  , 0.875, 1.   ])
    """

    compares_rows = True
    _parameter_rules = {
        "delta": positive(none=True),
        "purity": real(0, 1),
        "n_classes": count(2, none=True),
    }

    def __init__(
        self,
        delta=None,
        *,
        features="model",
        purity=0.95,
        n_classes=None,
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
        self.delta = delta
        self.purity = purity
        self.n_classes = n_classes

    def score_pool(self, estimator, X_pool):
        """Return how many rows of the pool each row would cover as the first.

        Parameters
        ----------
        estimator : estimator or learner
            A learner with labelled rows ``X_training``, a fitted estimator, or None if
            neither ``features`` nor ``n_classes`` needs one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Whole numbers from 0 to n_pool: the rows in the ball that no labelled row
            covers, the row itself included.

        Raises
        ------
        TypeError
            If the estimator has no features (see ``features``).
        ValueError
            If the pool is empty, the features are not finite, the number of classes is
            unknown, or a parameter has a wrong value.
        """
        rng = self._rng(estimator, n_rows(X_pool))
        return self._balls(estimator, X_pool, rng)[2].astype(np.float64)

    def select_batch(self, learner, X_pool, n_instances, rng):
        balls, bare, counts = self._balls(learner, X_pool, rng)
        priority = rng.random(len(counts))
        rows, gains = greedy_cover(balls, bare, counts, n_instances, priority)
        n_bare = len(bare) - np.cumsum(gains)
        self.coverage_ = 1 - n_bare / len(counts)
        return rows

    def _balls(self, estimator, X_pool, rng):
        """Return the balls, the rows of the pool not covered yet, and their counts."""
        self._check(X_pool)
        pool, known, _ = self._pool_and_known(estimator, X_pool)
        features, n_pool = stacked(pool, known), pool.shape[0]
        delta = self.delta
        if delta is None:
            n_classes = self._number_of_classes(estimator)
            delta = _pure_radius(features, n_classes, self.purity, rng)
        self.delta_ = float(delta)
        balls = Balls(features, self.delta_)
        rows, labelled = np.split(np.arange(features.shape[0]), [n_pool])
        bare = rows[~balls.contain(labelled, rows)]
        return balls, bare, balls.counts(rows, bare)

    def _number_of_classes(self, estimator):
        if self.n_classes is not None:
            return self.n_classes
        owner, model = type(self).__name__, unwrap(estimator)[1]
        classes = getattr(model, "classes_", None)
        if classes is None or is_multilabel(model):
            has = "no classes_" if classes is None else "several labels per row"
            raise ValueError(
                f"delta=None of {owner} needs the number of classes, and "
                f"{type(model).__name__} has {has}. Give {owner} n_classes or delta."
            )
        return max(len(classes), 2)


def _pure_radius(features, n_classes, purity, rng):
    """Return the largest radius of balls, ``purity`` of which hold only one cluster."""
    n_samples = features.shape[0]
    clusters = cluster(features, min(n_classes, n_samples), rng)
    # One of these distances is the radius, and rounding must not move its row inside.
    features = features.astype(np.float64, copy=False)
    nearest = np.full(n_samples, np.inf)
    for name in np.unique(clusters):
        inside = clusters == name
        if not inside.all():
            others = pairwise_distances_argmin_min(features[inside], features[~inside])
            nearest[inside] = others[1]
    # The added part makes 10 * (1 - 0.9) one ball.
    n_impure = min(floor(n_samples * (1 - purity) + 1e-9), n_samples - 1)
    return np.sort(nearest)[n_impure]
