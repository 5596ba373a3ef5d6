"""Many answers at once, such as those of a file: as if told one after the other.

`record` looks at the database several times for each answer. Here each item is looked
at once for all its answers, which is many times faster.
"""

from itertools import groupby
from operator import attrgetter
from types import SimpleNamespace
from typing import NamedTuple

import sqlalchemy as sa

from skbal._utils.progress import progress_bar
from skbal.campaign._answers import (
    checksum_of,
    mark_undone,
    replay,
    standing_of,
    write_standing,
)
from skbal.campaign._questions import to_json
from skbal.campaign._tables import annotator, answer, item, lease

_ITEMS_AT_ONCE = 200  # in one transaction, so that people who answer wait a moment only
_NAMES_AT_ONCE = 500  # of people or keys that are looked up together
_COUNTED = ("answer", "cannot_tell")


class Given(NamedTuple):
    """An answer that was given elsewhere.

    Attributes
    ----------
    item : int
        The item.
    person : str
        The name of the annotator.
    kind : {"answer", "cannot_tell", "skip"}
        What was said.
    content : str, number, dict or None
        The checked answer.
    key : str
        Under one key, one answer is kept.
    at : float or None
        When, in seconds since 1970. ``None`` is now.
    """

    item: int
    person: str
    kind: str
    content: object
    key: str
    at: float | None = None


class Outcome(NamedTuple):
    """What became of some answers.

    Attributes
    ----------
    n_new : int
        Answers that are kept now.
    n_known : int
        Answers that were there already, or were taken back since.
    n_conflicts : int
        Answers of people who had answered differently before. The earlier ones stay.
    """

    n_new: int
    n_known: int
    n_conflicts: int


def record_all(store, settings, given, now, *, verbose=False):
    """Keep many answers, all of an item at once.

    Parameters
    ----------
    store : Store
        The database.
    settings : Settings
        What the campaign is about.
    given : list of Given
        In the order in which they were given. The names of people and the answers must
        have been checked.
    now : float
        Seconds since 1970.
    verbose : bool, default=False
        Whether to show a progress bar.

    Returns
    -------
    outcome : Outcome
        If it is interrupted, answers of some items are kept. Recording all again then
        completes them.
    """
    by_item = sorted(given, key=attrgetter("item"))  # stable: the order within an item
    groups = [list(group) for _, group in groupby(by_item, key=attrgetter("item"))]
    found = Outcome(0, 0, 0)
    with progress_bar(
        show=verbose, total=len(given), unit="answers", desc="import"
    ) as bar:
        for start in range(0, len(groups), _ITEMS_AT_ONCE):
            part = groups[start : start + _ITEMS_AT_ONCE]
            outcome = store.write(
                lambda connection, part=part: _record(connection, settings, part, now)
            )
            found = Outcome(*(a + b for a, b in zip(found, outcome)))
            bar.update(sum(map(len, part)))
    return found


def _record(connection, settings, groups, now):
    numbers = [group[0].item for group in groups]
    rows = _locked(connection, numbers)
    people = _people(connection, {one.person for group in groups for one in group})
    keys = _known_keys(connection, [one.key for group in groups for one in group])
    live = _live(connection, numbers)
    queues = _end_leases(connection, groups, people)
    outcome, added, changed = [0, 0, 0], [], []
    for group in groups:
        row, of_item = rows[group[0].item], live.get(group[0].item, [])
        new = []
        for one in group:
            verdict = _verdict(
                one, people[one.person], [*of_item, *_standing(new)], keys
            )
            outcome[verdict] += 1
            if verdict == _NEW:
                _undo_skip(connection, of_item, new, people[one.person], now)
                new.append(_values(one, people[one.person], queues, now))
                keys.add(one.key)
        if new:
            _mark_late(settings, row, of_item, new)
            added += new
            changed.append(row)
    if added:
        values = [{**vars(one), "checksum": checksum_of(vars(one))} for one in added]
        connection.execute(sa.insert(answer), values)
    live = _live(connection, [row.id for row in changed])
    for row in changed:
        values = standing_of(settings, row, live.get(row.id, []), now)
        write_standing(connection, row.id, values)
    return Outcome(*outcome)


