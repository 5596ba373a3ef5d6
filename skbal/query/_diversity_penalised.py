"""DiversityPenalised: make the batches of another strategy more diverse."""

import numpy as np

from skbal._utils.parameters import option, option_or_function, real
from skbal._utils.pools import sliceable, take
from skbal._utils.rows import RowsView
from skbal.base import best_first, rounded
from skbal.query._feature_strategy import FeatureStrategy
from skbal.query._features import feature_function, features_to_read
from skbal.query._penalised_greedy import penalised_greedy, within_reach
from skbal.query._shared import wrapped_strategy
from skbal.query._similarities import Cosines, Similarities
from skbal.query._wrapping import WrapsStrategy

_LARGE = 1e300  # replaces an infinite score
_FEW = 2**20  # numbers that are copied in less time than a walk over them takes


class DiversityPenalised(WrapsStrategy, FeatureStrategy):
    """Choose rows with high scores that differ from the rows already in the batch.

    The batch is built greedily. The first row is the one with the highest score of the
    wrapped strategy. Each next row is the one with the largest

        score - penalty * similarity to the rows already in this batch

    where the scores are on a common scale (see ``normalize``) and the similarity is the
    maximum or the mean over these rows. With the maximum this is known as maximal
    marginal relevance [1]_. Rows that were labelled before are not considered.

    Parameters
    ----------
    strategy : QueryStrategy, optional
        Scores the rows by its ``score_pool``. How it would choose a batch does not
        matter. ``None`` is `BALD` with the ``n_draws``, ``random_state``,
        ``batch_size``, ``n_jobs`` and ``verbose`` given here.
    penalty : float, default=0.1
        The penalty for a similarity of 1. 0 gives the strategy's own order. A negative
        penalty prefers similar rows.
    metric : {"cosine"} or callable, default="cosine"
        Similarity of rows, from -1 to 1. "cosine" is the cosine of the angle between
        their features, 0 for a row of zeros. A function takes features of shape (n,
        n_features) and (n_others, n_features) and returns an array of shape (n,
        n_others), such as `sklearn.metrics.pairwise.rbf_kernel`.
    features : {"input", "model"}, GradientFeatures or callable, default="input"
        What similarities are computed from. "input" uses the flattened input of the
        model, after the transformers of a ``Pipeline``. "model" uses the input of the
        last layer: the ``transform`` of the estimator, or the columns of a linear
        model. A `skbal.features.GradientFeatures` takes gradients of a network. A
        function takes rows and returns an array of shape (n_rows, n_features).
    normalize : {"rank", "std"} or None, default="rank"
        Scale of the scores, so that a penalty means the same for every strategy. "rank"
        replaces a score by the fraction of the pool with lower scores, from 0 to 1;
        equal scores have their mean rank. "std" subtracts the mean and divides by the
        standard deviation; equal scores become 0. ``None`` leaves the scores unchanged.
    similarity : {"max", "mean"}, default="max"
        Whether the maximum or the mean of the similarities to the batch is used.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number. It is used
        only if ``strategy`` is ``None``.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the order of equal rows. A wrapped strategy has its own. An integer makes
        the choice repeatable for the same features and scores.
    pool_subsample : int, optional
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows. The ``pool_subsample`` of the wrapped strategy is not used.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB. The features are held in addition.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.
    verbose : int, default=0
        Whether to show a progress bar. It counts the rows whose features are computed.

    See Also
    --------
    BatchBALD : Maximises the joint information of a batch.
    PowerBALD : Makes batches more diverse by random choice.
    KMeansBatch : Chooses one row of each cluster of high-scoring rows.

    Notes
    -----
    With ``normalize="rank"``, a penalty of 0.1 can move a row up by at most a tenth of
    the pool per unit of similarity.

    Features are held only for rows that can be chosen: their score is at least that of
    the last of the ``n_instances`` best rows minus twice the penalty. The features keep
    their dtype; float32 images take four bytes per pixel, and nothing where the pool is
    an array of floats and all its rows can be chosen. A row is compared with the batch
    only if it may be the next one; if most rows may be, all are compared at once. The
    choice is the same as that of comparing all pairs, and the first rows of a batch are
    those of a smaller batch.

    The cosine of two images is that of their pixels as they reach the model. For two
    digits of MNIST it is 0.40 on average, and 0.29 if pixels are standardised.

    References
    ----------
    .. [1] J. Carbonell and J. Goldstein (1998), The Use of MMR, Diversity-Based
       Reranking for Reordering Documents and Producing Summaries, section 2.

    Examples
    --------
    The two best rows are nearly equal. One is enough.

    >>> import numpy as np
    >>> from sklearn.linear_model import BayesianRidge
    >>> from skbal.query import DiversityPenalised, PredictiveVariance
    >>> X, y = [[0.0, 0.0], [1.0, 0.5], [0.0, 1.0], [1.0, 2.0]], [0.0, 1.1, 0.1, 0.9]
    >>> model = BayesianRidge().fit(X, y)
    >>> pool = np.array([[5.0, 0.0], [5.1, 0.0], [0.0, 3.0], [0.1, 0.1]])
    >>> strategy = PredictiveVariance(random_state=0)
    >>> strategy(model, pool, n_instances=2)
    array([1, 0])
    >>> DiversityPenalised(strategy, penalty=0.5)(model, pool, n_instances=2)
    array([1, 2])
    """

    _parameter_rules = {
        "strategy": wrapped_strategy(),
        "penalty": real(),
        "metric": option_or_function("cosine", of="features"),
        "normalize": option("rank", "std", None),
        "similarity": option("max", "mean"),
    }

    def __init__(
        self,
        strategy=None,
        *,
        penalty=0.1,
        metric="cosine",
        features="input",
        normalize="rank",
        similarity="max",
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
        self.penalty = penalty
        self.metric = metric
        self.normalize = normalize
        self.similarity = similarity

    @property
    def compares_rows(self):
        """Whether scores are scaled by those of the other rows."""
        return self.normalize is not None

    def score_pool(self, estimator, X_pool):
        """Return the strategy's scores on the scale of ``normalize``.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted estimator that the strategy accepts, or a learner that holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Without any penalty. The row with the highest score is the first of a batch.

        Raises
        ------
        TypeError
            If the strategy has no ``score_pool``.
        ValueError
            If the pool is empty or a parameter has a wrong value.
        """
        self._check(X_pool)
        return self._normalized(self._scores(estimator, X_pool))

    def select_batch(self, learner, X_pool, n_instances, rng):
        penalty = float(self.penalty)
        function = feature_function(learner, self.features, type(self).__name__)
        raw = self._scores(learner, X_pool)
        if penalty == 0 or n_instances == 1:
            return best_first(raw, n_instances, rng)
        scores = np.clip(self._normalized(raw), -_LARGE, _LARGE)
        rows = within_reach(scores, n_instances, penalty)
        part = X_pool if len(rows) == len(scores) else _part(X_pool, rows)
        chosen = penalised_greedy(
            scores[rows],
            self._similarity_of(features_to_read(function, part, **self._walk)),
            n_instances,
            penalty=penalty,
            priority=rng.random(len(scores))[rows],
            mean=self.similarity == "mean",
        )
        return rows[chosen]

    def _normalized(self, scores):
        # The last bits depend on the size of the chunks, and ranks must not.
        scores = rounded(scores)
        if self.normalize == "rank":
            return ranks(scores) / max(len(scores) - 1, 1)
        return standardised(scores) if self.normalize == "std" else scores

    def _similarity_of(self, features):
        if callable(self.metric):
            return Similarities(features, self.metric, type(self).__name__)
        return Cosines(features)


def _part(X, rows):
    """Return some rows of a pool: copied at once if they are few numbers in memory."""
    if type(X) is np.ndarray and len(rows) * X[:1].size <= _FEW:
        return X[rows]
    return RowsView(sliceable(X), rows, take)


def ranks(scores):
    """Return how many scores are lower; equal scores share their mean rank.

    `scipy.stats.rankdata` less one, in a fraction of its time for a few scores.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Not NaN.

    Returns
    -------
    ranks : ndarray of shape (n_samples,)
        From 0 to n_samples - 1.

    Examples
    --------
    >>> ranks(np.array([0.5, 0.1, 0.5, -np.inf])).tolist()
    [2.5, 1.0, 2.5, 0.0]
    """
    order = np.argsort(scores)
    ascending = scores[order]
    result = np.empty(len(scores))
    if (ascending[1:] > ascending[:-1]).all():  # no ties, which is soon known
        result[order] = np.arange(len(scores))
        return result
    first, end = (ascending.searchsorted(ascending, side) for side in ("left", "right"))
    result[order] = (first + end - 1) / 2
    return result


def standardised(scores):
    """Return the scores minus their mean, divided by their standard deviation.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Infinite scores are ignored and unchanged.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        0 for all finite scores if they are equal.

    Examples
    --------
    >>> standardised(np.array([1.0, 3.0, 1.0, 3.0, -np.inf])).tolist()
    [-1.0, 1.0, -1.0, 1.0, -inf]
    """
    is_finite = np.isfinite(scores)
    if not is_finite.any():
        return scores
    finite = scores[is_finite]
    spread = finite.std() if finite.min() < finite.max() else np.inf
    result = scores.copy()
    result[is_finite] = (finite - finite.mean()) / spread
    return result
