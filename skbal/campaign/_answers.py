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

_COUNTED = ("answer", "cannot_tell")
# The columns of an item that follow from its answers.
STANDS = (
    "is_open",
    "n_votes",
    "doubt",
    "rule",
    "reason",
    "retired_by",
    "retired_at",
)


@dataclass(frozen=True)
class Told:
    """An answer as it is kept.

    Parameters
    ----------
    id : int
        The number of the answer. Later answers have larger numbers.
    item : int
        The item.
    answer : str, number, dict or None
        The answer; None for "I cannot tell" and for an item that was skipped.
    kind : {"answer", "cannot_tell", "skip"}
        What was said.
    retired : str or None
        Why the item needs no more answers, if so.
    late : bool
        Whether the item was already retired when the answer came. It counts as well.
    """

    id: int
    item: int
    answer: object
    kind: str
    retired: str | None
    late: bool


# Statements are made once: making one takes as long as running it.
_ITEM = sa.select(item).where(item.c.id == sa.bindparam("number")).with_for_update()
_PERSON = sa.select(annotator.c.id).where(annotator.c.name == sa.bindparam("person"))
_LIVE = (
    sa.select(answer)
    .where(answer.c.item_id == sa.bindparam("number"), answer.c.undone_at.is_(None))
    .order_by(answer.c.id)
)
_OF_KEY = sa.select(answer).where(answer.c.key == sa.bindparam("of_key"))
_END_LEASE = (
    sa.delete(lease)
    .where(
        lease.c.item_id == sa.bindparam("number"),
        lease.c.annotator_id == sa.bindparam("who"),
    )
    .returning(lease.c.queue)
)
_LAST = (
    sa.select(answer)
    .where(answer.c.annotator_id == sa.bindparam("who"), answer.c.undone_at.is_(None))
    .order_by(answer.c.id.desc())
    .limit(1)
)
_UNDO = (
    sa.update(answer)
    .where(answer.c.id == sa.bindparam("number"))
    .values(undone_at=sa.bindparam("now"), checksum=sa.bindparam("sum"))
)
_UPDATE = (
    sa.update(item)
    .where(item.c.id == sa.bindparam("number"))
    .values({name: sa.bindparam(f"new_{name}") for name in STANDS})
)


def annotator_id(connection, name):
    """Return the number of a person, who is noted if new."""
    number = connection.execute(_PERSON, {"person": name}).scalar()
    if number is None:
        added = connection.execute(sa.insert(annotator), {"name": name})
        number = added.inserted_primary_key[0]
    return number


def locked_item(connection, number):
    """Return the row of an item, which no other transaction changes until the end.

    Raises
    ------
    ValueError
        If there is no such item.
    """
    row = connection.execute(_ITEM, {"number": number}).one_or_none()
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
    kind : {"answer", "cannot_tell", "skip", "retire"}
        What was said.
    content : str, number, dict, list or None
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
    new = {
        "item_id": number,
        "annotator_id": who,
        "kind": kind,
        "content": None if content is None else to_json(content),
        "key": key,
        "at": now,
        "is_late": not row.is_open and row.gold is None and kind in _COUNTED,
        "undone_at": None,
    }
    there = _of_key(connection, new)
    live = connection.execute(_LIVE, {"number": number}).all()
    earlier = next((one for one in live if one.annotator_id == who), None)
    if there is None and earlier is not None and not _replaces(new, earlier):
        _check_same(new, earlier, person)
        there = earlier
    if there is not None:
        return _told(there, row)
    if earlier is not None:
        mark_undone(connection, earlier, now)
        live.remove(earlier)
    ended = connection.execute(_END_LEASE, {"number": number, "who": who}).first()
    new |= {"queue": None if ended is None else ended.queue}
    new["checksum"] = checksum_of(new)
    new["id"] = connection.execute(sa.insert(answer), new).inserted_primary_key[0]
    row = _update_item(connection, settings, row, [*live, _Row(new)], now)
    return _told(_Row(new), row)


