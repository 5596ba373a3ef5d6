"""The items of a campaign in its database: written once, and as a person sees them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import sqlalchemy as sa

from skbal.campaign._inserting import insert_rows
from skbal.campaign._tables import content, item
from skbal.exceptions import CampaignError

_AT_ONCE = 1_000  # items read or written together


@dataclass(frozen=True)
class Item:
    """One item that somebody is asked about.

    Parameters
    ----------
    id : int
        Its number, from 0, in the order of the items of the campaign.
    name : str
        Its name: that of the file, or as given.
    content : ndarray, dict, str or pathlib.Path
        The image or row, the row of a frame, the text, or the path of the file.
    queue : str
        The queue that it comes from.
    until : float
        When the time to answer ends, in seconds since 1970. Others may be asked about
        it from then on.
    """

    id: int
    name: str
    content: Any
    queue: str
    until: float


def write_items(connection, new, places, gold):
    """Write items into the empty tables of a campaign.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    new : NewItems
        The items.
    places : ndarray of int of shape (n_items,)
        The place of each item in the random order.
    gold : dict of int to str
        The right answer of some items, as JSON.
    """
    rows = new.rows() if new.rows is not None else None
    for start in range(0, len(new.names), _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, len(new.names)))
        new_rows = (
            _new_row(number, new.names[number], int(places[number]), gold)
            for number in numbers
        )
        insert_rows(connection, item, [*new_rows])
        if rows is not None:
            data = {number: next(rows) for number in numbers}
            contents = (
                {"item_id": number, "data": one, "checksum": crc32(one)}
                for number, one in data.items()
            )
            insert_rows(connection, content, [*contents])


def _new_row(number, name, place, gold):
    values = {"id": number, "name": name, "place": place, "gold": gold.get(number)}
    return {
        **values,
        "checksum": checksum_of_item(values),
        # The right answer of a gold item is known, so it is none that needs answers.
        "is_open": number not in gold,
        "n_votes": 0,
        "doubt": 1.0,
    }


def checksum_of_item(values):
    """Return the checksum of what never changes about an item."""
    names = ("id", "name", "place", "gold")
    return crc32("\x1f".join(repr(values[name]) for name in names).encode())


def read_contents(store, ids):
    """Return the stored bytes of some items, in their order.

    Raises
    ------
    CampaignError
        If the bytes are not those that were written.
    """
    wanted = [int(number) for number in ids]
    found = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        found |= store.read(lambda connection, part=part: _contents(connection, part))
    return [found[number] for number in wanted]


def _contents(connection, ids):
    query = sa.select(content).where(content.c.item_id.in_(ids))
    found = {}
    for row in connection.execute(query):
        if crc32(row.data) != row.checksum:
            raise CampaignError(
                f"Item {row.item_id} is damaged in the database: it is not what was "
                "stored. Restore a backup."
            )
        found[row.item_id] = row.data
    return found


def contents_of(connection, kind, rows):
    """Return what a person looks at: arrays, dicts, texts, or paths.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Open on the tables.
    kind : dict
        How the items are stored.
    rows : list of rows
        The items, with ``id`` and ``name``.

    Returns
    -------
    contents : list
    """
    if kind["kind"] == "files":
        paths = kind.get("paths")
        names = [row.name if paths is None else paths[row.id] for row in rows]
        return [Path(kind["folder"], name) for name in names]
    data, ids = {}, [row.id for row in rows]
    for start in range(0, len(ids), _AT_ONCE):  # so many fit into a statement
        data |= _contents(connection, ids[start : start + _AT_ONCE])
    return [_shown(kind, data[row.id]) for row in rows]


def _shown(kind, data):
    if kind["kind"] == "text":
        return data.decode()
    if kind["kind"] == "frame":
        return dict(zip(kind["columns"], json.loads(data)))
    return np.frombuffer(data, dtype=kind["dtype"]).reshape(kind["shape"])
