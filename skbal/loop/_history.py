"""What a loop has done: one record a step."""

import math
from dataclasses import asdict, dataclass, field, fields

import numpy as np

from skbal._utils.optional import require
from skbal._utils.validation import check_real

__all__ = ["History", "Record"]


@dataclass(frozen=True)
class Record:
    """One step of a loop: an acquisition, and what the model was worth after it.

    Two records are equal if all but their times are.

    Parameters
    ----------
    step : int
        0 for the first model, before any query; then one a query.
    n_labels : int
        Labels so far, those of this step included.
    score : float
        On the test set, higher is better; NaN without one.
    indices : tuple of int
        Rows of the pool that were labelled in this step, in the order of the query.
    rejected : tuple of int
        Those of them whose label was not trusted, and not taught.
    seconds_training : float
        Time that teaching the learner took.
    seconds_scoring : float
        Time that choosing the rows took.
    seconds_testing : float
        Time that scoring the learner on the test set took.
    """

    step: int
    n_labels: int
    score: float = math.nan
    indices: tuple = ()
    rejected: tuple = ()
    seconds_training: float = field(default=0.0, compare=False)
    seconds_scoring: float = field(default=0.0, compare=False)
    seconds_testing: float = field(default=0.0, compare=False)


class History:
    """The records of a loop, in order: a sequence, a table, a learning curve.

    Parameters
    ----------
    records : iterable of Record, default=()
        The steps so far.

    Examples
    --------
    >>> from skbal.loop import History, Record
    >>> history = History([Record(0, 20, 0.71), Record(1, 30, 0.84)])
    >>> history
    History(2 steps, 30 labels, score 0.84)
    >>> history.scores
    array([0.71, 0.84])
    >>> history.labels_to(0.8)
    30
    """

    def __init__(self, records=()):
        self._records = list(records)

    def __len__(self):
        return len(self._records)

    def __iter__(self):
        return iter(self._records)

    def __getitem__(self, key):
        if isinstance(key, slice):
            return type(self)(self._records[key])
        return self._records[key]

    def __eq__(self, other):
        if not isinstance(other, History):
            return NotImplemented
        return self._records == other._records

    __hash__ = None

    def __repr__(self):
        if not self._records:
            return "History(0 steps)"
        last = self._records[-1]
        return (
            f"History({len(self)} steps, {last.n_labels} labels, "
            f"score {last.score:.4g})"
        )

    @property
    def n_labels(self):
        """Labels after each step, shape (n_steps,)."""
        return np.array([record.n_labels for record in self], dtype=np.int64)

    @property
    def scores(self):
        """Test score after each step, shape (n_steps,); NaN without a test set."""
        return np.array([record.score for record in self], dtype=np.float64)

    def append(self, record):
        """Add a step at the end.

        Parameters
        ----------
        record : Record
            The step.

        Raises
        ------
        TypeError
            If it is no Record.
        """
        if not isinstance(record, Record):
            raise TypeError(
                f"record of History.append must be a Record, got {record!r}."
            )
        self._records.append(record)

    def labels_to(self, target_score):
        """Return how many labels it took to reach a score.

        Parameters
        ----------
        target_score : float
            The score to reach.

        Returns
        -------
        n_labels : int or None
            Labels at the first step whose score is at least ``target_score``; None
            if no step got there.
        """
        target = check_real(target_score, "target_score", "History.labels_to")
        reached = (record.n_labels for record in self if record.score >= target)
        return next(reached, None)

    def to_records(self):
        """Return the history as plain data that ``json.dumps`` takes.

        Returns
        -------
        records : list of dict
            One a step, with the names of `Record`; a missing score is None.
        """
        return [_plain(record) for record in self]

    @classmethod
    def from_records(cls, records):
        """Return the history that `to_records` wrote.

        Parameters
        ----------
        records : iterable of dict
            One a step, as `to_records` gives them, also after a way through JSON.

        Returns
        -------
        history : History
        """
        return cls(_record(plain) for plain in records)

    def to_frame(self):
        """Return the history as a table, one row a step.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns of `Record`; a missing score is NaN.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` brings it.
        """
        pandas = require("pandas", "examples", "History.to_frame")
        names = [column.name for column in fields(Record)]
        rows = [[getattr(record, name) for name in names] for record in self]
        return pandas.DataFrame(rows, columns=names)


def _plain(record):
    # NaN is no JSON.
    plain = asdict(record)
    plain["score"] = None if math.isnan(record.score) else record.score
    plain["indices"] = list(record.indices)
    plain["rejected"] = list(record.rejected)
    return plain


def _record(plain):
    score = plain.get("score")
    return Record(
        **{
            **plain,
            "score": math.nan if score is None else score,
            "indices": tuple(plain.get("indices", ())),
            "rejected": tuple(plain.get("rejected", ())),
        }
    )
