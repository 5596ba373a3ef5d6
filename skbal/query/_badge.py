"""BADGE: choose rows with large gradients in different directions."""

from functools import partial

import numpy as np
from scipy.sparse import issparse

from skbal._utils.parameters import option_or_function
from skbal._utils.random import check_seed
from skbal._utils.unwrap import unwrap
from skbal.query._far_apart import Points, far_apart
from skbal.query._feature_strategy import FeatureStrategy
from skbal.query._features import feature_function, mean_probabilities
from skbal.query._strategy import check_classes


class BADGE(FeatureStrategy):
    """Choose rows whose gradients are large and point in different directions.

    The gradient embedding of a row is the gradient of the log loss with respect to the
    weights of the last layer, with the most probable class as the label: (p - e) h',
    where p are the class probabilities, e is the most probable class as a one-hot
    vector, and h are the features. It is long if the model is uncertain. The batch is
    drawn by k-means++ seeding: the probability of a row is proportional to the squared
    distance of its embedding to the nearest one already chosen [1]_.

    The embeddings are never built, and there is nothing to tune.

    Parameters
    ----------
    features : {"model", "input"} or callable, default="model"
        The features h. "model" uses the input of the last layer: the ``transform`` of
        the estimator, or the columns of a linear model. "input" uses the flattened
        input of the model, after the transformers of a ``Pipeline``. A function takes
        rows and returns an array of shape (n_rows, n_features).
    n_draws : int, optional
        Number of posterior draws whose mean gives the class probabilities. ``None``
        uses ``predict_proba``, or the estimator's own number of draws if it has none.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool. It also seeds the random choice of
        rows.
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
    KCenterGreedy : Covers the pool, however certain the model is.

    Notes
    -----
    The first row is the one with the longest gradient, as in the authors' program, so a
    batch of one row is the best row by `score_pool`. The paper does not specify the
    first row; k-means++ draws it uniformly.

    The features and the probabilities of the pool are held in memory. Each row of the
    batch costs one product of both with a vector.

    References
    ----------
    .. [1] J. T. Ash, C. Zhang, A. Krishnamurthy, J. Langford and A. Agarwal (2020),
       Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds,
       algorithm 1.

    Examples
    --------
    The model is uncertain about the first two rows of the pool, which lie on different
    sides of the origin.

    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal.query import BADGE
    >>> X = np.array([[-1.0, 1.0], [-1.0, -1.0], [1.0, 1.0], [1.0, -1.0]])
    >>> model = LogisticRegression(C=100).fit(X, ["no", "no", "yes", "yes"])
    >>> pool = np.array([[0.0, 2.0], [0.0, -2.0], [9.0, 0.0], [-9.0, 0.0]])
    >>> sorted(BADGE(random_state=0)(model, pool, n_instances=2).tolist())
    [0, 1]
    """

    # The gradients that it takes are others than those of GradientFeatures.
    _parameter_rules = {"features": option_or_function("model", "input", of="rows")}

    def score_pool(self, estimator, X_pool):
        """Return the length of each row's gradient embedding.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted classifier with ``predict_proba`` or posterior draws, or a learner
            that holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            The Euclidean length of p - e times that of h; 0 if the model is certain.

        Raises
        ------
        TypeError
            If the estimator is a regressor, makes neither probabilities nor draws
            (`NoDrawsError`), or has no features (see ``features``).
        ValueError
            If the pool is empty, the estimator knows fewer than two classes, features
            are not finite, or a parameter has a wrong value.
        """
        return np.sqrt(self._points(estimator, X_pool).squared_norms)

    def select_batch(self, learner, X_pool, n_instances, rng):
        points = self._points(learner, X_pool)
        return far_apart(points, n_instances, rng, sampled=True)

    def _points(self, estimator, X_pool):
        self._check(X_pool)
        owner = type(self).__name__
        model = unwrap(estimator)[1]
        check_classes(model, owner)
        seed = check_seed(self.random_state, owner)
        features = feature_function(estimator, self.features, owner)
        probabilities = partial(
            mean_probabilities, estimator, model, self.n_draws, seed, owner
        )
        return Points(*self._compute(partial(_embed, probabilities, features), X_pool))


def _embed(probabilities, features, X):
    """Return the two factors of the gradient embeddings."""
    (h,) = features(X)
    dtype = np.float64 if issparse(h) else h.dtype
    errors = np.array(probabilities(X), dtype=dtype)
    errors[np.arange(len(errors)), errors.argmax(axis=1)] -= 1
    return errors, h
