"""How often each person is right, from all answers."""

import json

import numpy as np
import sqlalchemy as sa

from skbal.campaign._people import IS_PERSON
from skbal.campaign._tables import annotator, answer, item
from skbal.votes import DawidSkene

_MOST = 30_000  # answers that are looked at, the newest, in half a second
_FEW = 5  # answers that can be compared, from which on a skill is told
# Changes below this mean nothing to whoever reads a percentage.
_TOLERANCE, _MAX_ITER = 1e-5, 1_000


def skills(connection, settings):
    """Return the probability that each person is right about a random item.

    The model of Dawid and Skene compares people with each other and with gold items.
    It sees their answers to the first question, the newest 30,000 of all.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Open on the tables.
    settings : Settings
        The questions.

    Returns
    -------
    skills : dict of str to float
        For each person with five answers or more about items that have a known answer,
        or that somebody else answered about, too.
    """
    rows = connection.execute(_newest_answers()).all()
    if not rows:
        return {}
    items = np.array([row.item_id for row in rows])
    names, people = np.unique([row.name for row in rows], return_inverse=True)
    column = _ColumnOf(settings.questions)
    labels = np.array([column.of(row.content) for row in rows])
    known = {row.item_id: column.of(row.gold) for row in rows if row.gold is not None}
    crowd = DawidSkene(
        range(len(settings.questions.labels[0])), tol=_TOLERANCE, max_iter=_MAX_ITER
    ).fit(items, labels, people, known=known)
    _, places, n_people = np.unique(items, return_inverse=True, return_counts=True)
    is_known = np.isin(items, list(known))
    n_compared = np.bincount(people, (n_people[places] > 1) | is_known)
    return {
        str(name): float(accuracy)
        for name, accuracy, n in zip(names, crowd.accuracy_, n_compared)
        if n >= _FEW
    }


def _newest_answers():
    return (
        sa.select(answer.c.item_id, annotator.c.name, answer.c.content, item.c.gold)
        .join_from(answer, annotator, answer.c.annotator_id == annotator.c.id)
        .join(item, answer.c.item_id == item.c.id)
        .where(answer.c.kind == "answer", answer.c.undone_at.is_(None), IS_PERSON)
        .order_by(answer.c.id.desc())
        .limit(_MOST)
    )


class _ColumnOf:
    # The place of the answer to the first question. Few contents differ.
    def __init__(self, questions):
        self._questions, self._seen = questions, {}

    def of(self, text):
        if text not in self._seen:
            self._seen[text] = self._questions.columns_given(json.loads(text))[0]
        return self._seen[text]
