"""One step of a loop: which rows it may ask about, and the answers so far."""

from dataclasses import dataclass, field

import numpy as np


def _no_rows():
    return np.empty(0, dtype=np.intp)


@dataclass
class Step:
    """How far a step has come. An error in the middle loses none of its answers.

    Parameters
    ----------
    candidates : ndarray of shape (n_candidates,), dtype=intp
        Rows of the pool, in the order in which they are asked about.
    n_wanted : int
        Number of trusted labels that the step should have.
    filtered : bool
        Whether a label filter decides which answers to trust. Without one, all are
        trusted.
    seconds_querying : float, default=0.0
        Time that choosing the candidates took.

    Attributes
    ----------
    indices : ndarray of shape (n_answers,), dtype=intp
        The rows that were answered, in the order asked.
    labels : ndarray of shape (n_answers, ...) or None
        The answers. None before the first.
    trusted : ndarray of shape (n_checked,), dtype=bool
        Whether each answer is trusted. Shorter than ``indices`` while some answers
        wait for the filter.
    seconds_training : float
        Time that teaching took.
    taught : bool
        Whether the learner was taught the labels.
    """

    candidates: np.ndarray
    n_wanted: int
    filtered: bool
    seconds_querying: float = 0.0
    indices: np.ndarray = field(default_factory=_no_rows)
    labels: object = None
    trusted: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=bool))
    seconds_training: float = 0.0
    taught: bool = False

    def next_rows(self):
        """Return the rows to ask about next. None are left if the batch is complete."""
        n_answers = len(self.indices)
        missing = self.n_wanted - int(self.trusted.sum())
        return self.candidates[n_answers : n_answers + missing]

    def add_answers(self, rows, labels):
        """Add answers, which then wait for the filter."""
        self.indices = np.concatenate([self.indices, rows])
        known = self.labels is not None
        self.labels = np.concatenate([self.labels, labels]) if known else labels

    @property
    def unchecked(self):
        """The positions of the answers that wait for the filter."""
        return np.arange(len(self.trusted), len(self.indices))

    def add_trust(self, trusted):
        """Add whether the answers that waited are trusted."""
        self.trusted = np.concatenate([self.trusted, trusted])

    @property
    def rejected(self):
        """The rows whose labels are not trusted, in the order asked."""
        return self.indices[~self.trusted]
