"""The base class of oracles that get one label after the other."""

from abc import abstractmethod

import numpy as np

from skbal._utils.memory_maps import KeepsMaps
from skbal._utils.pools import n_rows, take
from skbal._utils.unanswered import unanswered
from skbal.oracles._oracle import Oracle

_NOTHING = object()


class OneByOneOracle(KeepsMaps, Oracle):
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
        self._settle()
        unknown = [row for row in indices.tolist() if row not in self.answers_]
        self._ask_about(list(dict.fromkeys(unknown)))
        answers = [self.answers_[row] for row in indices.tolist()]
        return as_labels(answers, type(self).__name__)

    @property
    def n_asked(self):
        """Number of rows that were answered so far."""
        self._settle()
        return super().n_asked

    def forget(self, indices):
        """Forget the answers about rows, so that these are asked about again.

        Parameters
        ----------
        indices : array-like of int of shape (n_indices,)
            Rows of the pool. Those without an answer are ignored.
        """
        for row in self._check_indices(indices).tolist():
            self.answers_.pop(row, None)

    def _answer_and_changes(self, rows):
        return self.answer(rows), {}  # each answer was counted when it was kept

    @abstractmethod
    def _ask_about(self, rows):
        """Get the answers for different rows, and `_keep` each."""

    def _keep(self, row, label):
        self._set(row, label, self.n_asked + 1)

    def _take_back(self, row):
        self._set(row, _NOTHING, self.n_asked - 1)

    def _set(self, row, label, n_asked):
        # First noted, then done, so that an interruption loses nothing.
        self._note = row, label, n_asked
        self._settle()

    def _settle(self):
        if getattr(self, "_note", None) is None:
            return
        row, label, self._n_asked = self._note
        if label is _NOTHING:
            self.answers_.pop(row, None)
        else:
            self.answers_[row] = label
        self._note = None

    def _row(self, number):
        """Return a single row of the pool, without the axis of rows."""
        part = take(self.X_pool, np.array([number]))
        return part.iloc[0] if hasattr(part, "iloc") else part[0]


def as_labels(answers, owner):
    """Return answers as an array, without turning numbers into strings.

    Answers that are none stay as they are, in an array of objects.

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
    missing = unanswered(answers)
    if missing.any():
        labels = np.empty(len(answers), dtype=object)
        labels[:] = answers
        return labels
    if len(shapes := {np.shape(answer) for answer in answers}) > 1:
        raise ValueError(
            f"Answers of {owner} must all have the same shape, got "
            f"{' and '.join(map(str, sorted(shapes)))}."
        )
    kinds = {isinstance(answer, str) for answer in answers}
    return np.array(answers, dtype=object if len(kinds) == 2 else None)
