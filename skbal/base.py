"""The two contracts: estimators that make posterior draws, and query strategies."""

import copy
from abc import ABC, abstractmethod

import numpy as np
from sklearn.base import BaseEstimator

from skbal._utils._sklearn import num_samples
from skbal._utils.indices import check_indices
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, count, seed
from skbal._utils.pools import n_rows, subset
from skbal._utils.random import check_seed, stream
from skbal._utils.seeds_of import hand_back, settled
from skbal._utils.validation import as_numbers, check_n_instances, check_option

__all__ = ["PosteriorSamplerMixin", "QueryStrategy"]

_MILLIONTH = 1e-6  # of a score: what rounding of float32 may change
_TYPICAL = 10  # times the median: scores that share one step of rounding


class PosteriorSamplerMixin(ABC):
    """Mixin for estimators that make joint posterior draws.

    Draw k is one set of weights, the same for every row. With an integer
    ``random_state`` the draws of a row depend neither on the order of the rows, nor on
    the other rows, nor on how the rows are cut into chunks.
    `skbal.testing.check_posterior_sampler` tests this.
    """

    @abstractmethod
    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint posterior draws for the rows of X.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        n_draws : int, optional
            Number of posterior draws. ``None`` uses the estimator's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, ``None`` fresh ones.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_outputs)
            Class probabilities in the order of ``classes_``, or values of the
            noise-free function in the units of y.
        """


class QueryStrategy(KnowsItsParameters, BaseEstimator, ABC):
    """A rule that chooses which rows of a pool to label next.

    A strategy is a scikit-learn parameter object (``get_params``, ``set_params``,
    ``clone``) and a modAL query strategy: it is called with a learner and a pool.

    To write one, define `score_pool`. A strategy that chooses the rows of a batch
    together also defines `select_batch`. Where the score is a function of posterior
    draws, `skbal.query.DrawStrategy` is the shorter way.
    `skbal.testing.check_query_strategy` tests a strategy.

    Attributes
    ----------
    memory_names : tuple of str
        Class attribute: names of the attributes that later choices depend on, for a
        strategy that learns from call to call. A loop that is saved keeps them. They
        must be numbers, strings, or arrays, lists and dataclasses of these.
    compares_rows : bool
        Class attribute: whether the score of a row is its place among the other rows of
        the pool, and says nothing without them. A `skbal.loop.StreamLearner`, which has
        no pool, refuses such a strategy. The default is False.
    """

    random_state = None
    pool_subsample = None
    memory_names = ()
    compares_rows = False
    _parameter_rules = {
        "random_state": seed(),
        "pool_subsample": count(1, none=True),
    }

    def __call__(self, learner, X_pool, n_instances=1, *, return_scores=False):
        """Return the indices of the rows to label next.

        Parameters
        ----------
        learner : estimator or learner
            A fitted estimator, or an object that holds one as ``estimator``.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.
            May be an array, a list, a frame, a sparse matrix, a dask array, an array in
            a file or a map-style torch ``Dataset``.
        n_instances : int, default=1
            Number of rows to return.
        return_scores : bool, default=False
            Whether to return the scores of these rows, too. Unless a strategy chooses
            the rows of a batch together, they fall.

        Returns
        -------
        indices : ndarray of shape (n_instances,), dtype=intp
            Positions in ``X_pool``, best first, without repetition. The order of equal
            scores depends on ``random_state``, the size of the pool and the number of
            labelled rows, so that a loop does not favour one end of its pool.
        scores : ndarray of shape (n_instances,), dtype=float64
            What `score_pool` says of each of them alone, from the draws that the choice
            was made with. Only if ``return_scores`` is true.

        Raises
        ------
        TypeError
            If ``n_instances`` is not an integer, a parameter is of the wrong kind, the
            strategy cannot work with the estimator, or it has no scores of single rows
            and they are asked for.
        ValueError
            If the pool is empty or has fewer than ``n_instances`` rows, or a parameter
            has a wrong value.
        """
        check_parameters(self)
        check_option(return_scores, "return_scores", (False, True), type(self).__name__)
        if return_scores:
            return self._chosen_and_scores(learner, X_pool, n_instances)
        return self._chosen(learner, X_pool, n_instances)[0]

    def _chosen(self, learner, X_pool, n_instances, scored=False):
        """Return the rows, and their scores, which are None unless asked for."""
        owner = type(self).__name__
        n_pool = n_rows(X_pool, f"X_pool given to {owner}")
        n_instances = check_n_instances(n_instances, n_pool, owner)
        rng = self._rng(learner, n_pool)
        rows = self._candidates(n_pool, n_instances, rng)
        strategy, part = self, X_pool
        if rows is not None:
            strategy, part = self._for_rows(rows, n_pool), subset(X_pool, rows)
        by_scores = type(strategy).select_batch is QueryStrategy.select_batch
        scores = None
        if scored and by_scores:  # one pass over the pool does for both
            scores = strategy._checked_scores(learner, part)
            chosen = best_first(scores, n_instances, rng)
        else:
            chosen = strategy.select_batch(learner, part, n_instances, rng)
        if strategy is not self:
            hand_back(strategy, self)
        n_part = n_pool if rows is None else len(rows)
        chosen = _check_batch(chosen, n_instances, n_part, owner)
        if scored and scores is None:
            scores = strategy._checked_scores(learner, part)
        indices = chosen if rows is None else rows[chosen]
        return indices, None if scores is None else scores[chosen]

    def _chosen_and_scores(self, learner, X_pool, n_instances):
        # The choice and the scores come from the same draws: from integer seeds.
        seeded = settled(self)
        try:
            result = seeded._chosen(learner, X_pool, n_instances, scored=True)
        except NotImplementedError as error:
            raise TypeError(
                f"{type(self).__name__} has no scores of single rows, because its "
                "score_pool is not implemented: leave out return_scores."
            ) from error
        hand_back(seeded, self)
        return result

    def _checked_scores(self, learner, X_pool):
        scores = self.score_pool(learner, X_pool)
        return _check_scores(scores, n_rows(X_pool), type(self).__name__)

    @abstractmethod
    def score_pool(self, estimator, X_pool):
        """Return the score of each row; higher is better.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted estimator, or an object that holds one as ``estimator``.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Scores that differ by less than about a millionth of their size are ties.
            Integers are exact.
        """

    def select_batch(self, learner, X_pool, n_instances, rng):
        """Return the indices of a batch.

        The default returns the rows with the highest scores of `score_pool`. Define
        this method if the rows of a batch depend on each other. It is called after all
        arguments have been checked. With ``pool_subsample`` it is given only the
        sampled rows.

        Parameters
        ----------
        learner : estimator or learner
            As it was passed to the strategy.
        X_pool : array-like of shape (n_pool, ...)
            The rows to choose from, at least ``n_instances``.
        n_instances : int
            Number of rows to choose.
        rng : numpy.random.Generator
            For ties and all other random choices; seeded by ``random_state``.

        Returns
        -------
        indices : array-like of int of shape (n_instances,)
            Positions in ``X_pool``, best first, without repetition.
        """
        return best_first(self._checked_scores(learner, X_pool), n_instances, rng)

    def _for_rows(self, rows, n_pool):
        """Return the strategy for a pool of only these rows of the one given.

        One with an entry per row takes those of the rows. One that wraps it asks it to.
        """
        strategy = self
        for name, value in self.get_params(deep=False).items():
            if isinstance(value, QueryStrategy):
                wrapped = value._for_rows(rows, n_pool)
                if wrapped is not value:
                    # Not a clone, which would copy a generator, too.
                    strategy = copy.copy(self) if strategy is self else strategy
                    setattr(strategy, name, wrapped)
        return strategy

    def _rng(self, learner, n_pool):
        # With a fixed stream, each step of a loop would pick the same positions of a
        # shrinking pool. In a pool sorted by class, that is always the same class.
        taught = getattr(learner, "X_training", None)
        n_taught = 0 if taught is None else num_samples(taught)
        own_seed = check_seed(self.random_state, type(self).__name__)
        return stream(own_seed, "query", n_pool, n_taught)

    def _candidates(self, n_pool, n_instances, rng):
        """Return the random rows that are considered, ascending, or None for all."""
        size = self.pool_subsample
        if size is None:
            return None
        if n_instances > size:
            raise ValueError(
                f"n_instances of {type(self).__name__} is {n_instances}, "
                f"but pool_subsample allows only {size} rows."
            )
        if size >= n_pool:
            return None
        return np.sort(rng.choice(n_pool, size, replace=False))


def best_first(scores, n_instances, rng):
    """Return the indices of the largest scores, best first, ties in random order.

    Scores that are equal after `rounded` count as tied. The last bits of a float32
    product depend on the chunk size, and the choice must not.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Higher is better. NaN counts as the lowest score.
    n_instances : int
        Number of indices to return.
    rng : numpy.random.Generator
        Breaks the ties.

    Returns
    -------
    indices : ndarray of shape (n_instances,), dtype=intp

    Examples
    --------
    >>> best_first(np.array([0.1, 0.3, 0.2]), 2, np.random.default_rng(0))
    array([1, 2])
    """
    order = np.lexsort((rng.random(len(scores)), -rounded(scores)))
    return order[:n_instances]


def rounded(scores):
    """Return the scores rounded to a millionth of the largest score, or finer.

    The step is a millionth of the largest score, but of no more than ten times the
    median of those that are not 0. A score beyond that is rounded to a millionth of
    itself. So a single huge score, such as that of a typing error among the labels,
    does not make all others equal.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Higher is better.

    Returns
    -------
    scores : ndarray of shape (n_samples,), dtype=float64
        A new array, in which NaN is replaced by minus infinity.

    Examples
    --------
    >>> found = rounded([3.0, 1.0000001, 1.0, float("nan")])
    >>> bool(found[1] == found[2]), float(found[3])
    (True, -inf)
    >>> rounded([1e9, 3.0, 2.0, 1.0]).round(3).tolist()[1:]
    [3.0, 2.0, 1.0]
    """
    scores = np.asarray(scores)
    if scores.dtype.kind in "biu":  # exact: a rank, a number or a time of a row
        return scores.astype(np.float64)
    scores = scores.astype(np.float64, copy=False)
    sizes = np.abs(scores)
    typical = sizes[np.isfinite(sizes) & (sizes > 0)]
    if not typical.size:
        return np.where(np.isnan(scores), -np.inf, scores)
    limit = min(typical.max(), _TYPICAL * _median(typical))
    step = _MILLIONTH * limit
    result = np.rint(scores / step) * step
    beyond = np.flatnonzero(sizes > limit)
    if beyond.size:
        result[beyond] = _rounded_part(scores[beyond], limit)
    result[np.isnan(scores)] = -np.inf
    return result


def _rounded_part(scores, limit):
    """Return scores beyond a limit, each rounded to a millionth of itself."""
    # Equal steps of the logarithm are equal parts of a score. The two scales meet at
    # the limit with the same slope, so that the order of scores stays.
    steps = np.round(np.log(np.abs(scores) / limit) / _MILLIONTH)
    return np.sign(scores) * limit * np.exp(_MILLIONTH * steps)


def _median(values):
    """Return the median of positive numbers; faster than NumPy's for a few."""
    middle = [(len(values) - 1) // 2, len(values) // 2]
    low, high = np.partition(values, middle)[middle]
    return low / 2 + high / 2


def _check_scores(scores, n_pool, owner):
    """Return the result of ``score_pool`` as float64, or say what it should be."""
    must = f"score_pool of {owner} must return a number for each of {n_pool} rows"
    scores = as_numbers(scores, must)
    if scores.shape != (n_pool,):
        raise ValueError(f"{must}, got an array of shape {scores.shape}.")
    rows = np.flatnonzero(np.isnan(scores))
    if rows.size:
        raise ValueError(f"{must}, got NaN for {rows.size} rows, first row {rows[0]}.")
    return scores


def _check_batch(indices, n_instances, n_pool, owner):
    """Return the result of ``select_batch``, or say what it should be."""
    returned = "The indices returned by select_batch"
    indices = check_indices(indices, n_pool, returned, owner)
    if len(indices) != n_instances:
        raise ValueError(
            f"select_batch of {owner} must return {n_instances} indices, "
            f"got {len(indices)}."
        )
    return indices
