"""What all oracles have in common: they are called with rows, and count."""

from abc import ABC, abstractmethod

from sklearn.base import BaseEstimator

from skbal._utils.indices import check_indices
from skbal._utils.validation import check_real


class Oracle(BaseEstimator, ABC):
    """Someone who is called with rows of a pool and gives their labels.

    A subclass has the parameter ``cost_per_label`` and gives `_n_pool`, `_answers` and,
    if it buys more or less than a label a row, `_n_bought`.
    """

    def __call__(self, indices):
        """Return the labels of the rows.

        Parameters
        ----------
        indices : array-like of int of shape (n_indices,)
            Rows of the pool.

        Returns
        -------
        labels : ndarray of shape (n_indices,) or (n_indices, n_outputs)
            In the order of the indices.

        Raises
        ------
        TypeError
            If the indices are no integers.
        ValueError
            If one of them is negative or past the end of the pool.
        """
        self._check()
        return self._answers(self._check_indices(indices))

    @property
    def n_asked(self):
        """How many rows it has answered so far."""
        return getattr(self, "_n_asked", 0)

    @property
    def cost(self):
        """What its answers cost so far, in units of ``cost_per_label``."""
        return self._n_bought() * self._price()

    def _check(self):
        """Raise an error if a parameter is wrong."""
        self._price()

    def _check_indices(self, indices):
        owner = type(self).__name__
        return check_indices(indices, self._n_pool(), "indices", owner, unique=False)

    def _price(self):
        owner = type(self).__name__
        return check_real(self.cost_per_label, "cost_per_label", owner, low=0)

    @abstractmethod
    def _n_pool(self):
        """Return how many rows it can be asked about."""

    @abstractmethod
    def _answers(self, rows):
        """Return the labels of rows that exist, and count them."""

    def _n_bought(self):
        return self.n_asked
