"""The models of a campaign as the history of a loop."""

import json
import math

import sqlalchemy as sa

from skbal.campaign._models import score_of
from skbal.campaign._tables import answer, model
from skbal.loop import History, Record


def history_of(connection, settings):
    """Return one record for each finished model.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Open on the tables.
    settings : Settings
        The questions.

    Returns
    -------
    history : skbal.loop.History
        ``n_labels`` is the number of items with an answer, ``cost`` that of answers.
    """
    query = (
        sa.select(model)
        .where(model.c.finished_at.is_not(None))
        .order_by(model.c.version)
    )
    rows = connection.execute(query).all()
    history = History(
        _record(connection, settings, step, row, row.version == rows[-1].version)
        for step, row in enumerate(rows)
    )
    if rows:
        history.provenance = json.loads(rows[-1].description)
    return history


def _record(connection, settings, step, row, is_newest):
    score = score_of(connection, settings, row.version) if is_newest else row.score
    n_answers = sa.select(sa.func.count(answer.c.id)).where(
        answer.c.id <= row.last_answer,
        answer.c.undone_at.is_(None),
        answer.c.kind == "answer",
    )
    return Record(
        step,
        row.n_labels,
        math.nan if score is None else score,
        seconds_training=row.finished_at - row.started_at,
        cost=float(connection.execute(n_answers).scalar_one()),
    )
