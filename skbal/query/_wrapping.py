"""What strategies that wrap another strategy have in common."""

import numpy as np

from skbal._utils.pools import n_rows
from skbal.query._bald import BALD


class WrapsStrategy:
    """Mixin for strategies with a parameter ``strategy`` that scores the rows."""

    def _scores(self, estimator, X_pool):
        """Return the scores of the wrapped strategy, (n_pool,), float64."""
        scores = self._scorer().score_pool(estimator, X_pool)
        scores = np.asarray(scores, dtype=np.float64)
        if scores.shape != (n_rows(X_pool),):
            owner = type(self).__name__
            raise ValueError(
                f"strategy of {owner} must score each of the {n_rows(X_pool)} rows, "
                f"but {self.strategy!r} returned scores of shape {scores.shape}."
            )
        return scores

    def _scorer(self):
        """Return the wrapped strategy; None is `BALD` with the shared parameters."""
        if self.strategy is None:
            names = ("n_draws", "random_state", "batch_size", "n_jobs", "verbose")
            return BALD(**{name: getattr(self, name) for name in names})
        return self.strategy

    def _positive_scores(self, estimator, X_pool):
        """Return scores that may be multiplied: none is negative."""
        scores = self._scores(estimator, X_pool)
        if (scores < 0).any():
            raise ValueError(
                f"{type(self).__name__} multiplies scores, which must not be negative, "
                f"but {type(self._scorer()).__name__} gave {scores.min():.6g}. Wrap a "
                "strategy such as BALD, MaxEntropy or ValueOfInformation."
            )
        return scores
