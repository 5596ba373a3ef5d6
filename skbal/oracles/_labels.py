"""The oracle that knows all labels."""

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal._utils.arrays import as_array
from skbal._utils.parameters import own
from skbal._utils.validation import as_numbers, check_real
from skbal.oracles._oracle import Oracle


def _check_prices(value, name, owner):
    if not np.iterable(value) or isinstance(value, str):
        check_real(value, name, owner, low=0)
        return
    must = f"{name} of {owner} must be a number >= 0, or one for each row of the pool"
    prices = as_numbers(value, must)
    if prices.ndim != 1 or not (np.isfinite(prices) & (prices >= 0)).all():
        wrong = prices[~(np.isfinite(prices) & (prices >= 0))].ravel()
        got = f"shape {prices.shape}" if prices.ndim != 1 else f"{wrong[0]:g}"
        raise ValueError(f"{must}, got {got}.")


class LabelOracle(Oracle):
    """Answers with known labels.

    It hides the labels of a data set, so that you can see how well a query strategy
    would have worked.

    Parameters
    ----------
    y : array-like of shape (n_pool,) or (n_pool, n_outputs)
        The label of every row of the pool, in the order of the pool. None or NaN
        leaves a row unanswered, and 0 votes of 0 leave it so for a model of votes.
    cost_per_label : float or array-like of shape (n_pool,), default=1.0
        Cost of one answer, or of the answer about each row of the pool.

    Examples
    --------
    >>> from skbal.oracles import LabelOracle
    >>> oracle = LabelOracle(["cat", "dog", "cat"])
    >>> oracle([1, 2]).tolist()
    ['dog', 'cat']
    >>> oracle.n_asked, oracle.cost
    (2, 2.0)
    >>> dear = LabelOracle(["cat", "dog", "cat"], cost_per_label=[1, 1, 5])
    >>> dear([1, 2]).tolist(), dear.cost
    (['dog', 'cat'], 6.0)
    """

    _parameter_rules = {
        "cost_per_label": own(
            _check_prices, "a number >= 0, or one for each row of the pool", -1.0
        )
    }

    def __init__(self, y, cost_per_label=1.0):
        self.y = y
        self.cost_per_label = cost_per_label

    @property
    def n_pool(self):
        """Number of rows that the oracle can be asked about."""
        return num_samples(self._labels())

    @property
    def cost(self):
        """Cost of the answers so far, in the unit of ``cost_per_label``."""
        if np.ndim(self.cost_per_label) == 0:
            return super().cost
        return getattr(self, "_paid", 0.0)

    def answer(self, indices):
        return self._labels()[indices]

    def _answer_and_changes(self, rows):
        labels, changes = super()._answer_and_changes(rows)
        if np.ndim(self.cost_per_label) == 0:
            return labels, changes
        prices = np.asarray(self.cost_per_label, dtype=np.float64)
        if len(prices) != self.n_pool:
            raise ValueError(
                f"cost_per_label of {type(self).__name__} must be a number, or one for "
                f"each of the {self.n_pool} rows of y, got {len(prices)} prices."
            )
        return labels, changes | {"_paid": self.cost + float(prices[rows].sum())}

    def _labels(self):
        what = f"y of {type(self).__name__}"
        y = as_array(self.y, what)
        if y.ndim == 0:
            name = f"a {type(self.y).__name__}: give its labels"
            got = name if isinstance(self.y, Oracle) else repr(self.y)
            raise TypeError(f"{what} must be an array of labels, got {got}.")
        if not len(y):
            raise ValueError(f"{what} is empty: it has no label to answer with.")
        return y
