"""What all seeds have in common."""

from abc import ABC, abstractmethod

from sklearn.base import BaseEstimator

from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count


class Seed(BaseEstimator, ABC):
    """A rule that chooses the first rows of a pool.

    A subclass has the parameter ``random_state``.
    """

    @abstractmethod
    def select(self, X, y=None):
        """Return the rows to label first."""

    def _rng(self):
        owner = type(self).__name__
        return stream(check_seed(self.random_state, owner), "seed")

    def _check_n_instances(self, X):
        """Return ``n_instances``, if X holds as many rows."""
        owner, n_samples = type(self).__name__, n_rows(X)
        size = check_count(self.n_instances, "n_instances", owner)
        if size > n_samples:
            raise ValueError(
                f"n_instances of {owner} is {size}, but X holds only {n_samples} rows."
            )
        return size
