"""What a campaign shows: the number of an item, the answers, and their counts."""

import json

import numpy as np
import sqlalchemy as sa

from skbal._utils.optional import require
from skbal._utils.validation import check_count
from skbal.campaign._learning import read_votes
from skbal.campaign._tables import annotator, answer, item
from skbal.campaign._texts import is_storable

_COLUMNS = ("item", "name", "answer", "annotator", "kind", "queue", "at", "late")


def number_of(store, settings, item_id):
    """Return the number of an item, see `skbal.campaign.Campaign.id_of`."""
    if isinstance(item_id, str):
        query = sa.select(item.c.id).where(item.c.name == item_id)
        number = None
        if is_storable(item_id):
            number = store.read(lambda connection: connection.execute(query).scalar())
        if number is None:
            raise ValueError(
                "item_id of Campaign must be an item's id or name, got "
                f"{item_id!r:.80}."
            )
        return number
    number = check_count(item_id, "item_id", "Campaign", smallest=0)
    if number >= settings.n_items:
        raise ValueError(
            f"item_id of Campaign must be below {settings.n_items}, the "
            f"number of items, got {number}."
        )
    return number


def told_answers(store):
    """Return a frame of the answers, see `skbal.campaign.Campaign.answers`."""
    pandas = require("pandas", "campaign", "Campaign.answers")
    rows = store.read(_answer_rows)
    frame = pandas.DataFrame(rows, columns=_COLUMNS)
    told = [None if text is None else json.loads(text) for _, _, text, *_ in rows]
    # As they were told: pandas would make numbers beside None real numbers.
    frame["answer"] = pandas.Series(told, dtype=object)
    return frame


def vote_counts(store, settings):
    """Return how many gave each answer, see `skbal.campaign.Campaign.counts`."""
    votes = store.read(lambda connection: read_votes(connection, settings))
    counts = np.zeros((settings.n_items, votes.counts.shape[1]), dtype=np.int64)
    counts[votes.ids] = votes.counts
    return counts


def _answer_rows(connection):
    query = (
        sa.select(
            answer.c.item_id,
            item.c.name,
            answer.c.content,
            annotator.c.name,
            answer.c.kind,
            answer.c.queue,
            answer.c.at,
            answer.c.is_late,
        )
        .select_from(answer)
        .join(item, answer.c.item_id == item.c.id)
        .join(annotator, answer.c.annotator_id == annotator.c.id)
        .where(
            answer.c.undone_at.is_(None), answer.c.kind.in_(("answer", "cannot_tell"))
        )
        .order_by(answer.c.id)
    )
    return [tuple(row) for row in connection.execute(query)]
