"""One step of a loop: which rows it may ask about, and the answers so far."""

from dataclasses import dataclass, field, replace

import numpy as np


def _no_rows():
    return np.empty(0, dtype=np.intp)


def _no_flags():
    return np.empty(0, dtype=bool)


@dataclass(frozen=True, eq=False)
class Lesson:
    """Rows of the pool and their labels.

    Parameters
    ----------
    indices : ndarray of shape (n_rows,), dtype=intp
        The rows.
    labels : ndarray of shape (n_rows, ...) or None
        Their labels. None if there are no rows.
    """

    indices: np.ndarray = field(default_factory=_no_rows)
    labels: object = None

    def __len__(self):
        return len(self.indices)


class Question:
    """Stands for one question to an oracle, which answers it once."""


@dataclass(frozen=True, eq=False)
class Step:
    """How far a step has come. It never changes: each advance is another object.

    Parameters
    ----------
    number : int
        The number of the step. It is over once the history has a record of it.
    candidates : ndarray of shape (n_candidates,), dtype=intp
        Rows of the pool, in the order in which they are asked about.
    n_wanted : int
        Number of trusted labels that the step should have.
    n_candidates : int
        Number of candidates besides those that are skipped.
    filtered : bool, default=False
        Whether a label filter decides which answers to trust. Without one, all are
        trusted.
    seconds_querying : float, default=0.0
        Time that choosing the candidates took.
    earlier : Lesson, optional
        Rows and labels of earlier steps that the learner could not be taught.
    first_memory : dict, optional
        What the filter remembered before the step.

    Attributes
    ----------
    indices : ndarray of shape (n_asked,), dtype=intp
        The rows that were asked about, in the order asked.
    skipped : ndarray of shape (n_asked,), dtype=bool
        Whether the oracle left each of them unanswered.
    labels : ndarray of shape (n_answers, ...) or None
        The answers about the others. None before the first.
    trusted : ndarray of shape (n_checked,), dtype=bool
        Whether each answer is trusted. Shorter than ``labels`` while some answers wait
        for the filter.
    memory : dict or None
        What the filter remembers after the answers that were checked.
    question : Question or None
        The question that the oracle was asked and whose answer has not arrived.
    n_known, n_rejected : int or None
        Numbers of rows that the learner was taught, and that it rejected, before it is
        taught these. None before that.
    seconds_training : float
        Time that teaching took.
    taught : bool
        Whether the learner was taught the labels, as far as it can be.
    waits : bool
        Whether the learner could not be taught: all labels so far are of one class, and
        its estimator is not fitted to one.
    """

    number: int
    candidates: np.ndarray
    n_wanted: int
    n_candidates: int
    filtered: bool = False
    seconds_querying: float = 0.0
    earlier: Lesson = Lesson()
    first_memory: dict = None
    indices: np.ndarray = field(default_factory=_no_rows)
    skipped: np.ndarray = field(default_factory=_no_flags)
    labels: object = None
    trusted: np.ndarray = field(default_factory=_no_flags)
    memory: dict = None
    question: Question = None
    n_known: int = None
    n_rejected: int = None
    seconds_training: float = 0.0
    taught: bool = False
    waits: bool = False

    @property
    def answered(self):
        """The rows that were answered, in the order asked."""
        return self.indices[~self.skipped]

    @property
    def lesson(self):
        """The rows and labels to teach: those that wait, then its own."""
        if not len(self.earlier):
            return Lesson(self.answered, self.labels)
        if not len(self.answered):
            return self.earlier
        return Lesson(
            np.concatenate([self.earlier.indices, self.answered]),
            np.concatenate([self.earlier.labels, self.labels]),
        )

    @property
    def lesson_trusted(self):
        """Whether each label of the lesson is trusted. A filter trusts the first."""
        return np.concatenate([np.ones(len(self.earlier), dtype=bool), self.trusted])

    @property
    def rejected(self):
        """The rows whose labels are not trusted, in the order asked."""
        return self.answered[: len(self.trusted)][~self.trusted]

    @property
    def unchecked(self):
        """The positions of the answers that wait for the filter."""
        return np.arange(len(self.trusted), len(self.answered))

    @property
    def n_missing(self):
        """Number of trusted labels that the step lacks."""
        return max(self.n_wanted - int(self.trusted.sum()), 0)

    @property
    def next_rows(self):
        """The rows to ask about next, none if the step is complete."""
        start = len(self.indices)
        return self.candidates[start : start + self.n_missing]

    @property
    def n_short(self):
        """Number of candidates that are lacking because rows were skipped."""
        if not self.n_missing or len(self.next_rows):
            return 0
        return self.n_candidates + int(self.skipped.sum()) - len(self.candidates)

    def with_candidates(self, candidates, seconds):
        """Return the step with further candidates that took so long to choose."""
        return replace(
            self,
            candidates=np.concatenate([self.candidates, candidates]),
            seconds_querying=self.seconds_querying + seconds,
        )

    def with_answers(self, rows, skipped, labels):
        """Return the step with answers, which then wait for the filter."""
        if self.labels is not None:
            labels = np.concatenate([self.labels, labels]) if len(labels) else None
        return replace(
            self,
            indices=np.concatenate([self.indices, rows]),
            skipped=np.concatenate([self.skipped, skipped]),
            labels=self.labels if labels is None or not len(labels) else labels,
            question=None,
        )

    def with_trust(self, trusted, memory):
        """Return the step with whether the answers that waited are trusted."""
        trusted = np.concatenate([self.trusted, trusted])
        return replace(self, trusted=trusted, memory=memory)

    def with_labels(self, labels, skipped):
        """Return the step with other labels for the rows that were answered."""
        every = self.skipped.copy()
        every[~self.skipped] = skipped
        return replace(self._before_filter(), labels=labels, skipped=every)

    def unasked(self):
        """Return the step before its first question."""
        return replace(
            self._before_filter(),
            indices=_no_rows(),
            skipped=_no_flags(),
            labels=None,
            question=None,
        )

    def _before_filter(self):
        return replace(
            self, trusted=_no_flags(), memory=self.first_memory, n_known=None
        )
