"""k-center greedy (core-set): cover the pool, whatever the labels are."""

import numpy as np

from skbal.query._far_apart import Points, far_apart
from skbal.query._feature_strategy import FeatureStrategy, nearest_known


class KCenterGreedy(FeatureStrategy):
    """Choose each next row farthest from all labelled and chosen rows.

    This is the greedy solution of the k-center problem, known as core-set [1]_: after a
    batch, the largest distance of a row of the pool to the nearest labelled row is at
    most twice that of the best batch. Only the features of the model matter, not how
    certain it is.

    The labelled rows are the ``X_training`` of a learner. A fitted estimator has none.
    Then the first row is the one farthest from the mean of the pool, and the others are
    far from it and from each other.

    Parameters
    ----------
    features : {"model", "input"}, GradientFeatures or callable, default="model"
        What distances are computed from. "model" uses the input of the last layer: the
        ``transform`` of the estimator, or the columns of a linear model. "input" uses
        the flattened input of the model, after the transformers of a ``Pipeline``. A
        `skbal.features.GradientFeatures` takes gradients of a network. A function takes
        rows and returns an array of shape (n_rows, n_features).
    n_draws : int, optional
        Not used, because no draws are made. It exists so that all strategies take the
        same parameters.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the order of rows that are equally far. An integer makes the choice
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
    BADGE : Chooses rows that are far apart and uncertain.
    KMeansBatch : Chooses one row of each cluster.

    Notes
    -----
    Distances are Euclidean. Each row of the batch costs one product of the features
    with a vector. Rows equal to a labelled or chosen row come last. Outliers come
    first, because they are far from all other rows.

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
        """Return the distance of each row to the nearest labelled row.

        Parameters
        ----------
        estimator : estimator or learner
            A learner with labelled rows ``X_training``, or a fitted estimator.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

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
            If the pool is empty, the features are not finite, or a parameter has a
            wrong value.
        """
        pool, known, _ = self._pool_and_start(estimator, X_pool)
        return np.sqrt(nearest_known(pool, known)[1])

    def select_batch(self, learner, X_pool, n_instances, rng):
        pool, known, are_labelled = self._pool_and_start(learner, X_pool)
        distances = nearest_known(pool, known)[1]
        what = {"start" if are_labelled else "first": distances}
        return far_apart(Points(pool), n_instances, rng, **what)

    def _pool_and_start(self, estimator, X_pool):
        """Return the features of the pool, of the labelled rows, and if there are any.

        Without labelled rows, the mean of the pool is returned instead.
        """
        self._check(X_pool)
        pool, known, mean = self._pool_and_known(estimator, X_pool)
        are_labelled = known is not None
        return pool, known if are_labelled else mean, are_labelled
