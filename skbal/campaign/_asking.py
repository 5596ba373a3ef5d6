"""Which items a person is asked about next: queues and leases.

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
from skbal.campaign._models import NEWEST_VERSION
from skbal.campaign._tables import answer, item, lease, prediction, setting

_ASKED = "n_asked"  # the setting that counts questions
_LOCK = 0x736B6261  # of PostgreSQL, so that one transaction at a time gives leases

# Statements are made once: making one takes as long as running it.
_WHO = sa.bindparam("who")
_OWN = lease.c.annotator_id == _WHO
_EXPIRED = sa.delete(lease).where(lease.c.until <= sa.bindparam("now"))
_RENEW = sa.update(lease).where(_OWN).values(until=sa.bindparam("end"))
_answers = sa.select(answer.c.id).where(
    answer.c.item_id == item.c.id,
    answer.c.annotator_id == _WHO,
    answer.c.undone_at.is_(None),
)
# What was retired meanwhile, or answered in another window, is not asked any more.
_is_over = sa.or_(
    sa.and_(sa.not_(item.c.is_open), item.c.gold.is_(None)), _answers.exists()
)
_HELD = (
    sa.select(item, lease.c.queue, _is_over.label("is_over"))
    .join_from(lease, item)
    .where(_OWN)
    .order_by(lease.c.id)
)
_END = sa.delete(lease).where(_OWN, lease.c.item_id == sa.bindparam("number"))
_COUNT = sa.select(setting.c.value).where(setting.c.name == _ASKED)
_COUNTED = (
    sa.update(setting)
    .where(setting.c.name == _ASKED)
    .values(value=sa.bindparam("number"))
)
_N_ANSWERS = sa.select(sa.func.count(answer.c.id)).where(
    answer.c.annotator_id == _WHO, answer.c.undone_at.is_(None)
)

_leases = sa.select(lease.c.id).where(lease.c.item_id == item.c.id)
_n_leases = sa.select(sa.func.count(lease.c.id)).where(lease.c.item_id == item.c.id)
_is_new = sa.not_(sa.or_(_answers.exists(), _leases.where(_OWN).exists()))
# Nobody works on it; or it needs more answers than people work on it.
_CONDITIONS = (
    sa.not_(_leases.exists()),
    _n_leases.scalar_subquery() < sa.bindparam("min_votes") - item.c.n_votes,
)
# An item with answers that the model has not seen waits for the next model, unless it
# needs more of them in any case.
_waits = sa.and_(
    item.c.n_votes >= sa.bindparam("min_votes"), item.c.n_votes > prediction.c.n_votes
)


def _queue(query):
    """Return the statements that give the next items of a queue, free ones first."""
    return tuple(
        query.where(item.c.is_open, _is_new, condition).limit(sa.bindparam("most"))
        for condition in _CONDITIONS
    )


_CLASSIC = _queue(sa.select(item).order_by(item.c.n_votes, item.c.place))
_BY_DOUBT = _queue(sa.select(item).order_by(item.c.doubt.desc(), item.c.place.desc()))
_BY_MODEL = _queue(
    sa.select(item)
    .join_from(prediction, item, item.c.id == prediction.c.item_id)
    .where(
        prediction.c.version == sa.bindparam("version"),
        prediction.c.turn.is_not(None),
        sa.not_(_waits),
    )
    .order_by(prediction.c.turn)
)
_GOLD = (
    sa.select(item)
    .where(item.c.gold.is_not(None), _is_new)
    .order_by(item.c.place)
    .limit(sa.bindparam("most"))
)


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
    connection.execute(_EXPIRED, {"now": now})
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
    held = connection.execute(_HELD, {"who": who}).all()
    over = [{"who": who, "number": row.id} for row in held if row.is_over]
    if over:
        connection.execute(_END, over)
        held = [row for row in held if not row.is_over]
    if held:
        connection.execute(_RENEW, {"who": who, "end": until})
    return [(row, row.queue) for row in held]


def _choose(connection, settings, n, who, n_held):
    """Return pairs of an item and its queue, in the order in which they are asked."""
    if n <= 0:
        return []
    gold = _gold(connection, settings, n, who, n_held)
    n -= len(gold)
    number = _count_questions(connection, n)
    n_enhanced = sum(_is_enhanced(settings, number + i) for i in range(n))
    version = connection.execute(NEWEST_VERSION).scalar()
    values = {"who": who, "min_votes": settings.min_votes, "version": version}
    enhanced = _BY_DOUBT if version is None else _BY_MODEL
    found = []
    # What one queue lacks, the other gives.
    for statements, name, most in [
        (enhanced, "enhanced", n_enhanced),
        (_CLASSIC, "classic", n),
        (enhanced, "enhanced", n),
    ]:
        for statement in statements:
            found += _take(
                connection, statement, name, most - len(found), found, values
            )
    return [*gold, *_in_turn(settings, number, found)]


def _take(connection, statement, name, most, found, values):
    """Return up to ``most`` further items that a statement gives."""
    if most <= 0:
        return []
    seen = {row.id for row, _ in found}
    rows = connection.execute(statement, {**values, "most": most + len(seen)})
    return [(row, name) for row in rows if row.id not in seen][:most]


def _is_enhanced(settings, number):
    # Spreads a share evenly: of the first k questions, floor(k * share) are enhanced.
    share = settings.enhanced
    return math.floor((number + 1) * share + 1e-9) > math.floor(number * share + 1e-9)


def _in_turn(settings, number, found):
    """Return the items of both queues, mixed as evenly as in the long run."""
    queues = {"enhanced": [], "classic": []}
    for row, name in found:
        queues[name].append((row, name))
    chosen = []
    while queues["enhanced"] or queues["classic"]:
        name = "enhanced" if _is_enhanced(settings, number) else "classic"
        other = "classic" if name == "enhanced" else "enhanced"
        chosen.append(queues[name if queues[name] else other].pop(0))
        number += 1
    return chosen


def _count_questions(connection, n):
    number = int(connection.execute(_COUNT).scalar_one())
    connection.execute(_COUNTED, {"number": str(number + n)})
    return number


def _gold(connection, settings, n, who, n_held):
    """Return gold items where it is their turn, in the order of their places."""
    if not settings.n_gold:
        return []
    start = connection.execute(_N_ANSWERS, {"who": who}).scalar_one() + n_held
    every = settings.gold_every
    # The second question of each group: people learn early how it is meant.
    wanted = sum((start + i) % every == min(1, every - 1) for i in range(n))
    if not wanted:
        return []
    rows = connection.execute(_GOLD, {"who": who, "most": wanted})
    return [(row, "gold") for row in rows]
