"""LCMD: from the largest cluster, the row farthest from its centre."""

import numpy as np

from skbal.base import rounded
from skbal.query._far_apart import squared_norms
from skbal.query._feature_strategy import FeatureStrategy, nearest_known


class LCMD(FeatureStrategy):
    """Choose the row farthest from its centre, in the largest cluster of the pool.

    Each labelled and each chosen row is the centre of a cluster: the rows of the pool
    that are nearer to it than to any other centre. The size of a cluster is the sum of
    the squared distances of its rows to the centre. The next row is the one with the
    maximum distance in the largest cluster [1]_. So dense regions are asked about more
    often than by `KCenterGreedy`, and outliers less. No labels are used, so that it is
    for regression and classification alike.

    The labelled rows are the ``X_training`` of a learner. Without any, the first row is
    the one farthest from the mean of the pool.

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
        Seeds the order of equal rows. An integer makes the choice repeatable for the
        same features.
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
    KCenterGreedy : The row farthest from all centres, wherever it is.
    BatchVariance : Batches by the covariance of a Bayesian regressor.

    Notes
    -----
    In the authors' benchmark of 15 large tables it was the best of all strategies for
    networks, with sketches of the gradients with respect to all weights as features:
    ``features=GradientFeatures()``. With the factors of a Bayesian model as features,
    such as ``features=model.covariance_factor`` of ``BayesianLinearRegression``, the
    distance of two rows is the posterior standard deviation of the difference between
    their function values.

    Each row of the batch costs one product of the features with a vector.

    References
    ----------
    .. [1] D. Holzmüller, V. Zaverkin, J. Kästner and I. Steinwart (2023), A Framework
       and Benchmark for Deep Batch Active Learning for Regression, section 4.3.

    Examples
    --------
    The last row is the farthest away, but the sum of four small distances is larger:

    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from skbal import ActiveLearner
    >>> from skbal.query import LCMD
    >>> learner = ActiveLearner(
    ...     LinearRegression(),
    ...     LCMD(random_state=0),
    ...     X_training=np.array([[0.0], [10.0]]),
    ...     y_training=[0.0, 1.0],
    ... )
    >>> pool = np.array([[2.0], [2.1], [2.2], [1.9], [13.0]])
    >>> learner.query(pool, n_instances=2)[0]
    array([2, 4])
    """

    compares_rows = True

    def score_pool(self, estimator, X_pool):
        """Return the turn of each row's cluster, plus how far the row is from it.

        Parameters
        ----------
        estimator : estimator or learner
            A learner with labelled rows ``X_training``, or a fitted estimator.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            The whole part is the number of clusters that are smaller. The rest is half
            of the distance to the centre, as a fraction of the largest of the pool.

        Raises
        ------
        TypeError
            If the estimator has no features (see ``features``).
        ValueError
            If the pool is empty, the features are not finite, or a parameter has a
            wrong value.
        """
        clusters = self._clusters(estimator, X_pool)
        places = np.unique(clusters.sizes(), return_inverse=True)[1]
        turns = places[clusters.nearest]
        distances = np.sqrt(clusters.distances)
        return turns + distances / (2 * (distances.max() or 1.0))

    def select_batch(self, learner, X_pool, n_instances, rng):
        clusters = self._clusters(learner, X_pool)
        priority, chosen = rng.random(len(clusters.distances)), []
        for _ in range(n_instances):
            row = clusters.farthest_of_largest(priority)
            chosen.append(row)
            clusters.add(row)
        return np.array(chosen, dtype=np.intp)

    def _clusters(self, estimator, X_pool):
        self._check(X_pool)
        pool, known, mean = self._pool_and_known(estimator, X_pool)
        return _Clusters(pool, mean if known is None else known, known is not None)


class _Clusters:
    """Rows of the pool and the nearest centre of each.

    Parameters
    ----------
    pool : ndarray or CSR matrix of shape (n_rows, n_features)
        Features of the pool.
    centres : ndarray or CSR matrix of shape (n_centres, n_features)
        Features of the labelled rows.
    stay : bool
        Whether these centres remain once a row is chosen. The mean of the pool, which
        stands for labelled rows where there are none, does not.

    Attributes
    ----------
    nearest : ndarray of shape (n_rows,), dtype=intp
        The number of the nearest centre.
    distances : ndarray of shape (n_rows,), dtype=float64
        Squared distances to it.
    """

    def __init__(self, pool, centres, stay):
        self.pool, self.norms = pool, squared_norms(pool)
        self.nearest, self.distances = nearest_known(pool, centres)
        self.n_centres, self._stay = centres.shape[0], stay
        self._taken = np.zeros(len(self.distances), dtype=bool)

    def sizes(self):
        """Return the sum of the squared distances in each cluster, (n_centres,)."""
        return rounded(np.bincount(self.nearest, self.distances, self.n_centres))

    def farthest_of_largest(self, priority):
        """Return a row that is not taken; of equal ones that of smallest priority."""
        sizes = self.sizes()
        # A cluster whose rows are all taken has size 0, as one of copies has.
        left = np.flatnonzero(~self._taken)
        largest = sizes[self.nearest[left]]
        left = left[largest == largest.max()]
        far = rounded(self.distances[left])
        left = left[far == far.max()]
        return int(left[np.argmin(priority[left])])

    def add(self, row):
        """Make a row the centre of a new cluster."""
        product = np.asarray(self.pool @ _dense(self.pool[[row]]).T).ravel()
        distances = self.norms + self.norms[row] - 2.0 * product.astype(np.float64)
        distances = np.maximum(distances, 0.0)
        distances[row] = 0.0
        nearer = distances < self.distances if self._stay else slice(None)
        self.nearest[nearer] = self.n_centres
        self.distances[nearer] = distances[nearer]
        self.n_centres, self._stay = self.n_centres + 1, True
        self._taken[row] = True


def _dense(rows):
    return rows.toarray() if hasattr(rows, "toarray") else rows
