"""The newest model, and how often it was right about answers that it had not seen."""

import json

import numpy as np
import sqlalchemy as sa

from skbal.campaign._tables import answer, model, prediction

# Statements are made once: making one takes as long as running it.
NEWEST_VERSION = sa.select(sa.func.max(model.c.version)).where(
    model.c.finished_at.is_not(None)
)
_NEWEST = sa.select(model.c.version, model.c.last_answer).where(
    model.c.version == NEWEST_VERSION.scalar_subquery()
)


def newest_model(connection):
    """Return the ``version`` of the newest finished model and the ``last_answer`` that
    it has learned from, as a row, or None if there is no model.
    """
    return connection.execute(_NEWEST).first()


def unseen_answers(connection, settings, version, most=None):
    """Yield what a model expected, and what people then answered.

    Only answers to the first question about items that were chosen at random, told
    after the model was trained: statistics of them are unbiased.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Open on the tables.
    settings : Settings
        The questions.
    version : int
        The model.
    most : int, optional
        Number of answers, the newest. ``None`` takes all.

    Yields
    ------
    mean : ndarray of shape (n_answers,)
        The expected share of each answer to the first question.
    column : int
        The answer.
    """
    last = sa.select(model.c.last_answer).where(model.c.version == version)
    query = (
        sa.select(answer.c.content, prediction.c.shares)
        .join_from(answer, prediction, answer.c.item_id == prediction.c.item_id)
        .where(
            prediction.c.version == version,
            prediction.c.shares.is_not(None),
            answer.c.id > last.scalar_subquery(),
            answer.c.queue == "classic",
            answer.c.kind == "answer",
            answer.c.undone_at.is_(None),
        )
        .order_by(answer.c.id.desc())
        .limit(most)
    )
    questions = settings.questions
    first = questions.asked[0].columns
    for text, shares in connection.execute(query):
        column = questions.columns_given(json.loads(text))[0]
        yield np.array(json.loads(shares)["mean"])[first], column


def score_of(connection, settings, version):
    """Return how often a model said what people then answered, or None.

    None means that no answer of `unseen_answers` has come yet.
    """
    right = [
        column == int(mean.argmax())
        for mean, column in unseen_answers(connection, settings, version)
    ]
    return float(np.mean(right)) if right else None
