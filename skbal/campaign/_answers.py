"""Answers as they come in: told, skipped, taken back.

The table of answers is the truth. Where an item stands follows from its answers, in the
order in which they came: `replay` computes it, after each change and for a whole
campaign alike.
"""

import json
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import sqlalchemy as sa

from skbal.campaign._questions import to_json
from skbal.campaign._rules import Fired, Standing, fired
from skbal.campaign._tables import annotator, answer, item, lease
from skbal.exceptions import CampaignError

# Who retires items that no rule about votes retires. No person can have these names.
BY_HAND, BY_MODEL = "\x01hand", "\x01model"
_COUNTED = ("answer", "cannot_tell")


@dataclass(frozen=True)
class Told:
    """An answer as it is kept.

    Attributes
    ----------
    id : int
        The number of the answer. It grows.
    item : int
        The item.
    answer : str, number, dict or None
        The answer; None for "I cannot tell" and for an item that was skipped.
    kind : {"answer", "cannot_tell", "skip"}
        What was said.
    retired : str or None
        Why the item needs no more answers, if so.
    late : bool
        Whether the item needed none when the answer came. It counts all the same.
    """

    id: int
    item: int
    answer: object
    kind: str
    retired: str | None
    late: bool


def annotator_id(connection, name):
    """Return the number of a person, who is noted if new."""
    query = sa.select(annotator.c.id).where(annotator.c.name == name)
    number = connection.execute(query).scalar()
    if number is None:
        added = sa.insert(annotator).values(name=name)
        number = connection.execute(added).inserted_primary_key[0]
    return number


def locked_item(connection, number):
    """Return the row of an item, which no other transaction changes until the end.

    Raises
    ------
    ValueError
        If there is no such item.
    """
    query = sa.select(item).where(item.c.id == number).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise ValueError(f"item_id must be the id of an item, got {number!r}.")
    return row


def record(connection, settings, number, person, kind, content, *, key, now):
    """Keep an answer, and return it; the same answer again changes nothing.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction that may write.
    settings : Settings
        What the campaign is about.
    number : int
        The item.
    person : str
        The name of the annotator.
    kind : {"answer", "cannot_tell", "skip"}
        What was said.
    content : str, number, dict or None
        The checked answer.
    key : str or None
        Under one key, one answer is kept.
    now : float
        Seconds since 1970.

    Returns
    -------
    told : Told

    Raises
    ------
    ValueError
        If there is no such item, or the person or the key has another answer.
    """
    row = locked_item(connection, number)
    who = annotator_id(connection, person)
    text = None if content is None else to_json(content)
    earlier = _earlier(connection, number, who, person, kind, text, key)
    if earlier is not None:
        return _told(earlier, row)
    if kind != "retire":
        _undo_skip(connection, number, who, now)
    queue = _end_lease(connection, number, who)
    values = {
        "item_id": number,
        "annotator_id": who,
        "kind": kind,
        "content": text,
        "key": key,
        "queue": queue,
        "at": now,
        "is_late": not row.is_open and row.gold is None and kind in _COUNTED,
        "undone_at": None,
    }
    values["checksum"] = checksum_of(values)
    added = connection.execute(sa.insert(answer).values(values))
    values["id"] = added.inserted_primary_key[0]
    row = update_item(connection, settings, row, now)
    return _told(_Row(values), row)


class _Row:
    # What was inserted, with the names of a row that was read.
    def __init__(self, values):
        self.__dict__.update(values)


def _earlier(connection, number, who, person, kind, text, key):
    if key is not None:
        there = connection.execute(sa.select(answer).where(answer.c.key == key)).first()
        if there is not None:
            same = (there.item_id, there.annotator_id, there.kind, there.content)
            if same != (number, who, kind, text):
                raise ValueError(f"key {key!r:.80} belongs to another answer.")
            return there
    there = connection.execute(
        _live(number).where(answer.c.annotator_id == who)
    ).first()
    if there is None or (there.kind == "skip" and kind != "skip"):
        return None
    if (there.kind, there.content) == (kind, text):
        return there
    said = "cannot tell" if there.kind == "cannot_tell" else there.content
    raise ValueError(
        f"{person!r:.80} has already answered {said} about item {number}. Use undo to "
        "take it back first."
    )


def _live(number):
    return sa.select(answer).where(
        answer.c.item_id == number, answer.c.undone_at.is_(None)
    )


