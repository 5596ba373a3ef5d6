"""What strategies that wrap another strategy have in common."""

import numpy as np

from skbal._utils.pools import n_rows
from skbal._utils.validation import as_numbers
from skbal.query._bald import BALD


class WrapsStrategy:
    """Mixin for strategies with a parameter ``strategy`` that scores the rows.

    Attributes
    ----------
    leaves_rows_out : bool
        Class attribute: whether some rows have no score of the wrapped strategy.
    """

    leaves_rows_out = False

    def _scores(self, estimator, X_pool):
        """Return the scores of the wrapped strategy, (n_pool,), float64."""
        strategy = self._scorer()
        must = f"strategy of {type(self).__name__} must score each of the "
        must += f"{n_rows(X_pool)} rows, but {type(strategy).__name__} returned "
        scores = strategy.score_pool(estimator, X_pool)
        scores = as_numbers(scores, f"{must}no numbers").astype(np.float64)
        if scores.shape != (n_rows(X_pool),):
            raise ValueError(f"{must}scores of shape {scores.shape}.")
        return scores

    def _scorer(self):
        """Return the wrapped strategy; None is `BALD` with the shared parameters."""
        if self.strategy is None:
            names = ("n_draws", "random_state", "batch_size", "n_jobs", "verbose")
            return BALD(**{name: getattr(self, name) for name in names})
        return self.strategy

    def _positive_scores(self, estimator, X_pool):
        """Return scores that may be multiplied: none is negative."""
        scores, strategy = self._scores(estimator, X_pool), self._scorer()
        if (scores < 0).any():
            owner, name = type(self).__name__, type(strategy).__name__
            remedy = "Wrap a strategy such as BALD, MaxEntropy or ValueOfInformation."
            if getattr(strategy, "leaves_rows_out", False):
                remedy = f"Wrap the other way round: {name}({owner}(...))."
            raise ValueError(
                f"{owner} multiplies scores, which must not be negative, but {name} "
                f"gave {scores.min():.6g}. {remedy}"
            )
        return scores
