"""What strategies have in common that look at features of the rows."""

from skbal._utils.pools import n_rows
from skbal._utils.validation import check_count
from skbal.base import QueryStrategy
from skbal.query._features import compute, feature_function


class FeatureStrategy(QueryStrategy):
    """A strategy that chooses rows by their features.

    Parameters
    ----------
    features, n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        As `KCenterGreedy` describes them.
    """

    def __init__(
        self,
        features="model",
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        self.features = features
        self.n_draws = n_draws
        self.random_state = random_state
        self.pool_subsample = pool_subsample
        self.batch_size = batch_size
        self.n_jobs = n_jobs
        self.verbose = verbose

    def _features(self, estimator, X):
        """Return the features of X: a new array, or a CSR matrix."""
        function = feature_function(estimator, self.features, type(self).__name__)
        return self._compute(function, X)[0]

    def _compute(self, function, X):
        return compute(
            function,
            X,
            batch_size=self.batch_size,
            n_jobs=self.n_jobs,
            verbose=self.verbose,
        )

    def _check(self, X_pool):
        owner = type(self).__name__
        for name in ("n_draws", "batch_size"):
            if getattr(self, name) is not None:
                check_count(getattr(self, name), name, owner)
        if n_rows(X_pool) == 0:
            raise ValueError(f"X_pool given to {owner} is empty: no row to score.")
