"""The base of all strategies that choose rows by their features."""

import numpy as np
from scipy.sparse import issparse
from sklearn import config_context
from sklearn.metrics import pairwise_distances_argmin_min

from skbal._utils.features import check_powers_finite
from skbal._utils.parameters import option_or_function
from skbal._utils.pools import n_rows
from skbal.features import GradientFeatures
from skbal.query._features import compute, feature_function
from skbal.query._shared import SharedParameters

_MEGABYTES = 32  # of distances at once

_DIGITS = 2**20  # of a mean, in its binary mantissa


class FeatureStrategy(SharedParameters):
    """Base class of strategies that choose rows by their features.

    Parameters
    ----------
    features, n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        As `KCenterGreedy` describes them.
    """

    _parameter_rules = {
        "features": option_or_function(
            "model", "input", of="rows", or_a=GradientFeatures
        )
    }

    def __init__(
        self,
        features="model",
        *,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.features = features

    def _features(self, estimator, X):
        """Return the features of X as a new array or CSR matrix."""
        return self._features_by(self._feature_function(estimator), X)

    def _feature_function(self, estimator):
        return feature_function(estimator, self.features, type(self).__name__)

    def _features_by(self, function, X):
        found = self._compute(function, X)[0]
        check_powers_finite(found, f"features of {type(self).__name__}")
        return found

    def _pool_and_known(self, estimator, X_pool):
        """Return the features of the pool, of the labelled rows, and the pool's mean.

        Without labelled rows, the second is None. Six digits of the mean are subtracted
        from dense features, since distances lose less to rounding if the rows lie near
        the origin, and what is left of it is returned.
        """
        function = self._feature_function(estimator)  # one, which may be random
        pool = self._features_by(function, X_pool)
        mean = np.asarray(pool.mean(axis=0, dtype=np.float64)).reshape(1, -1)
        labelled, known = getattr(estimator, "X_training", None), None
        if labelled is not None and n_rows(labelled) > 0:
            known = self._features_by(function, labelled)
            known = known.astype(pool.dtype, copy=False)
            self._check_width(pool, known)
            if issparse(known) and not issparse(pool):
                known = known.toarray()
        if not issparse(pool):
            origin = _six_digits(mean).astype(pool.dtype)
            pool -= origin
            known = None if known is None else known - origin
            mean = mean - origin
        return pool, known, mean.astype(pool.dtype)

    def _check_width(self, pool, known):
        if known.shape[1] != pool.shape[1]:
            owner = type(self).__name__
            raise ValueError(
                f"X_pool given to {owner} must have as many features as the labelled "
                f"rows of the learner, got {pool.shape[1]} and {known.shape[1]}."
            )

    def _compute(self, function, X):
        return compute(function, X, **self._walk)

    @property
    def _walk(self):
        return {
            "batch_size": self.batch_size,
            "n_jobs": self.n_jobs,
            "verbose": self.verbose,
        }


def nearest_known(pool, known):
    """Return the nearest known row of each row of the pool, and how far it is.

    Parameters
    ----------
    pool, known : ndarray or CSR matrix of shape (n_rows, n_features) and (n_known, \
n_features)
        Features.

    Returns
    -------
    nearest : ndarray of shape (n_rows,), dtype=intp
        Row numbers of ``known``.
    squares : ndarray of shape (n_rows,), dtype=float64
        Squared distances.
    """
    # Not "sqeuclidean", for which scikit-learn has no way for all sparse matrices.
    with config_context(working_memory=_MEGABYTES):
        nearest, squares = pairwise_distances_argmin_min(
            pool, known, metric="euclidean", metric_kwargs={"squared": True}
        )
    return nearest, squares.astype(np.float64, copy=False)


def _six_digits(mean):
    """Return a mean of rows to six digits, which do not depend on their order.

    The last digits do. k-means might end elsewhere if the features had them.
    """
    mantissa, exponent = np.frexp(mean)
    return np.ldexp(np.round(mantissa * _DIGITS) / _DIGITS, exponent)
