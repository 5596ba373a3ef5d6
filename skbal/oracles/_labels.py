"""The oracle that knows all labels."""

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal.oracles._oracle import Oracle


class LabelOracle(Oracle):
    """Answers with labels that are known already.

    Hide the labels of a data set behind it to see how a query strategy would have
    done.

    Parameters
    ----------
    y : array-like of shape (n_pool,) or (n_pool, n_outputs)
        The label of every row of the pool, in the order of the pool.
    cost_per_label : float, default=1.0
        The price of one answer.

    Examples
    --------
    >>> from skbal.oracles import LabelOracle
    >>> oracle = LabelOracle(["cat", "dog", "cat"])
    >>> oracle([1, 2]).tolist()
    ['dog', 'cat']
    >>> oracle.n_asked, oracle.cost
    (2, 2.0)
    """

    def __init__(self, y, cost_per_label=1.0):
        self.y = y
        self.cost_per_label = cost_per_label

    def _labels(self):
        y = np.asarray(self.y)
        if y.ndim == 0:
            raise TypeError(
                f"y of {type(self).__name__} must be an array of labels, "
                f"got {self.y!r}."
            )
        return y

    def _n_pool(self):
        return num_samples(self._labels())

    def _answers(self, rows):
        self._n_asked = self.n_asked + len(rows)
        return self._labels()[rows]
