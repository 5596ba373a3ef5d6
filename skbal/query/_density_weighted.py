"""DensityWeighted: prefer rows that lie where the pool is dense."""

import numpy as np
from scipy.sparse import issparse
from sklearn.metrics import pairwise_distances_chunked
from sklearn.preprocessing import normalize

from skbal._utils.parameters import count, option, real
from skbal.base import best_first
from skbal.query._feature_strategy import FeatureStrategy
from skbal.query._shared import wrapped_strategy
from skbal.query._wrapping import WrapsStrategy

_MEGABYTES = 32  # of distances at once


class DensityWeighted(WrapsStrategy, FeatureStrategy):
    """Choose rows with high scores of another strategy where the pool is dense.

    The score is that of the wrapped strategy times a power of the density, the mean
    similarity of the row to the rows of the pool [1]_. An outlier may be very
    uncertain, but its label says little about other rows.

    Parameters
    ----------
    strategy : QueryStrategy, optional
        Scores the rows by its ``score_pool``; its scores must not be negative. ``None``
        is `BALD` with the ``n_draws``, ``random_state``, ``batch_size``, ``n_jobs`` and
        ``verbose`` given here.
    beta : float, default=1.0
        The power of the density, 0 or more. 0 gives the strategy's own order.
    metric : {"euclidean", "cosine"}, default="euclidean"
        Similarity of rows. "euclidean" is 1 / (1 + d / m), where d is the distance of
        the features of two rows and m the mean distance in the pool. "cosine" is the
        cosine of the angle between them, from -1 to 1; a negative mean counts as 0.
    n_reference : int or None, default=1000
        Number of random rows of the pool that "euclidean" compares each row with.
        ``None`` compares all rows with all. Not used by "cosine", whose mean over all
        rows needs no pairs.
    features : {"input", "model"}, GradientFeatures or callable, default="input"
        What similarities are computed from. "input" uses the flattened input of the
        model, after the transformers of a ``Pipeline``. "model" uses the input of the
        last layer: the ``transform`` of the estimator, or the columns of a linear
        model. A `skbal.features.GradientFeatures` takes gradients of a network. A
        function takes rows and returns an array of shape (n_rows, n_features).
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number. It is used
        only if ``strategy`` is ``None``.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the choice of the reference rows and the breaking of ties. A wrapped
        strategy has its own. An integer makes the choice repeatable for the same
        features and scores.
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
    EPIG : Asks the model itself what a label says about other rows.
    TypiClust : Typical rows of each cluster, before a model is any good.

    Notes
    -----
    modAL's ``information_density`` is "euclidean" with m = 1 and all pairs. With m the
    density does not depend on the unit of the features.

    References
    ----------
    .. [1] B. Settles and M. Craven (2008), An Analysis of Active Learning Strategies
       for Sequence Labeling Tasks, equation (11).

    Examples
    --------
    The last row is the least certain, but alone:

    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal.query import DensityWeighted, Margin
    >>> model = LogisticRegression().fit([[-1.0, 0.0], [1.0, 0.0]], ["no", "yes"])
    >>> pool = np.array([[0.1, 0.0], [0.2, 0.1], [0.1, 0.2], [0.0, 50.0]])
    >>> Margin(random_state=0)(model, pool)
    array([3])
    >>> DensityWeighted(Margin(), random_state=0)(model, pool)
    array([2])
    """

    _parameter_rules = {
        "strategy": wrapped_strategy(),
        "beta": real(0),
        "metric": option("euclidean", "cosine"),
        "n_reference": count(1, none=True),
    }

    def __init__(
        self,
        strategy=None,
        *,
        beta=1.0,
        metric="euclidean",
        n_reference=1000,
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
        self.strategy = strategy
        self.beta = beta
        self.metric = metric
        self.n_reference = n_reference

    def score_pool(self, estimator, X_pool):
        """Return the strategy's scores times the power of the density.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted estimator that the strategy accepts and that has the features, or a
            learner that holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Not negative.

        Raises
        ------
        TypeError
            If the estimator has no features (see ``features``), or the strategy has no
            ``score_pool``.
        ValueError
            If the pool is empty, a score of the strategy is negative, or a parameter
            has a wrong value.
        """
        self._check(X_pool)
        scores = self._positive_scores(estimator, X_pool)
        if self.beta == 0:
            return scores
        features = self._features(estimator, X_pool)
        rng = self._rng(estimator, len(scores))
        return scores * self._density(features, rng) ** float(self.beta)

    def select_batch(self, learner, X_pool, n_instances, rng):
        return best_first(self.score_pool(learner, X_pool), n_instances, rng)

    def _density(self, features, rng):
        if self.metric == "cosine":
            units = normalize(features)
            mean = np.asarray(units.mean(axis=0, dtype=np.float64)).ravel()
            return np.clip(units @ mean, 0.0, None)
        if not issparse(features):  # or distances far from the origin lose digits
            mean = features.mean(axis=0, dtype=np.float64)
            features -= mean.astype(features.dtype)
        n_rows, others = features.shape[0], features
        if self.n_reference is not None and self.n_reference < n_rows:
            others = features[rng.choice(n_rows, self.n_reference, replace=False)]
        mean = _mean_of_distances(features, others, lambda d: d).mean() or 1.0
        return _mean_of_distances(features, others, lambda d: 1 / (1 + d / mean))


def _mean_of_distances(features, others, function):
    """Return the mean of a function of the distances of each row, (n_rows,)."""
    parts = pairwise_distances_chunked(
        features,
        others,
        reduce_func=lambda d, start: function(d).mean(axis=1, dtype=np.float64),
        working_memory=_MEGABYTES,
    )
    return np.concatenate(list(parts))