class _Row:
    # What was written, with the names of a row that was read.
    def __init__(self, values):
        self.__dict__.update(values)


def _of_key(connection, new):
    """Return the answer with the same key, if there is one; it must be the same."""
    if new["key"] is None:
        return None
    there = connection.execute(_OF_KEY, {"of_key": new["key"]}).first()
    names = ("item_id", "annotator_id", "kind", "content")
    if there is not None and any(getattr(there, name) != new[name] for name in names):
        raise ValueError(f"key {new['key']!r:.80} belongs to another answer.")
    return there


def _replaces(new, earlier):
    """Return whether an answer takes the place of one by the same person."""
    return earlier.kind == "skip" and new["kind"] != "skip"


def _check_same(new, earlier, person):
    if new["kind"] == "retire":
        return  # retired already, for whatever reason
    if (earlier.kind, earlier.content) != (new["kind"], new["content"]):
        said = "cannot tell" if earlier.kind == "cannot_tell" else earlier.content
        raise ValueError(
            f"{person!r:.80} has already answered {said} about item "
            f"{new['item_id']}. Use undo to take it back first."
        )


def mark_undone(connection, row, now):
    """Mark an answer as taken back. It stays in the table."""
    checksum = checksum_of({**row._asdict(), "undone_at": now})
    connection.execute(_UNDO, {"number": row.id, "now": now, "sum": checksum})


def undo_last(connection, settings, person, now, until, expected=None):
    """Take back the last answer of a person, who is then asked about the item again.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction that may write.
    settings : Settings
        What the campaign is about.
    person : str
        The name of the annotator.
    now, until : float
        When, and until when the person is asked again, in seconds since 1970.
    expected : int, optional
        The number of the answer that is meant. If another one is the last, none is
        taken back.

    Returns
    -------
    told : Told or None
        The answer that was taken back. None if there is none.
    """
    who = annotator_id(connection, person)
    last, row = _locked_last(connection, who)
    if last is None or (expected is not None and last.id != expected):
        return None
    mark_undone(connection, last, now)
    live = connection.execute(_LIVE, {"number": row.id}).all()
    row = _update_item(connection, settings, row, live, now)
    values = {"item_id": row.id, "annotator_id": who, "queue": last.queue or "asked"}
    connection.execute(sa.insert(lease).values(until=until, **values))
    return _told(last, row)


def _locked_last(connection, who):
    """Return the last answer of a person and its item, locked; or None twice."""
    last = connection.execute(_LAST, {"who": who}).first()
    while last is not None:
        row = locked_item(connection, last.item_id)
        # While we waited for the item, the answer may have been taken back.
        again = connection.execute(_LAST, {"who": who}).first()
        if again is not None and again.id == last.id:
            return last, row
        last = again
    return None, None


def _update_item(connection, settings, row, live, now):
    """Write where an item stands after its answers have changed, and return its row."""
    values = standing_of(settings, row, live, now)
    write_standing(connection, row.id, values)
    return _Row({**row._asdict(), **values})


def standing_of(settings, row, live, now):
    """Return the columns of an item that follow from its answers.

    Parameters
    ----------
    settings : Settings
        The questions and rules.
    row : row of the table of items
        As it is now.
    live : list of rows
        Its answers that were not taken back, in order.
    now : float
        When it is retired, if it was not before.

    Returns
    -------
    values : dict
    """
    stands = replay(settings, live)
    rule = stands.fired if row.gold is None else None
    return {
        "is_open": rule is None and row.gold is None,
        "n_votes": stands.n_votes,
        "doubt": stands.doubt,
        "rule": None if rule is None else rule.rule,
        "reason": None if rule is None else rule.reason,
        "retired_by": None if rule is None else stands.fired_by,
        "retired_at": None if rule is None else row.retired_at or now,
    }


def write_standing(connection, number, values):
    """Write the result of `standing_of`."""
    new = {f"new_{name}": value for name, value in values.items()}
    connection.execute(_UPDATE, {"number": number, **new})


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
