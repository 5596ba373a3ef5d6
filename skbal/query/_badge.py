"""The strategy that looks for large gradients in different directions."""

from functools import partial

import numpy as np
from scipy.sparse import issparse

from skbal._utils.random import check_seed
from skbal._utils.unwrap import unwrap
from skbal.query._far_apart import Points, far_apart
from skbal.query._feature_strategy import FeatureStrategy
from skbal.query._features import feature_function
from skbal.query._strategy import check_classes
from skbal.sampling import predict_samples


class BADGE(FeatureStrategy):
    """Ask for rows whose gradients are large and point in different directions.

    The gradient embedding of a row is the gradient of the log loss by the weights of
    the last layer, were the most likely class the label: (p - e) h', with p the class
    probabilities, e the most likely class as a one-hot vector, and h the features. It
    is long where the model is unsure. The batch is seeded among the embeddings as in
    k-means++, each row with a chance proportional to the squared distance to the
    nearest one chosen [1]_.

    The embeddings are never built, and there is nothing to tune.

    Parameters
    ----------
    features : {"model", "input"} or callable, default="model"
        What enters the last layer, h. "model": the ``transform`` of the estimator, or
        the columns of a linear model. "input": the rows as they reach the model, so
        after the transformers of a ``Pipeline``, each flattened. A function is given
        rows and returns an array of shape (n_rows, n_features).
    n_draws : int, optional
        The class probabilities are the mean of this many posterior draws. None takes
        ``predict_proba``, or the estimator's own number of draws if it has none.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the draws, and of the chances of rows. An integer gives the same choice for
        the same estimator and pool.
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
    KCenterGreedy : Covers the pool, whatever the model is sure of.

    Notes
    -----
    The first row is the one with the longest gradient, as in the authors' program; the
    paper leaves it open, and k-means++ proper would draw it at random. So a batch of
    one row is the best by `score_pool`.

    Memory is that of the features and the probabilities, and each row of the batch
    costs one product of both with a vector.

    References
    ----------
    .. [1] J. T. Ash, C. Zhang, A. Krishnamurthy, J. Langford and A. Agarwal (2020),
       Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds,
       algorithm 1.

    Examples
    --------
    The first two rows of the pool are unsure, on different sides of the origin.

    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal.query import BADGE
    >>> X = np.array([[-1.0, 1.0], [-1.0, -1.0], [1.0, 1.0], [1.0, -1.0]])
    >>> model = LogisticRegression(C=100).fit(X, ["no", "no", "yes", "yes"])
    >>> pool = np.array([[0.0, 2.0], [0.0, -2.0], [9.0, 0.0], [-9.0, 0.0]])
    >>> sorted(BADGE(random_state=0)(model, pool, n_instances=2).tolist())
    [0, 1]
    """

    def score_pool(self, estimator, X_pool):
        """Return the length of each row's gradient embedding.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted classifier with ``predict_proba`` or posterior draws, or a learner
            that holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows; what is not in memory is read piece by piece.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            The Euclidean length of p - e times that of h; 0 where the model is certain.

        Raises
        ------
        TypeError
            If the estimator is a regressor, makes neither probabilities nor draws
            (`NoDrawsError`), or has no features (see ``features``).
        ValueError
            If the pool is empty, the estimator knows fewer than two classes, features
            are not finite, or a parameter of the strategy is wrong.
        """
        return np.sqrt(self._points(estimator, X_pool).squared_norms)

    def _select(self, learner, X_pool, n_instances, rng):
        points = self._points(learner, X_pool)
        return far_apart(points, n_instances, rng, sampled=True)

    def _points(self, estimator, X_pool):
        self._check(X_pool)
        owner = type(self).__name__
        model = unwrap(estimator)[1]
        check_classes(model, owner)
        seed = check_seed(self.random_state, owner)
        features = feature_function(estimator, self.features, owner)
        probabilities = partial(_probabilities, estimator, model, self.n_draws, seed)
        return Points(*self._compute(partial(_embed, probabilities, features), X_pool))


def _embed(probabilities, features, X):
    """Return the two factors of the gradient embeddings."""
    (h,) = features(X)
    dtype = np.float64 if issparse(h) else h.dtype
    errors = np.array(probabilities(X), dtype=dtype)
    errors[np.arange(len(errors)), errors.argmax(axis=1)] -= 1
    return errors, h


def _probabilities(estimator, model, n_draws, seed, X):
    if n_draws is None and hasattr(model, "predict_proba"):
        return estimator.predict_proba(X)
    draws = predict_samples(estimator, X, n_draws, random_state=seed)
    return draws.mean(axis=1, dtype=np.float64)
