"""The two contracts: who makes posterior draws, and who chooses rows by them."""

from abc import ABC, abstractmethod

import numpy as np
from sklearn.base import BaseEstimator

from skbal._utils._sklearn import num_samples
from skbal._utils.pools import n_rows, subset
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count, check_n_instances

__all__ = ["PosteriorSamplerMixin", "QueryStrategy"]


class PosteriorSamplerMixin(ABC):
    """An estimator that makes joint posterior draws.

    Draw k is one set of weights for every row. With one integer ``random_state`` the
    draws of a row do not depend on the order of the rows, on how they are cut into
    chunks, or on the other rows. `skbal.testing.check_posterior_sampler` holds an
    estimator to this.
    """

    @abstractmethod
    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint posterior draws for the rows of X.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows, as ``fit`` takes them.
        n_draws : int, optional
            How many draws; None takes the estimator's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, None fresh ones.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_outputs)
            Class probabilities in the order of ``classes_``, or values of the
            noise-free function in the units of y.
        """


class QueryStrategy(BaseEstimator, ABC):
    """A rule that chooses which rows of a pool to ask about.

    A strategy is a scikit-learn parameter object (``get_params``, ``set_params``,
    ``clone``) and a modAL query strategy: call it with a learner and a pool. A
    subclass gives `score_pool`; one that chooses rows together, as a batch, overrides
    `_select`.
    """

    random_state = None
    pool_subsample = None

    def __call__(self, learner, X_pool, n_instances=1):
        """Return the rows of the pool to ask about.

        Parameters
        ----------
        learner : estimator or learner
            A fitted estimator, or anything that holds one as ``estimator``.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows: an array, a list, a frame, a sparse matrix, a dask
            array, an array in a file or a map-style torch ``Dataset``. What is not in
            memory is read piece by piece.
        n_instances : int, default=1
            How many rows to return.

        Returns
        -------
        indices : ndarray of shape (n_instances,), dtype=intp
            Positions in ``X_pool``, best first, none twice. Equal scores come in an
            order set by ``random_state``, the size of the pool and the number of rows
            the learner was taught, so a loop does not favour one end of its pool.

        Raises
        ------
        TypeError
            If ``n_instances`` is no integer, or the estimator makes no draws.
        ValueError
            If the pool is empty or holds fewer than ``n_instances`` rows.
        """
        owner = type(self).__name__
        n_pool = n_rows(X_pool)
        n_instances = check_n_instances(n_instances, n_pool, owner)
        rng = self._rng(learner, n_pool)
        rows = self._candidates(n_pool, n_instances, rng)
        if rows is None:
            return self._select(learner, X_pool, n_instances, rng)
        strategy = self._for_rows(rows, n_pool)
        return rows[strategy._select(learner, subset(X_pool, rows), n_instances, rng)]

    @abstractmethod
    def score_pool(self, estimator, X_pool):
        """Return the score of each row, higher is better.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted estimator, or anything that holds one as ``estimator``.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
        """

    def _for_rows(self, rows, n_pool):
        """Return the strategy for a pool of only these rows of the one given."""
        return self

    def _select(self, learner, X_pool, n_instances, rng):
        return best_first(self.score_pool(learner, X_pool), n_instances, rng)

    def _rng(self, learner, n_pool):
        # With a fixed stream, each step of a loop would pick the same positions of a
        # shrinking pool: of a pool sorted by class, always the same class.
        taught = getattr(learner, "X_training", None)
        n_taught = 0 if taught is None else num_samples(taught)
        seed = check_seed(self.random_state, type(self).__name__)
        return stream(seed, "query", n_pool, n_taught)

    def _candidates(self, n_pool, n_instances, rng):
        if self.pool_subsample is None:
            return None
        owner = type(self).__name__
        size = check_count(self.pool_subsample, "pool_subsample", owner)
        if n_instances > size:
            raise ValueError(
                f"n_instances of {owner} is {n_instances}, "
                f"but pool_subsample lets only {size} rows be scored."
            )
        if size >= n_pool:
            return None
        return np.sort(rng.choice(n_pool, size, replace=False))


def best_first(scores, n_instances, rng):
    """Return the positions of the largest scores, best first, ties at random.

    Scores that differ only by rounding (one part in a million of the largest) count
    as tied: the last bits of a float32 product depend on the size of its chunk, and the
    rows chosen must not.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Higher is better; NaN counts as the lowest.
    n_instances : int
        How many positions to return.
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
    """Return scores to one part in a million of the largest.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Higher is better.

    Returns
    -------
    scores : ndarray of shape (n_samples,), dtype=float64
        A new array. NaN has become minus infinity.

    Examples
    --------
    >>> rounded([3e6, 1.4, float("nan")]).tolist()
    [3000000.0, 0.0, -inf]
    """
    scores = np.asarray(scores, dtype=np.float64)
    finite = np.abs(scores[np.isfinite(scores)])
    step = 1e-6 * finite.max() if finite.size and finite.max() > 0 else 1.0
    return np.where(np.isnan(scores), -np.inf, np.round(scores / step) * step)
