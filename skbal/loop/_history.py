"""What a loop has done: one record per step."""

import copy
from dataclasses import fields

import numpy as np

from skbal._utils.optional import require
from skbal._utils.pickled_version import KnowsItsVersion
from skbal._utils.result_files import check_provenance, reading, write_result
from skbal._utils.validation import check_real
from skbal.loop._html import history_html
from skbal.loop._plain_records import check_plain
from skbal.loop._record import Record, plain_of, record_of
from skbal.loop._record_checks import check_order

__all__ = ["History", "Record"]


class History(KnowsItsVersion):
    """The records of a loop in order, as a sequence, a table or a learning curve.

    Parameters
    ----------
    records : iterable of Record, default=()
        The steps so far.

    Attributes
    ----------
    provenance : dict or None
        How the history was made: the ``estimator``, the ``query_strategy`` and the
        ``label_filter`` with all of their parameters, ``n_instances``, ``scoring``, and
        the ``versions`` of skbal, Python, NumPy, scikit-learn and torch. A simulation
        adds its ``random_state``, its ``seeds`` and all of its parameters (``run``),
        and `skbal.experiments.compare` adds the ``strategy`` and the ``repeat``. If a
        loop continues with something else, ``changes`` has what changed, with the first
        ``step`` of each change. You may add entries. None if it is not known. Slices
        keep it, `save` saves it, and two histories are equal if their records are
        equal.

    See Also
    --------
    skbal.experiments.Comparison : Histories of several strategies.

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

    provenance = None

    def __init__(self, records=()):
        if isinstance(records, Record) or not np.iterable(records):
            raise TypeError(
                f"records of History must be a list of Record, got {records!r}."
            )
        self._records = []
        for record in records:
            _check_is_record(record, "Each of the records of History")
            self.append(record)

    def __len__(self):
        return len(self._records)

    def __iter__(self):
        return iter(self._records)

    def __getitem__(self, key):
        if isinstance(key, slice):
            part = type(self)(self._records[key])
            part.provenance = copy.deepcopy(self.provenance)
            return part
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

    def _repr_html_(self):
        return history_html(self, repr(self))

    @property
    def n_labels(self):
        """Number of labels after each step, shape (n_steps,)."""
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
            If ``record`` is not a Record.
        ValueError
            If it has fewer labels than the step before.
        """
        _check_is_record(record, "record of History.append")
        check_order([*self._records[-1:], record])
        self._records.append(record)

    def labels_to(self, target_score):
        """Return the number of labels that were needed to reach a score.

        Parameters
        ----------
        target_score : float
            The score to reach.

        Returns
        -------
        n_labels : int or None
            Number of labels at the first step whose score is at least
            ``target_score``. None if no step reached it.
        """
        target = check_real(target_score, "target_score", "History.labels_to")
        reached = (record.n_labels for record in self if record.score >= target)
        return next(reached, None)

    def area(self, low=None, high=None):
        """Return the area under the learning curve: the mean score over labels.

        The curve is linear between steps (the trapezoidal rule). The area is divided
        by the width of the range, so it is in the unit of the score.

        Parameters
        ----------
        low, high : float, optional
            Number of labels where the area begins and ends. None takes the first and
            the last step. Histories that are compared need the same numbers.

        Returns
        -------
        area : float
            Mean score between ``low`` and ``high`` labels. NaN if a step has no score.
            If ``low`` equals ``high``, the score there.

        Raises
        ------
        ValueError
            If there is no step, if ``low`` or ``high`` lies outside the curve, or if
            ``low`` is larger than ``high``.

        Examples
        --------
        >>> from skbal.loop import History, Record
        >>> history = History([Record(0, 20, 0.6), Record(1, 30, 0.8)])
        >>> round(history.area(), 3), round(history.area(20, 25), 3)
        (0.7, 0.65)
        """
        labels, scores = _last_of_each(self.n_labels, self.scores)
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
            One per step, with the fields of `Record` as keys. A missing score is None.
        """
        return [plain_of(record) for record in self]

    @classmethod
    def from_records(cls, records):
        """Return the history that `to_records` wrote.

        Parameters
        ----------
        records : iterable of dict
            One per step, as `to_records` returns them, also after a round trip through
            JSON. Or the lines of a table from `to_frame`, also after a round trip
            through CSV: ``pandas.read_csv(path).to_dict("records")``.

        Returns
        -------
        history : History

        Raises
        ------
        TypeError
            If a record has a field that `Record` does not have, lacks one that it
            needs, or holds a value of the wrong kind.
        ValueError
            If a count is negative, or the number of labels falls.
        """
        return cls(record_of(plain) for plain in check_plain(records))

    def save(self, path):
        """Save the history and its provenance in a JSON file, without pickle.

        The file holds the records, `provenance`, a format number and the version of
        skbal that wrote it.

        Parameters
        ----------
        path : str or os.PathLike
            The file. It appears whole or not at all. An existing file is replaced.

        Raises
        ------
        TypeError
            If an entry of ``provenance`` is not plain data.

        See Also
        --------
        load : Read the file.

        Examples
        --------
        >>> import tempfile
        >>> from skbal.loop import History, Record
        >>> history = History([Record(0, 20, 0.71), Record(1, 30, 0.84)])
        >>> folder = tempfile.TemporaryDirectory()
        >>> history.save(f"{folder.name}/history.json")
        >>> History.load(f"{folder.name}/history.json") == history
        True
        >>> folder.cleanup()
        """
        content = {"provenance": self.provenance, "records": self.to_records()}
        write_result(path, "History", content)

    @classmethod
    def load(cls, path):
        """Return the history that `save` wrote.

        Loading a file never runs code from it.

        Parameters
        ----------
        path : str or os.PathLike
            The file.

        Returns
        -------
        history : History

        Raises
        ------
        ValueError
            If the file is damaged, was not written by `save`, or has a format that only
            a newer skbal reads. The message names the file.
        OSError
            If it cannot be read.
        """
        with reading(path, "History") as content:
            history = cls.from_records(content.get("records"))
            history.provenance = check_provenance(content.get("provenance"))
        return history

    def to_frame(self):
        """Return the history as a table with one row per step.

        Returns
        -------
        frame : pandas.DataFrame
            One column for each field of `Record`. A missing score is NaN.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "History.to_frame")
        names = [column.name for column in fields(Record)]
        rows = [[getattr(record, name) for name in names] for record in self]
        return pandas.DataFrame(rows, columns=names)


def _check_is_record(record, what):
    if not isinstance(record, Record):
        raise TypeError(
            f"{what} must be a Record, got {record!r} ({type(record).__name__})."
        )


def _last_of_each(labels, scores):
    # If several steps have the same number of labels, the last of them counts.
    if not len(labels):
        raise ValueError("History.area needs at least one step, got none.")
    last = np.append(np.diff(labels) > 0, True)
    return labels[last], scores[last]
