"""The strategy that makes the batches of another one more diverse, or less."""

import numpy as np
from scipy.stats import rankdata

from skbal._utils.pools import n_rows, sliceable, take
from skbal._utils.rows import RowsView
from skbal._utils.validation import check_real
from skbal.base import best_first, rounded
from skbal.query._bald import BALD
from skbal.query._feature_strategy import FeatureStrategy
from skbal.query._features import feature_function
from skbal.query._penalised_greedy import penalised_greedy, within_reach
from skbal.query._similarities import Cosines, Similarities

_LARGE = 1e300  # stands for an infinite score


class DiversityPenalised(FeatureStrategy):
    """Ask for rows that score high and are unlike those already in the batch.

    The batch is built row by row. The first is the one with the highest score of the
    wrapped strategy, each next one that with the largest

        score - penalty * similarity to the rows already in this batch

    where scores are brought to a common scale (see ``normalize``) and the similarity is
    the largest to any of these rows, or the mean. With the largest this is known as
    maximal marginal relevance [1]_. Rows that were labelled before do not count.

    Parameters
    ----------
    strategy : QueryStrategy, optional
        Scores the rows, by its ``score_pool``; what it would choose as a batch does not
        matter. None is `BALD` with the ``n_draws``, ``random_state``, ``batch_size``,
        ``n_jobs`` and ``verbose`` given here.
    penalty : float, default=0.1
        What a similarity of 1 costs. 0 gives the strategy's own order, a negative
        penalty prefers rows that are alike.
    metric : "cosine" or callable, default="cosine"
        How alike rows are, from -1 to 1. "cosine": the cosine of the angle between
        their features, 0 for a row of zeros. A function is given features of shape (n,
        n_features) and (n_others, n_features) and returns an array of shape (n,
        n_others), for instance `sklearn.metrics.pairwise.rbf_kernel`.
    features : {"input", "model"} or callable, default="input"
        What is compared. "input": the rows as they reach the model, so after the
        transformers of a ``Pipeline``, each flattened. "model": what enters the last
        layer, that is the ``transform`` of the estimator, or the columns of a linear
        model. A function is given rows and returns an array of shape (n_rows,
        n_features).
    normalize : {"rank", "std"} or None, default="rank"
        The scale of the scores, on which a penalty then means the same for every
        strategy. "rank": the part of the pool that scores lower, from 0 to 1; equal
        scores share their mean rank. "std": less their mean, over their standard
        deviation; 0 where all are equal. None: as they are.
    similarity : {"max", "mean"}, default="max"
        Whether the largest similarity to a row of the batch counts, or the mean.
    n_draws : int, optional
        Of `BALD`, where ``strategy`` is None; another strategy has its own.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the order of equal rows; a strategy that was given has its own. An integer
        gives the same choice for the same features and scores.
    pool_subsample : int, optional
        A call looks only at this many random rows of the pool; None looks at all. That
        of the wrapped strategy is not used.
    batch_size : int, optional
        Of how many rows features are computed at once; None keeps memory to some 64 MB
        beside the features, which are held.
    n_jobs : int, optional
        How many pieces of the pool are worked on at once, by `joblib`; None asks
        `joblib.parallel_config`, and means 1 outside of it.
    verbose : int, default=0
        Whether to show a progress bar while features are computed.

    See Also
    --------
    BatchBALD : Knows how much the labels of a batch tell together.
    PowerBALD : Makes batches more diverse by chance.
    KMeansBatch : One row of each cluster of those that score high.

    Notes
    -----
    By rank, a penalty of .1 lets a row with a tenth of the pool before it win, if all
    rows before it are as much like the batch as can be and it is orthogonal to it.

    Features are held only of rows that can be chosen: those that score no less than the
    last of the ``n_instances`` best less twice the penalty. They keep their dtype, for
    images in float32 that is four bytes a pixel. Of these, a row is compared with the
    batch only when it might be the next. The choice is the same as that of comparing
    all with all, and the first rows of a batch are those of a smaller one.

    The cosines of images are those of their pixels as they reach the model: between two
    digits of MNIST 0.40 on average, and 0.29 if pixels are standardised.

    References
    ----------
    .. [1] J. Carbonell and J. Goldstein (1998), The Use of MMR, Diversity-Based
       Reranking for Reordering Documents and Producing Summaries, section 2.

    Examples
    --------
    The two best rows are nearly the same. One is enough.

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

    def __init__(
        self,
        strategy=None,
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
            features, n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        )
        self.strategy = strategy
        self.penalty = penalty
        self.metric = metric
        self.normalize = normalize
        self.similarity = similarity

    def score_pool(self, estimator, X_pool):
        """Return the strategy's score of each row on the scale of ``normalize``.

        Parameters
        ----------
        estimator : estimator or learner
            Fitted, as the strategy takes it.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows; what is not in memory is read piece by piece.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Without any penalty: the first is the row that a batch begins with.

        Raises
        ------
        TypeError
            If the strategy has no ``score_pool``.
        ValueError
            If the pool is empty, or a parameter of the strategy is wrong.
        """
        return self._normalized(self._scores(estimator, X_pool))

    def _select(self, learner, X_pool, n_instances, rng):
        penalty = self._checked_penalty()
        function = feature_function(learner, self.features, type(self).__name__)
        raw = self._scores(learner, X_pool)
        if penalty == 0 or n_instances == 1:
            return best_first(raw, n_instances, rng)
        scores = np.clip(self._normalized(raw), -_LARGE, _LARGE)
        rows = within_reach(scores, n_instances, penalty)
        part = RowsView(sliceable(X_pool), rows, take)
        chosen = penalised_greedy(
            scores[rows],
            self._similarity_of(self._compute(function, part)[0]),
            n_instances,
            penalty=penalty,
            priority=rng.random(len(scores))[rows],
            mean=self.similarity == "mean",
        )
        return rows[chosen]

    def _checked_penalty(self):
        owner = type(self).__name__
        if not callable(self.metric):
            _check_choice(self.metric, "metric", owner, ("cosine",), "a function")
        _check_choice(self.similarity, "similarity", owner, ("max", "mean"))
        return check_real(self.penalty, "penalty", owner)

    def _scores(self, estimator, X_pool):
        self._check(X_pool)
        owner = type(self).__name__
        _check_choice(self.normalize, "normalize", owner, ("rank", "std", None))
        scores = self._scorer().score_pool(estimator, X_pool)
        scores = np.asarray(scores, dtype=np.float64)
        if scores.shape != (n_rows(X_pool),):
            raise ValueError(
                f"strategy of {owner} must score each of the {n_rows(X_pool)} rows, "
                f"but {self.strategy!r} gave scores of the shape {scores.shape}."
            )
        return scores

    def _scorer(self):
        if self.strategy is None:
            names = ("n_draws", "random_state", "batch_size", "n_jobs", "verbose")
            return BALD(**{name: getattr(self, name) for name in names})
        is_class = isinstance(self.strategy, type)
        if is_class or not hasattr(self.strategy, "score_pool"):
            raise TypeError(
                f"strategy of {type(self).__name__} must be a query strategy with a "
                "method score_pool, such as BALD(), which a function of a learner and "
                f"a pool has not, got {self.strategy!r}."
            )
        return self.strategy

    def _normalized(self, scores):
        # Last bits depend on how the pool is cut, and ranks must not.
        scores = rounded(scores)
        if self.normalize == "rank":
            return (rankdata(scores) - 1) / max(len(scores) - 1, 1)
        return standardised(scores) if self.normalize == "std" else scores

    def _similarity_of(self, features):
        if callable(self.metric):
            return Similarities(features, self.metric, type(self).__name__)
        return Cosines(features)


def standardised(scores):
    """Return scores less their mean, over their standard deviation.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Infinite ones do not count and stay.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        0 for all finite ones if they are equal.

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


def _check_choice(value, name, owner, choices, also=None):
    if value in choices:
        return
    listed = [repr(choice) for choice in choices] + ([also] if also else [])
    raise (ValueError if isinstance(value, str) else TypeError)(
        f"{name} of {owner} must be {', '.join(listed[:-1])} or {listed[-1]}, "
        f"got {value!r}."
    )
