"""One step of a loop: what it may ask, what it has heard, what is believed of it."""

from dataclasses import dataclass, field

import numpy as np


def _no_rows():
    return np.empty(0, dtype=np.intp)


@dataclass
class Step:
    """How far a step has come; an error in the middle loses nothing of it.

    Parameters
    ----------
    candidates : ndarray of shape (n_candidates,), dtype=intp
        Rows of the pool, in the order in which they are to be asked about.
    n_wanted : int
        How many believed labels the step is to have.
    judged : bool
        Whether a label filter judges the answers; else all are believed.
    seconds_scoring : float, default=0.0
        Time that choosing the candidates took.

    Attributes
    ----------
    indices : ndarray of shape (n_heard,), dtype=intp
        The rows that were answered, in the order asked.
    labels : ndarray of shape (n_heard, ...) or None
        The answers; None before the first.
    trusted : ndarray of shape (n_judged,), dtype=bool
        Whether they are believed; shorter than ``indices`` if some wait to be judged.
    seconds_training : float
        Time that teaching took.
    taught : bool
        Whether the learner knows them.
    """

    candidates: np.ndarray
    n_wanted: int
    judged: bool
    seconds_scoring: float = 0.0
    indices: np.ndarray = field(default_factory=_no_rows)
    labels: object = None
    trusted: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=bool))
    seconds_training: float = 0.0
    taught: bool = False

    def next_rows(self):
        """Return the rows to ask about next; none if the batch is full or asked out."""
        n_heard = len(self.indices)
        missing = self.n_wanted - int(self.trusted.sum())
        return self.candidates[n_heard : n_heard + missing]

    def hear(self, rows, labels):
        """Add answers; they wait to be judged."""
        self.indices = np.concatenate([self.indices, rows])
        known = self.labels is not None
        self.labels = np.concatenate([self.labels, labels]) if known else labels

    @property
    def unjudged(self):
        """The positions of the answers that wait to be judged."""
        return np.arange(len(self.trusted), len(self.indices))

    def judge(self, trusted):
        """Add the judgement of those that waited."""
        self.trusted = np.concatenate([self.trusted, trusted])

    @property
    def rejected(self):
        """The rows whose labels are not believed, in the order asked."""
        return self.indices[~self.trusted]