_NEW, _KNOWN, _CONFLICT = range(3)


def _locked(connection, numbers):
    query = sa.select(item).where(item.c.id.in_(numbers)).order_by(item.c.id)
    rows = connection.execute(query.with_for_update()).all()
    return {row.id: row for row in rows}


def _people(connection, names):
    """Return the numbers of people, who are noted if new."""
    found = _numbers(connection, names)
    new = sorted(names - found.keys())
    if new:
        connection.execute(sa.insert(annotator), [{"name": name} for name in new])
        found |= _numbers(connection, set(new))
    return found


def _numbers(connection, names):
    found = {}
    for part in _parts(sorted(names)):
        query = sa.select(annotator.c.name, annotator.c.id)
        rows = connection.execute(query.where(annotator.c.name.in_(part)))
        found |= dict(map(tuple, rows))
    return found


def _known_keys(connection, keys):
    found = set()
    for part in _parts(keys):
        query = sa.select(answer.c.key).where(answer.c.key.in_(part))
        found.update(connection.execute(query).scalars())
    return found


def _parts(values):
    starts = range(0, len(values), _NAMES_AT_ONCE)
    return [values[start : start + _NAMES_AT_ONCE] for start in starts]


def _live(connection, numbers):
    query = (
        sa.select(answer)
        .where(answer.c.item_id.in_(numbers), answer.c.undone_at.is_(None))
        .order_by(answer.c.id)
    )
    found = {}
    for row in connection.execute(query):
        found.setdefault(row.item_id, []).append(row)
    return found


def _end_leases(connection, groups, people):
    """End the leases of what is answered, and return their queues."""
    answered = {(one.item, people[one.person]) for group in groups for one in group}
    numbers = [group[0].item for group in groups]
    query = sa.select(lease).where(lease.c.item_id.in_(numbers))
    ended = [
        row
        for row in connection.execute(query)
        if (row.item_id, row.annotator_id) in answered
    ]
    for row in ended:
        connection.execute(sa.delete(lease).where(lease.c.id == row.id))
    return {(row.item_id, row.annotator_id): row.queue for row in ended}


def _standing(new):
    return [one for one in new if one.undone_at is None]


def _verdict(one, who, of_item, keys):
    if one.key in keys:
        return _KNOWN
    there = next((row for row in of_item if row.annotator_id == who), None)
    if there is None or (there.kind == "skip" and one.kind != "skip"):
        return _NEW
    text = None if one.content is None else to_json(one.content)
    return _KNOWN if (there.kind, there.content) == (one.kind, text) else _CONFLICT


def _undo_skip(connection, of_item, new, who, now):
    for one in new:
        if one.annotator_id == who:
            one.undone_at = now
    for row in [row for row in of_item if row.annotator_id == who]:
        mark_undone(connection, row, now)
        of_item.remove(row)


def _values(one, who, queues, now):
    """Return the row of an answer, without its number and checksum."""
    return SimpleNamespace(
        item_id=one.item,
        annotator_id=who,
        kind=one.kind,
        content=None if one.content is None else to_json(one.content),
        key=one.key,
        queue=queues.get((one.item, who)),
        at=now if one.at is None else one.at,
        is_late=False,
        undone_at=None,
    )


def _mark_late(settings, row, of_item, new):
    """Note which new answers came after the item was retired."""
    if row.gold is not None:
        return
    places = [
        SimpleNamespace(id=place, kind=one.kind, content=one.content)
        for place, one in enumerate([*of_item, *_standing(new)])
    ]
    by = replay(settings, places).fired_by
    for place, one in enumerate(_standing(new), start=len(of_item)):
        one.is_late = by is not None and place > by and one.kind in _COUNTED
