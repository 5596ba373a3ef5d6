"""GreedySampling: rows whose predicted values differ from all labels."""

from functools import partial

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.metrics import euclidean_distances

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.parameters import option
from skbal._utils.pools import n_rows
from skbal._utils.tags import classifies
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import as_numbers
from skbal.query._feature_strategy import FeatureStrategy
from skbal.query._features import compute
from skbal.query._greedy import first_of


class GreedySampling(FeatureStrategy):
    """Choose each next row whose predicted value is far from all labels so far.

    The score of a row is the smallest distance of its predicted value to the label of a
    labelled row ("GSy"), or the smallest product of this distance with the distance of
    the features ("iGS") [1]_. The labels then cover the range of y evenly, while those
    of random rows are mostly near its middle. The strategy is for regressors.

    Parameters
    ----------
    method : {"iGS", "GSy"}, default="iGS"
        Which score. ("GSx", by features alone, is `KCenterGreedy`.)
    features : {"input", "model"}, GradientFeatures or callable, default="input"
        What distances are computed from. "input" uses the flattened input of the model,
        after the transformers of a ``Pipeline``. "model" uses the input of the last
        layer: the ``transform`` of the estimator, or the columns of a linear model. A
        `skbal.features.GradientFeatures` takes gradients of a network. A function takes
        rows and returns an array of shape (n_rows, n_features).
    n_draws : int, optional
        Not used, because no draws are made. It exists so that all strategies take the
        same parameters.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the order of equal rows. An integer makes the choice repeatable for the
        same features and predictions.
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
    KCenterGreedy : The same by features alone.
    LCMD : Features alone, with regard to where the pool is dense.

    Notes
    -----
    In a batch, the predicted values of the rows chosen before count as their labels.
    Labels of several outputs are compared by their Euclidean distance, so scale outputs
    alike. Without labelled rows, as with a fitted estimator alone, distances are those
    to the mean of the predictions, and of the features.

    References
    ----------
    .. [1] D. Wu, C.-T. Lin and J. Huang (2019), Active Learning for Regression Using
       Greedy Sampling, equations (8) to (10).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from skbal import ActiveLearner
    >>> from skbal.query import GreedySampling
    >>> learner = ActiveLearner(
    ...     LinearRegression(),
    ...     GreedySampling("GSy", random_state=0),
    ...     X_training=np.array([[0.0], [1.0]]),
    ...     y_training=[0.0, 2.0],
    ... )
    >>> learner.query(np.array([[0.5], [2.5], [-1.0], [1.2]]), n_instances=2)[0]
    array([1, 2])
    """

    _parameter_rules = {"method": option("iGS", "GSy")}

    def __init__(
        self,
        method="iGS",
        *,
        features="input",
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
        self.method = method

    def score_pool(self, estimator, X_pool):
        """Return how far each row is from the nearest labelled row.

        Parameters
        ----------
        estimator : estimator or learner
            A learner that holds a fitted regressor and labelled rows, ``X_training``
            and ``y_training``, or a fitted regressor.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Distances in the unit of y, for "iGS" times distances of features.

        Raises
        ------
        TypeError
            If the estimator is a classifier or has no ``predict``, or it has no
            features (see ``features``).
        ValueError
            If the pool is empty, the features are not finite, the labels have another
            number of outputs than the predictions, or a parameter has a wrong value.
        """
        return self._points(estimator, X_pool)[2]

    def select_batch(self, learner, X_pool, n_instances, rng):
        features, values, scores = self._points(learner, X_pool)
        priority, chosen = rng.random(len(scores)), []
        has_start = getattr(learner, "X_training", None) is not None
        for _ in range(n_instances):
            scores[chosen] = -np.inf
            row = int(first_of(scores, priority, np.finfo(np.float64).tiny))
            chosen.append(row)
            new = _products(features, values, features, values, [row])
            scores = np.minimum(scores, new) if has_start else new
            has_start = True
        return np.array(chosen, dtype=np.intp)

    def _points(self, estimator, X_pool):
        """Return features or None, predictions, and the scores of the pool."""
        self._check(X_pool)
        owner = type(self).__name__
        model = unwrap(estimator)[1]
        if classifies(model) or not hasattr(model, "predict"):
            raise TypeError(
                f"{owner} compares predicted values with labels, so it needs a "
                f"regressor, got {type(model).__name__}."
            )
        predict = partial(_predicted, estimator, owner)
        chunks = {"batch_size": self.batch_size, "n_jobs": self.n_jobs}
        values = compute(predict, X_pool, **chunks)[0]
        labels = _labels(estimator, values, owner)
        if self.method == "GSy":
            return None, values, _products(None, values, None, labels)
        pool, known, mean = self._pool_and_known(estimator, X_pool)
        known = mean if known is None else known
        return pool, values, _products(pool, values, known, labels)


def _predicted(estimator, owner, X):
    """Return predicted values, (n_rows, n_outputs)."""
    what = f"predictions given to {owner}"
    values = as_numbers(estimator.predict(X), what)
    if not np.isfinite(values).all():
        raise ValueError(f"{what} must be finite, got NaN or infinity.")
    return (values.reshape(len(values), -1).astype(np.float64),)


def _labels(estimator, values, owner):
    """Return the labels so far, or the mean prediction, (n_labels, n_outputs)."""
    labels = getattr(estimator, "y_training", None)
    if labels is None or n_rows(labels) == 0:
        return values.mean(axis=0, keepdims=True)
    labels = as_numbers(labels, f"y_training of the learner of {owner} must be numbers")
    labels = labels.reshape(len(labels), -1).astype(np.float64)
    if labels.shape[1] != values.shape[1]:
        raise ValueError(
            f"{owner} needs labels with as many outputs as predictions have, got "
            f"{labels.shape[1]} and {values.shape[1]}."
        )
    return labels


def _products(features, values, others, labels, rows=slice(None)):
    """Return the smallest product of both distances to some of the others, (n_rows,).

    Without features, it is the smallest distance to the labels.
    """
    smallest = np.full(len(values), np.inf)
    labels = labels[rows]
    others = None if others is None else others[rows]
    step = rows_within(24 * len(labels))
    for part in chunks(len(values), step):
        # From differences: labels such as times may be large and differ by little.
        products = cdist(values[part], labels)
        if features is not None:
            products *= euclidean_distances(features[part], others)
        smallest[part] = products.min(axis=1)
    return smallest
