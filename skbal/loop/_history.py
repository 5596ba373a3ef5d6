"""What a loop has done: one record a step."""

import math
from dataclasses import asdict, dataclass, field, fields

import numpy as np

from skbal._utils.optional import require
from skbal._utils.validation import check_real

__all__ = ["History", "Record"]


@dataclass(frozen=True, eq=False)
class Record:
    """One step of a loop: an acquisition, and what the model was worth after it.

    Two records are equal if all but their times are.

    Parameters
    ----------
    step : int
        0 for the first model, before any query; then one a query.
    n_labels : int
        Labels paid for so far, those of this step and rejected ones included.
    score : float
        On the test set, higher is better; NaN without one.
    indices : tuple of int
        Rows of the pool that were asked about in this step, in the order asked.
    rejected : tuple of int
        Those of them whose label was not trusted, and not taught.
    seconds_training : float
        Time that teaching the learner took.
    seconds_scoring : float
        Time that choosing the rows took.
    seconds_testing : float
        Time that scoring the learner on the test set took.
    cost : float, optional
        What the oracle's answers have cost so far, in its unit; None is the number of
        labels.
    """

    step: int
    n_labels: int
    score: float = math.nan
    indices: tuple = ()
    rejected: tuple = ()
    seconds_training: float = field(default=0.0, compare=False)
    seconds_scoring: float = field(default=0.0, compare=False)
    seconds_testing: float = field(default=0.0, compare=False)
    cost: float = None

    def __post_init__(self):
        if self.cost is None:
            object.__setattr__(self, "cost", float(self.n_labels))

    def __eq__(self, other):
        if not isinstance(other, Record):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self):
        return hash(self._key())

    def _key(self):
        # A missing score equals a missing score, unlike NaN.
        values = (getattr(self, part.name) for part in fields(self) if part.compare)
        return tuple("missing" if value != value else value for value in values)


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

    def area(self, low=None, high=None):
        """Return the area under the learning curve: the mean score over labels.

        The curve is linear between steps (the trapezium rule) and divided by its
        width, so the area is a score itself: that of a model that had it all along.

        Parameters
        ----------
        low, high : float, optional
            Labels to begin and to end with; None is the first and the last step. Give
            the same numbers for histories that are to be compared.

        Returns
        -------
        area : float
            In the unit of the score; NaN if a step has no score. Where ``low`` equals
            ``high``, the score there.

        Raises
        ------
        ValueError
            If there is no step, or low and high lie outside the curve or in the wrong
            order.

        Examples
        --------
        >>> from skbal.loop import History, Record
        >>> history = History([Record(0, 20, 0.6), Record(1, 30, 0.8)])
        >>> round(history.area(), 3), round(history.area(20, 25), 3)
        (0.7, 0.65)
        """
        labels, scores = _rising(self.n_labels, self.scores)
        low = labels[0] if low is None else check_real(low, "low", "History.area")
        high = labels[-1] if high is None else check_real(high, "high", "History.area")
        if not labels[0] <= low <= high <= labels[-1]:
            raise ValueError(
                "low and high of History.area must lie in order within the labels "
                f"{labels[0]} to {labels[-1]}, got {low} and {high}."
            )
        inside = labels[(labels > low) & (labels < high)]
        points = np.concatenate([[low], inside, [high]])
        heights = np.interp(points, labels, scores)
        if low == high:
            return float(heights[0])
        return float(np.trapezoid(heights, points) / (high - low))

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


def _rising(labels, scores):
    # Of steps with the same number of labels (a clean-up, say) the last counts.
    if not len(labels):
        raise ValueError("History.area needs at least one step, got none.")
    last = np.append(np.diff(labels) > 0, True)
    return labels[last], scores[last]


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
