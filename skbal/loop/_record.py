"""One step of a loop, and its way into plain data and back."""

import math
from dataclasses import asdict, dataclass, field, fields

from skbal.loop._plain_records import field_value
from skbal.loop._record_checks import check_record


@dataclass(frozen=True, eq=False)
class Record:
    """One step of a loop: the rows asked about, and the score after teaching them.

    Two records are equal if everything but their times is equal.

    Parameters
    ----------
    step : int
        0 for the model before any query, then the number of the query.
    n_labels : int
        Number of labels paid for so far, including those of this step, rejected ones
        and rows that the oracle left unanswered.
    score : float
        Score on the test set, higher is better. NaN without a test set.
    indices : tuple of int
        Rows of the pool that were asked about in this step, in the order asked.
    rejected : tuple of int
        The rows among ``indices`` whose label was not trusted and not taught.
    seconds_training : float
        Time that teaching the learner took.
    seconds_querying : float
        Time that choosing rows of the pool took.
    seconds_testing : float
        Time that scoring the learner on the test set took.
    cost : float, optional
        What the oracle's answers have cost so far, in the oracle's unit. None means
        the number of labels.
    skipped : tuple of int
        The rows among ``indices`` that the oracle left unanswered.
    """

    step: int
    n_labels: int
    score: float = math.nan
    indices: tuple = ()
    rejected: tuple = ()
    seconds_training: float = field(default=0.0, compare=False)
    seconds_querying: float = field(default=0.0, compare=False)
    seconds_testing: float = field(default=0.0, compare=False)
    cost: float = None
    skipped: tuple = ()

    def __post_init__(self):
        check_record(self)
        if self.cost is None:
            object.__setattr__(self, "cost", float(self.n_labels))

    def __eq__(self, other):
        if not isinstance(other, Record):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self):
        return hash(self._key())

    def _key(self):
        # Two missing scores are equal, although NaN differs from NaN.
        values = (getattr(self, part.name) for part in fields(self) if part.compare)
        return tuple("missing" if value != value else value for value in values)


def plain_of(record):
    """Return a record as a dict that JSON can hold."""
    # JSON has no NaN.
    plain = asdict(record)
    plain["score"] = None if math.isnan(record.score) else record.score
    plain["indices"] = list(record.indices)
    plain["rejected"] = list(record.rejected)
    plain["skipped"] = list(record.skipped)
    return plain


def record_of(plain):
    """Return the record of a dict that `plain_of` returned, or of a row of a table."""
    names = {part.name for part in fields(Record)}
    if unknown := set(plain) - names:
        raise TypeError(
            "records of History.from_records have the unknown fields "
            f"{sorted(unknown)}, known are {sorted(names)}."
        )
    return Record(**{name: field_value(name, value) for name, value in plain.items()})