def _undo_skip(connection, number, who, now):
    query = _live(number).where(answer.c.annotator_id == who, answer.c.kind == "skip")
    skipped = connection.execute(query).first()
    if skipped is not None:
        mark_undone(connection, skipped, now)


def _end_lease(connection, number, who):
    ended = connection.execute(
        sa.delete(lease)
        .where(lease.c.item_id == number, lease.c.annotator_id == who)
        .returning(lease.c.queue)
    ).first()
    return None if ended is None else ended.queue


def mark_undone(connection, row, now):
    """Mark an answer as taken back. It stays in the table."""
    values = {**row._asdict(), "undone_at": now}
    connection.execute(
        sa.update(answer)
        .where(answer.c.id == row.id)
        .values(undone_at=now, checksum=checksum_of(values))
    )


def undo_last(connection, settings, person, now, until):
    """Take back the last answer of a person, who is then asked about the item again.

    Returns
    -------
    told : Told or None
        The answer that was taken back. None if there is none.
    """
    who = annotator_id(connection, person)
    query = (
        sa.select(answer)
        .where(answer.c.annotator_id == who, answer.c.undone_at.is_(None))
        .order_by(answer.c.id.desc())
        .limit(1)
    )
    last = connection.execute(query).first()
    if last is None:
        return None
    row = locked_item(connection, last.item_id)
    mark_undone(connection, last, now)
    row = update_item(connection, settings, row, now)
    values = {"item_id": row.id, "annotator_id": who, "queue": last.queue or "asked"}
    connection.execute(sa.insert(lease).values(until=until, **values))
    return _told(last, row)


def update_item(connection, settings, row, now):
    """Write where an item stands after its answers have changed, and return its row."""
    stands = replay(settings, connection.execute(_live(row.id).order_by(answer.c.id)))
    values = {"n_votes": stands.n_votes, "doubt": stands.doubt}
    if row.gold is None:
        retired = stands.fired
        values |= {
            "is_open": retired is None,
            "rule": None if retired is None else retired.rule,
            "reason": None if retired is None else retired.reason,
            "retired_by": stands.fired_by,
            "retired_at": None if retired is None else row.retired_at or now,
        }
    connection.execute(sa.update(item).where(item.c.id == row.id).values(values))
    return _Row({**row._asdict(), **values})


@dataclass(frozen=True)
class _Stands:
    n_votes: int
    doubt: float
    fired: Fired | None
    fired_by: int | None


def replay(settings, answers):
    """Return where an item stands after its answers, one after the other.

    Parameters
    ----------
    settings : Settings
        The questions and rules.
    answers : iterable of rows
        The answers that were not taken back, in order.

    Returns
    -------
    stands : _Stands
        Number of votes, doubt, and the first rule that fired.
    """
    questions, first = settings.questions, settings.questions.asked[0].columns
    counts = np.zeros(len(questions.columns), dtype=np.int64)
    n_votes = n_cannot_tell = 0
    rule, by = None, None
    for row in answers:
        if row.kind == "answer":
            for column in questions.columns_given(json.loads(row.content)):
                counts[column] += 1
            n_votes += 1
        elif row.kind == "cannot_tell":
            n_cannot_tell += 1
        if rule is not None or row.kind == "skip":
            continue
        if row.kind == "retire":
            rule, by = Fired(*json.loads(row.content)), row.id
            continue
        standing = Standing(counts[first], n_votes, n_cannot_tell)
        rule = fired(settings.rules, standing, settings.min_votes)
        by = None if rule is None else row.id
    top = np.sort(counts[first])[-2:]
    return _Stands(n_votes, 1.0 / (1.0 + float(top[1] - top[0])), rule, by)


def checksum_of(values):
    """Return the checksum of an answer, by which damage is noticed."""
    names = ("item_id", "annotator_id", "kind", "content", "key", "at", "undone_at")
    return crc32("\x1f".join(repr(values[name]) for name in names).encode())


def check_answers(connection):
    """Raise a CampaignError unless every answer is what was written."""
    rows = connection.execution_options(yield_per=1_000).execute(sa.select(answer))
    for row in rows:
        if checksum_of(row._mapping) != row.checksum:
            raise CampaignError(
                f"Answer {row.id} in {connection.engine.url.database} is damaged: it "
                "is not what was written. Restore a backup."
            )


def _told(row, of_item):
    retired = None if of_item.is_open or of_item.gold else of_item.reason
    content = None if row.content is None else json.loads(row.content)
    return Told(row.id, row.item_id, content, row.kind, retired, bool(row.is_late))
