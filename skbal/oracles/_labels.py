"""The oracle that knows all labels."""

from skbal._utils._sklearn import num_samples
from skbal._utils.arrays import as_array
from skbal.oracles._oracle import Oracle


class LabelOracle(Oracle):
    """Answers with known labels.

    Hide the labels of a data set behind it to see how well a query strategy would have
    worked.

    Parameters
    ----------
    y : array-like of shape (n_pool,) or (n_pool, n_outputs)
        The label of every row of the pool, in the order of the pool. None or NaN
        leaves a row unanswered.
    cost_per_label : float, default=1.0
        Cost of one answer.

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

    @property
    def n_pool(self):
        """Number of rows that the oracle can be asked about."""
        return num_samples(self._labels())

    def answer(self, indices):
        return self._labels()[indices]

    def _labels(self):
        what = f"y of {type(self).__name__}"
        y = as_array(self.y, what)
        if y.ndim == 0:
            raise TypeError(f"{what} must be an array of labels, got {self.y!r}.")
        if not len(y):
            raise ValueError(f"{what} is empty: it has no label to answer with.")
        return y
