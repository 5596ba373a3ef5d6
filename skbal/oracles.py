"""Who answers: an oracle is called with pool indices and gives their labels."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _num_samples

from skbal._utils.indices import check_indices

__all__ = ["LabelOracle"]


class LabelOracle(BaseEstimator):
    """Answers with labels that are known already.

    Hide the labels of a data set behind it to see how a query strategy would have
    done.

    Parameters
    ----------
    y : array-like of shape (n_pool,) or (n_pool, n_outputs)
        The label of every row of the pool, in the order of the pool.

    Examples
    --------
    >>> from skbal.oracles import LabelOracle
    >>> oracle = LabelOracle(["cat", "dog", "cat"])
    >>> oracle([1, 2]).tolist()
    ['dog', 'cat']
    >>> oracle.n_asked
    2
    """

    def __init__(self, y):
        self.y = y

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
            If one of them is negative or past the end of ``y``.
        """
        owner = type(self).__name__
        y = np.asarray(self.y)
        if y.ndim == 0:
            raise TypeError(f"y of {owner} must be an array of labels, got {self.y!r}.")
        rows = check_indices(indices, _num_samples(y), "indices", owner, unique=False)
        labels = y[rows]
        self._n_asked = self.n_asked + len(rows)
        return labels

    @property
    def n_asked(self):
        """How many labels it has answered so far."""
        return getattr(self, "_n_asked", 0)
