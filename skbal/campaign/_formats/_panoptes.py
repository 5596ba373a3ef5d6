"""Reads classifications of Zooniverse, as its exports hold them.

An export is a file of CSV with a line for each classification [1]_. Three of its
columns hold JSON: ``annotations`` is a list of {"task", "task_label", "value"},
``subject_data`` is a dict {subject: {name: value}}, and ``metadata`` is not read.

References
----------
.. [1] https://help.zooniverse.org/next-steps/data-exports
"""

import json
from datetime import UTC, datetime
from typing import NamedTuple

from skbal._utils.optional import require

_COLUMNS = ("user_name", "workflow_id", "created_at", "annotations", "subject_data")
_AT_ONCE = 20_000  # lines read together
_DAMAGE = (ValueError, TypeError, KeyError, AttributeError)
_NAME_KEYS = ("filename", "file", "image", "image_name", "name")


class Classification(NamedTuple):
    """What one person said about one subject.

    Attributes
    ----------
    person : str
        The name of the volunteer. One who is not logged in has a name that Zooniverse
        makes up from the address.
    workflow : str
        The number of the workflow.
    at : float or None
        When, in seconds since 1970.
    values : dict of str to object
        The value of each task: a text for a question with one answer, a list for one
        with several, None if it was left out.
    subject : str
        The number of the subject.
    subject_data : dict
        Its metadata.
    """

    person: str
    workflow: str
    at: float | None
    values: dict
    subject: str
    subject_data: dict


def read_classifications(path, owner):
    """Give the classifications of an export, line by line.

    Parameters
    ----------
    path : str or os.PathLike
        The file of CSV.
    owner : str
        Name of the caller, for messages.

    Yields
    ------
    classification : Classification

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no such export, or a line is damaged.
    """
    pandas = require("pandas", "campaign", owner)
    try:
        parts = pandas.read_csv(
            path, usecols=lambda name: name in _COLUMNS, dtype=str,
            keep_default_na=False, encoding="utf-8-sig", chunksize=_AT_ONCE,
        )  # fmt: skip
        with parts:
            for part in parts:
                yield from _lines(part, path, owner)
    except (pandas.errors.ParserError, pandas.errors.EmptyDataError) as error:
        raise ValueError(f"{owner}: {path} is no table in CSV ({error}).") from None


def _lines(part, path, owner):
    missing = [name for name in _COLUMNS if name not in part.columns]
    if missing:
        raise ValueError(
            f"{owner}: {path} has no column {missing[0]!r}. It must be an export of "
            "classifications of Zooniverse."
        )
    rows = zip(part.index, *(part[name] for name in _COLUMNS))
    for row, person, workflow, at, annotations, subject_data in rows:
        try:
            values = _values(json.loads(annotations))
            ((subject, data), *_) = json.loads(subject_data).items()
            data = dict(data.items())
        except (*_DAMAGE, RecursionError) as error:
            raise ValueError(
                f"{owner}: classification {row + 1} of {path} is damaged: its "
                f"annotations or subject_data are not as Zooniverse writes them "
                f"({error})."
            ) from None
        yield Classification(person, workflow, _time(at), values, subject, data)


def _values(annotations):
    """Return the value of each task. A task may consist of others."""
    found = {}
    for one in annotations:
        value = one.get("value")
        if isinstance(value, list) and any(
            isinstance(part, dict) and "task" in part for part in value
        ):
            found |= _values(value)
        elif value is not None or one["task"] not in found:
            # Who goes back and forth ends with the last answer.
            found[one["task"]] = value
    return found


def subject_name(classification, key):
    """Return the name of a subject.

    Parameters
    ----------
    classification : Classification
        What was said about it.
    key : str or None
        The entry of its metadata. ``None`` takes the first that is called "filename"
        or the like, in any case and with "#" or "!" before, else the number.
    """
    data = classification.subject_data
    if key is not None:
        return str(data.get(key, classification.subject))
    plain = {name.strip("#!/ ").casefold(): value for name, value in data.items()}
    for name in _NAME_KEYS:
        if isinstance(plain.get(name), str) and plain[name]:
            return plain[name]
    return classification.subject


def _time(text):
    try:
        at = datetime.fromisoformat(text.replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
