"""Where a campaign stands: numbers of items, answers and people."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from skbal._utils.html import html_table
from skbal.campaign._models import newest_model
from skbal.campaign._people import IS_PERSON
from skbal.campaign._skills import skills
from skbal.campaign._tables import annotator, answer, item, lease


@dataclass(frozen=True)
class Person:
    """How much a person has done, and how well.

    Parameters
    ----------
    name : str
        The name.
    n_answers, n_cannot_tell, n_skipped : int
        How often the person answered, could not tell, and skipped.
    n_gold, n_gold_right : int
        Answers about items with a known answer, and those that were right.
    skill : float or None
        Estimated probability of being right about a random item, by
        `skbal.votes.DawidSkene` of all answers to the first question. None for a person
        with fewer than five answers that can be compared with others.
    """

    name: str
    n_answers: int
    n_cannot_tell: int
    n_skipped: int
    n_gold: int
    n_gold_right: int
    skill: float | None = None


@dataclass(frozen=True)
class Status:
    """Where a campaign stands.

    Parameters
    ----------
    n_items, n_open : int
        All items, and those that people are still asked about.
    retired : dict of str to int
        Number of items that each rule has retired.
    n_answers, n_cannot_tell, n_skipped : int
        Number of answers that were not taken back. Those about gold items are not
        counted.
    n_late : int
        Answers that came after the item was retired.
    n_leased : int
        Items that somebody is working on.
    n_missing : int
        Answers that are missing until every open item has ``min_votes``.
    model : int or None
        The number of the newest model.
    n_since : int
        Answers since it was trained.
    people : list of Person
        Those who answered most come first. People of imported counts are left out,
        since nobody knows who they are.
    """

    n_items: int
    n_open: int
    retired: dict
    n_answers: int
    n_cannot_tell: int
    n_skipped: int
    n_late: int
    n_leased: int
    n_missing: int
    model: int | None
    n_since: int
    people: list = field(repr=False)

    def __repr__(self):
        trained = "no model" if self.model is None else f"model {self.model}"
        return (
            f"Status({self.n_items} items, {self.n_open} open, {self.n_answers} "
            f"answers, {trained})"
        )

    def _repr_html_(self):
        header = ["person", "answers", "cannot tell", "skipped", "gold right", "skill"]
        rows = [
            [
                p.name,
                *map(str, (p.n_answers, p.n_cannot_tell, p.n_skipped)),
                _gold(p),
                "" if p.skill is None else f"{p.skill:.0%}",
            ]
            for p in self.people
        ]
        return html_table(repr(self), header, rows)


def _gold(person):
    return f"{person.n_gold_right} of {person.n_gold}" if person.n_gold else ""


def status_of(connection, settings, now, with_skills=True):
    """Return where a campaign stands.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Open on the tables.
    settings : Settings
        What the campaign is about.
    now : float
        Seconds since 1970.
    with_skills : bool, default=True
        Whether to estimate how often each person is right, which takes longer than all
        the rest.

    Returns
    -------
    status : Status
    """
    skill_of = skills(connection, settings) if with_skills else {}
    people = _people(connection, skill_of)
    kinds = _kinds(connection)
    newest = newest_model(connection)
    version, last_answer = (None, 0) if newest is None else newest
    needed = settings.min_votes - item.c.n_votes
    missing = sa.select(
        sa.func.coalesce(sa.func.sum(sa.case((needed > 0, needed), else_=0)), 0)
    ).where(item.c.is_open)
    return Status(
        n_items=settings.n_items,
        n_open=_number(connection, item, item.c.is_open),
        retired=_retired(connection),
        n_answers=kinds.get("answer", 0),
        n_cannot_tell=kinds.get("cannot_tell", 0),
        n_skipped=kinds.get("skip", 0),
        n_late=_number(connection, answer, answer.c.is_late, _LIVE),
        n_leased=_number(connection, lease, lease.c.until > now),
        n_missing=int(connection.execute(missing).scalar_one()),
        model=version,
        n_since=_number(
            connection,
            answer,
            _LIVE,
            answer.c.kind == "answer",
            answer.c.id > last_answer,
        ),
        people=people,
    )


_LIVE = answer.c.undone_at.is_(None)


def _number(connection, table, *conditions):
    query = sa.select(sa.func.count()).select_from(table).where(*conditions)
    return connection.execute(query).scalar_one()


def _kinds(connection):
    query = (
        sa.select(answer.c.kind, sa.func.count())
        .join_from(answer, item)
        .where(_LIVE, item.c.gold.is_(None))
        .group_by(answer.c.kind)
    )
    return dict(map(tuple, connection.execute(query)))


def _retired(connection):
    query = (
        sa.select(item.c.rule, sa.func.count())
        .where(item.c.rule.is_not(None))
        .group_by(item.c.rule)
        .order_by(item.c.rule)
    )
    return dict(map(tuple, connection.execute(query)))


def _people(connection, skill_of):
    def times(condition):
        return sa.func.sum(sa.case((condition, 1), else_=0))

    is_gold = sa.and_(item.c.gold.is_not(None), answer.c.kind == "answer")
    n_answers = times(answer.c.kind == "answer")
    query = (
        sa.select(
            annotator.c.name,
            n_answers,
            times(answer.c.kind == "cannot_tell"),
            times(answer.c.kind == "skip"),
            times(is_gold),
            times(sa.and_(is_gold, answer.c.content == item.c.gold)),
        )
        .select_from(annotator)
        .join(answer, answer.c.annotator_id == annotator.c.id)
        .join(item, answer.c.item_id == item.c.id)
        .where(_LIVE, IS_PERSON)
        .group_by(annotator.c.name)
        .order_by(n_answers.desc(), annotator.c.name)
    )
    return [Person(*row, skill_of.get(row[0])) for row in connection.execute(query)]
