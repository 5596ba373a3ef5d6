"""Does everything follow from the answers? And if not: computed anew."""

import itertools

import sqlalchemy as sa

from skbal.campaign._answers import (
    STANDS,
    checksum_of,
    standing_of,
    write_standing,
)
from skbal.campaign._items import checksum_of_item, contents_of
from skbal.campaign._sqlite import check_everything
from skbal.campaign._tables import answer, item
from skbal.exceptions import CampaignError

_AT_ONCE = 1_000  # items


def check_all(connection, settings):
    """Raise a CampaignError unless all is as written and follows from the answers.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Open on the tables.
    settings : Settings
        What the campaign is about.
    """
    if connection.dialect.name == "sqlite":
        check_everything(connection)
    where = connection.engine.url.database
    for rows, answers in _by_items(connection, settings):
        for row in rows:
            if checksum_of_item(row._mapping) != row.checksum:
                raise CampaignError(f"Item {row.id} in {where} is damaged.")
            wanted = standing_of(settings, row, answers.get(row.id, []), 0.0)
            if _differs(row, wanted):
                raise CampaignError(
                    f"Item {row.id} in {where} does not stand where its answers put "
                    "it. Campaign.rebuild computes this anew."
                )
        contents_of(connection, settings.items, rows)


def rebuild_items(connection, settings, now):
    """Compute from the answers where all items stand; return how many have changed."""
    n_changed = 0
    for rows, answers in _by_items(connection, settings, lock=True):
        for row in rows:
            wanted = standing_of(settings, row, answers.get(row.id, []), now)
            if _differs(row, wanted):
                write_standing(connection, row.id, wanted)
                n_changed += 1
    return n_changed


def _differs(row, wanted):
    names = (name for name in STANDS if name != "retired_at")
    return any(getattr(row, name) != wanted[name] for name in names)


def _by_items(connection, settings, *, lock=False):
    """Give some items at a time, and the answers to each.

    With ``lock``, nobody answers about them until the transaction ends.
    """
    for start in range(0, settings.n_items, _AT_ONCE):
        part = sa.between(item.c.id, start, start + _AT_ONCE - 1)
        items = sa.select(item).where(part).order_by(item.c.id)
        rows = connection.execute(items.with_for_update() if lock else items).all()
        query = (
            sa.select(answer)
            .where(
                sa.between(answer.c.item_id, start, start + _AT_ONCE - 1),
                answer.c.undone_at.is_(None),
            )
            .order_by(answer.c.item_id, answer.c.id)
        )
        told = connection.execute(query).all()
        for row in told:
            if checksum_of(row._mapping) != row.checksum:
                raise CampaignError(f"Answer {row.id} is damaged.")
        groups = itertools.groupby(told, key=lambda row: row.item_id)
        yield rows, {number: list(group) for number, group in groups}
