"""The strategy that covers the pool, whatever the labels are."""

import numpy as np
from scipy.sparse import issparse
from sklearn.metrics import pairwise_distances_argmin_min

from skbal._utils.pools import n_rows
from skbal.query._far_apart import Points, far_apart
from skbal.query._feature_strategy import FeatureStrategy


class KCenterGreedy(FeatureStrategy):
    """Ask each time for the row farthest from all that are labelled or chosen.

    After a batch, the largest distance from any row of the pool to a labelled one is at
    most twice what the best batch would leave: the greedy solution of the k-center
    problem, known as core-set [1]_. The model counts only by its features; that it may
    be sure of a row does not matter.

    Labelled rows are those of a learner, its ``X_training``. Given a fitted estimator
    instead, the strategy knows of none: the first row is the one farthest from the mean
    of the pool, and the others are far from it and from each other.

    Parameters
    ----------
    features : {"model", "input"} or callable, default="model"
        What distances are measured on. "model": what enters the last layer, that is the
        ``transform`` of the estimator, or the columns of a linear model. "input": the
        rows as they reach the model, so after the transformers of a ``Pipeline``, each
        flattened. A function is given rows and returns an array of shape (n_rows,
        n_features).
    n_draws : int, optional
        Changes nothing: no draws are made. It is here so that all strategies take the
        same parameters.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the order of rows that are equally far. An integer gives the same choice
        for the same features.
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
    BADGE : Looks for rows that are far apart and uncertain.
    KMeansBatch : One row of each cluster.

    Notes
    -----
    Distances are Euclidean. Each row of the batch costs one product of the features
    with a vector. Rows equal to a labelled or chosen one come last. Outliers come
    first: they are far from everything.

    References
    ----------
    .. [1] O. Sener and S. Savarese (2018), Active Learning for Convolutional Neural
       Networks: A Core-Set Approach, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal import ActiveLearner
    >>> from skbal.query import KCenterGreedy
    >>> learner = ActiveLearner(
    ...     LogisticRegression(),
    ...     KCenterGreedy(random_state=0),
    ...     X_training=np.array([[0.0], [1.0]]),
    ...     y_training=["no", "yes"],
    ... )
    >>> learner.query(np.array([[0.5], [9.0], [8.0], [4.0]]), n_instances=2)[0]
    array([1, 3])
    """

    def score_pool(self, estimator, X_pool):
        """Return how far each row is from the nearest labelled one.

        Parameters
        ----------
        estimator : estimator or learner
            A learner has labelled rows, ``X_training``; an estimator alone has none.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows; what is not in memory is read piece by piece.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Euclidean distances between features. Without labelled rows, the distances
            to the mean of the pool.

        Raises
        ------
        TypeError
            If the estimator has no features (see ``features``).
        ValueError
            If the pool is empty, the features are not finite, or a parameter of the
            strategy is wrong.
        """
        pool, known, _ = self._pool_and_known(estimator, X_pool)
        return np.sqrt(_to_nearest(pool, known))

    def _select(self, learner, X_pool, n_instances, rng):
        pool, known, are_labelled = self._pool_and_known(learner, X_pool)
        distances = _to_nearest(pool, known)
        what = {"start" if are_labelled else "first": distances}
        return far_apart(Points(pool), n_instances, rng, **what)

    def _pool_and_known(self, estimator, X_pool):
        """Return features of the pool and of what is labelled, and whether anything is.

        If nothing is, the mean of the pool is given instead.
        """
        self._check(X_pool)
        pool = self._features(estimator, X_pool)
        mean = np.asarray(pool.mean(axis=0, dtype=np.float64)).reshape(1, -1)
        labelled = getattr(estimator, "X_training", None)
        are_labelled = labelled is not None and n_rows(labelled) > 0
        known = self._features(estimator, labelled) if are_labelled else mean
        known = known.astype(pool.dtype, copy=False)
        if not issparse(pool):
            # Near the origin, less is lost in the difference of large numbers.
            mean = mean.astype(pool.dtype)
            pool -= mean
            known = known - mean
        return pool, known, are_labelled


def _to_nearest(pool, known):
    """Return each row's squared distance to the nearest known one, in float64."""
    distances = pairwise_distances_argmin_min(pool, known, metric="sqeuclidean")[1]
    return distances.astype(np.float64, copy=False)
