"""Who is asked about what: queues, and leases that keep people out of each other's way.

Each question comes from one of three queues. "gold" has items with a known answer, one
question in ``gold_every``. "enhanced" has the order of the latest model; without one,
items whose two leading answers are closest come first. "classic" has the items with the
fewest answers first, in a random order.

An item is leased to a person for a time. Others are asked about it meanwhile only if
nothing else is left and it needs several answers anyway.
"""

import math

import sqlalchemy as sa

from skbal.campaign._answers import annotator_id
from skbal.campaign._items import Item, contents_of
from skbal.campaign._tables import answer, item, lease, model, prediction, setting

_ASKED = "n_asked"  # the setting that counts questions
_LOCK = 0x736B6261  # of PostgreSQL, so that one transaction at a time gives leases


def lease_items(connection, settings, n, person, now):
    """Lease items to a person.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction that may write.
    settings : Settings
        What the campaign is about.
    n : int
        Number of items, together with those that the person has already.
    person : str
        The name of the annotator.
    now : float
        Seconds since 1970.

    Returns
    -------
    items : list of Item
        Fewer than ``n`` if there are no more for this person.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    who = annotator_id(connection, person)
    until = now + settings.lease_seconds
    connection.execute(sa.delete(lease).where(lease.c.until <= now))
    held = _held(connection, who, until)
    chosen = _choose(connection, settings, n - len(held), who, len(held))
    if chosen:
        connection.execute(
            sa.insert(lease),
            [
                {"item_id": row.id, "annotator_id": who, "queue": queue, "until": until}
                for row, queue in chosen
            ],
        )
    leased = [*held[:n], *chosen]
    rows = [row for row, _ in leased]
    contents = contents_of(connection, settings.items, rows)
    return [
        Item(row.id, row.name, content, queue, until)
        for (row, queue), content in zip(leased, contents)
    ]


def _held(connection, who, until):
    # What has been retired meanwhile is not asked about any more.
    retired = sa.select(item.c.id).where(sa.not_(item.c.is_open), item.c.gold.is_(None))
    connection.execute(
        sa.delete(lease).where(
            lease.c.annotator_id == who, lease.c.item_id.in_(retired)
        )
    )
    own = lease.c.annotator_id == who
    connection.execute(sa.update(lease).where(own).values(until=until))
    query = (
        sa.select(item, lease.c.queue)
        .join_from(lease, item)
        .where(own)
        .order_by(lease.c.id)
    )
    return [(row, row.queue) for row in connection.execute(query)]


def _choose(connection, settings, n, who, n_held):
    """Return pairs of an item and its queue, in the order in which they are asked."""
    if n <= 0:
        return []
    gold = _gold(connection, settings, n, who, n_held)
    number = _count_questions(connection, n - len(gold))
    enhanced = sum(_is_enhanced(settings, number + i) for i in range(n - len(gold)))
    version = connection.execute(
        sa.select(sa.func.max(model.c.version)).where(model.c.finished_at.is_not(None))
    ).scalar()
    found = []
    first = (_enhanced(version, settings), "enhanced")
    second = (_classic(), "classic")
    for query, name, most in [
        (*first, enhanced),
        (*second, n - len(gold)),
        (*first, n - len(gold)),
    ]:
        found += _take(connection, settings, query, name, who, most - len(found), found)
    return _in_turn(settings, number, gold, found)


def _is_enhanced(settings, number):
    # Spreads a share evenly: of the first k questions, floor(k * share) are enhanced.
    share = settings.enhanced
    return math.floor((number + 1) * share + 1e-9) > math.floor(number * share + 1e-9)


def _in_turn(settings, number, gold, found):
    # Both queues mixed as evenly as in the long run, after gold items.
    queues = {"enhanced": [], "classic": []}
    for row, name in found:
        queues[name].append((row, name))
    chosen = list(gold)
    while queues["enhanced"] or queues["classic"]:
        name = "enhanced" if _is_enhanced(settings, number) else "classic"
        other = "classic" if name == "enhanced" else "enhanced"
        chosen.append(queues[name if queues[name] else other].pop(0))
        number += 1
    return chosen


def _count_questions(connection, n):
    counter = sa.select(setting.c.value).where(setting.c.name == _ASKED)
    number = int(connection.execute(counter).scalar_one())
    connection.execute(
        sa.update(setting).where(setting.c.name == _ASKED).values(value=str(number + n))
    )
    return number


def _enhanced(version, settings):
    if version is None:
        return sa.select(item).where(item.c.is_open).order_by(
            item.c.doubt.desc(), item.c.place.desc()
        )  # fmt: skip
    # An item with answers that the model has not seen waits for the next model, unless
    # it needs more of them in any case.
    waits = sa.and_(
        item.c.n_votes >= settings.min_votes, item.c.n_votes > prediction.c.n_votes
    )
    return (
        sa.select(item)
        .join_from(prediction, item, item.c.id == prediction.c.item_id)
        .where(
            prediction.c.version == version,
            prediction.c.turn.is_not(None),
            item.c.is_open,
            sa.not_(waits),
        )
        .order_by(prediction.c.turn)
    )


def _classic():
    return sa.select(item).where(item.c.is_open).order_by(item.c.n_votes, item.c.place)


def _take(connection, settings, query, name, who, most, found):
    """Return up to ``most`` items of a queue, those that nobody works on first."""
    taken = []
    for condition in (_is_free(), _may_be_shared(settings)):
        if len(taken) >= most:
            break
        seen = [row.id for row, _ in [*found, *taken]]
        part = query.where(
            condition, sa.not_(_has_answered(who)), item.c.id.not_in(seen)
        ).limit(most - len(taken))
        taken += [(row, name) for row in connection.execute(part)]
    return taken


def _leases():
    return sa.select(lease.c.id).where(lease.c.item_id == item.c.id)


def _is_free():
    return sa.not_(_leases().exists())


def _may_be_shared(settings):
    needed = settings.min_votes - item.c.n_votes
    number = sa.select(sa.func.count(lease.c.id)).where(lease.c.item_id == item.c.id)
    return number.scalar_subquery() < needed


def _has_answered(who):
    return sa.or_(
        sa.select(answer.c.id)
        .where(
            answer.c.item_id == item.c.id,
            answer.c.annotator_id == who,
            answer.c.undone_at.is_(None),
        )
        .exists(),
        _leases().where(lease.c.annotator_id == who).exists(),
    )


def _gold(connection, settings, n, who, n_held):
    """Return gold items where it is their turn, in the order of their places."""
    answered = connection.execute(
        sa.select(sa.func.count(answer.c.id)).where(
            answer.c.annotator_id == who, answer.c.undone_at.is_(None)
        )
    ).scalar_one()
    start, every = answered + n_held, settings.gold_every
    # The second question of each group: people learn early how it is meant.
    wanted = sum((start + i) % every == min(1, every - 1) for i in range(n))
    if not wanted:
        return []
    query = (
        sa.select(item)
        .where(item.c.gold.is_not(None), sa.not_(_has_answered(who)))
        .order_by(item.c.place)
        .limit(wanted)
    )
    return [(row, "gold") for row in connection.execute(query)]
