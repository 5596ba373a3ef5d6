"""The base class of oracles that get one label after the other."""

from abc import abstractmethod

import numpy as np

from skbal._utils.pools import n_rows, take
from skbal.oracles._oracle import Oracle


class OneByOneOracle(Oracle):
    """An oracle that keeps each answer as soon as it is there.

    A subclass has the parameter ``X_pool`` and implements `_ask_about`.
    """

    @property
    def answers_(self):
        """The answers so far, by row. Rows added here are not asked about."""
        if not hasattr(self, "_answers_by_row"):
            self._answers_by_row = {}
        return self._answers_by_row

    @property
    def n_pool(self):
        """Number of rows that the oracle can be asked about; infinite if unknown."""
        if self.X_pool is None:
            return np.inf
        what = f"X_pool of {type(self).__name__}"
        if not (n_pool := n_rows(self.X_pool, what)):
            raise ValueError(f"{what} is empty: it has no row to ask about.")
        return n_pool

    def answer(self, indices):
        unknown = [row for row in indices.tolist() if row not in self.answers_]
        self._ask_about(list(dict.fromkeys(unknown)))
        answers = [self.answers_[row] for row in indices.tolist()]
        return as_labels(answers, type(self).__name__)

    @abstractmethod
    def _ask_about(self, rows):
        """Get the answers for different rows, and `_keep` each."""

    def _count(self, rows):
        """Do nothing: each answer was counted when it was kept."""

    def _keep(self, row, label):
        self.answers_[row] = label
        self._n_asked = self.n_asked + 1

    def _forget(self, row):
        del self.answers_[row]
        self._n_asked = self.n_asked - 1

    def _row(self, number):
        """Return a single row of the pool, without the axis of rows."""
        part = take(self.X_pool, np.array([number]))
        return part.iloc[0] if hasattr(part, "iloc") else part[0]


def as_labels(answers, owner):
    """Return answers as an array, without turning numbers into strings.

    Parameters
    ----------
    answers : list of object
        Labels, or arrays of several outputs.
    owner : str
        The oracle's name, for the message.

    Returns
    -------
    labels : ndarray of shape (n_answers,) or (n_answers, n_outputs)

    Raises
    ------
    ValueError
        If the answers differ in shape.

    Examples
    --------
    >>> as_labels(["cat", "dog"], "CallableOracle")
    array(['cat', 'dog'], dtype='<U3')
    >>> as_labels(["cat", 1], "CallableOracle")
    array(['cat', 1], dtype=object)
    """
    if len(shapes := {np.shape(answer) for answer in answers}) > 1:
        raise ValueError(
            f"Answers of {owner} must all have the same shape, got "
            f"{' and '.join(map(str, sorted(shapes)))}."
        )
    kinds = {isinstance(answer, str) for answer in answers}
    return np.array(answers, dtype=object if len(kinds) == 2 else None)
