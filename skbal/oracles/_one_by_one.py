"""What oracles have in common that ask for one label after the other."""

from abc import abstractmethod

import numpy as np

from skbal._utils.pools import n_rows, take
from skbal.oracles._oracle import Oracle


class OneByOneOracle(Oracle):
    """An oracle that keeps each answer as soon as it has it.

    A subclass has the parameter ``X_pool`` and gives `_ask_about`.
    """

    @property
    def answers_(self):
        """The answers so far, by row; what is put in here is not asked about."""
        if not hasattr(self, "_answers_by_row"):
            self._answers_by_row = {}
        return self._answers_by_row

    def _n_pool(self):
        return np.inf if self.X_pool is None else n_rows(self.X_pool)

    def _answers(self, rows):
        unknown = [row for row in rows.tolist() if row not in self.answers_]
        self._ask_about(list(dict.fromkeys(unknown)))
        answers = [self.answers_[row] for row in rows.tolist()]
        return as_labels(answers, type(self).__name__)

    @abstractmethod
    def _ask_about(self, rows):
        """Get the answers for different rows, and `_keep` each."""

    def _keep(self, row, label):
        self.answers_[row] = label
        self._n_asked = self.n_asked + 1

    def _forget(self, row):
        del self.answers_[row]
        self._n_asked = self.n_asked - 1

    def _row(self, number):
        """Return a row of the pool as people think of it, without an axis of rows."""
        part = take(self.X_pool, np.array([number]))
        return part.iloc[0] if hasattr(part, "iloc") else part[0]


def as_labels(answers, owner):
    """Return answers as an array, without turning numbers into text.

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
        If some have other shapes than others.

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
    texts = {isinstance(answer, str) for answer in answers}
    return np.array(answers, dtype=object if len(texts) == 2 else None)
