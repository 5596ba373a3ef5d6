"""The numbers and curves that people see beside the items."""

import math

import numpy as np
import sqlalchemy as sa

from skbal.campaign._models import newest_model, unseen_answers
from skbal.campaign._status import status_of
from skbal.campaign._tables import answer, model, prediction

_MINUTES, _N_BARS = 10, 12  # of the bars that show the pace
_HOUR = 3_600.0  # seconds
_MOST_PREDICTIONS = 5_000  # the newest answers with a prediction
_N_BINS, _LEAST_IN_BIN = 5, 5  # of the calibration


def panel_of(campaign):
    """Return the numbers and curves of a campaign as plain data.

    Parameters
    ----------
    campaign : Campaign
        The campaign.

    Returns
    -------
    panel : dict
        ``status`` has the numbers of `Campaign.status` and, of each person, how much
        they did, but not how well: it would show which items have a known answer.
        ``history`` has pairs (number of labelled items, score) of each model whose
        score is known, ``agreement`` the mean share of the leading answer over items
        with two answers or more, or None. ``calibration`` has triples (mean expected
        probability, share that was right, number of answers), ``pace`` the number of
        answers in each ten minutes of the last two hours, and ``last_hour`` that of the
        last hour. ``information_per_hour`` is the sum of the strategy's scores of the
        items that were answered in the last hour, in nats for BALD and its kin, or None
        without a model.
    """
    now = campaign.clock()
    pace = campaign.store.read(lambda c: _pace(c, now))
    return {
        # Without skills, which the panel does not show.
        "status": campaign.store.read(
            lambda c: _plain_status(status_of(c, campaign.settings, now, False))
        ),
        "history": _scores(campaign.history()),
        "agreement": _agreement(campaign),
        "calibration": campaign.store.read(
            lambda c: _calibration(c, campaign.settings)
        ),
        "pace": pace,
        "last_hour": sum(pace[-60 // _MINUTES :]),
        "information_per_hour": campaign.store.read(lambda c: _information(c, now)),
    }


def _plain_status(status):
    names = (
        "n_items", "n_open", "retired", "n_answers", "n_cannot_tell", "n_skipped",
        "n_late", "n_leased", "n_missing", "model", "n_since",
    )  # fmt: skip
    of_person = ("name", "n_answers", "n_cannot_tell", "n_skipped")
    people = [{name: getattr(p, name) for name in of_person} for p in status.people]
    return {**{name: getattr(status, name) for name in names}, "people": people}


def _scores(history):
    pairs = [(record.n_labels, record.score) for record in history]
    return [(int(n), float(score)) for n, score in pairs if math.isfinite(score)]


def _agreement(campaign):
    first = campaign.settings.questions.asked[0].columns
    counts = campaign.counts()[:, first]
    votes = counts.sum(axis=1)
    several = votes >= 2
    if not several.any():
        return None
    return float(np.mean(counts[several].max(axis=1) / votes[several]))


def _pace(connection, now):
    """Return the number of answers in each part of the last two hours."""
    length = 60 * _MINUTES
    query = sa.select(answer.c.at).where(
        answer.c.at > now - _N_BARS * length,
        answer.c.undone_at.is_(None),
        answer.c.kind.in_(("answer", "cannot_tell")),
    )
    bars = [0] * _N_BARS
    for at in connection.execute(query).scalars():
        ago = int((now - at) // length)
        if 0 <= ago < _N_BARS:
            bars[-1 - ago] += 1
    return bars


def _information(connection, now):
    """Return the score that answers bring per hour, since the newest model."""
    newest = newest_model(connection)
    if newest is None:
        return None
    started = connection.execute(
        sa.select(model.c.finished_at).where(model.c.version == newest.version)
    ).scalar_one()
    begin = max(started, now - _HOUR)
    query = (
        sa.select(sa.func.sum(prediction.c.score))
        .join_from(answer, prediction, answer.c.item_id == prediction.c.item_id)
        .where(
            prediction.c.version == newest.version,
            answer.c.kind == "answer",
            answer.c.undone_at.is_(None),
            answer.c.at > begin,
        )
    )
    total = connection.execute(query).scalar() or 0.0
    return float(total) * _HOUR / max(now - begin, 60.0)  # no rate of a few seconds


def _calibration(connection, settings):
    """Return what the newest model expected, and how often it was right."""
    newest = newest_model(connection)
    if newest is None:
        return []
    expected, right = [], []
    for mean, column in unseen_answers(
        connection, settings, newest.version, _MOST_PREDICTIONS
    ):
        expected.append(mean.max())
        right.append(column == int(mean.argmax()))
    return calibration_bins(expected, right)


def calibration_bins(expected, right):
    """Return how often predictions of similar probability were right.

    Parameters
    ----------
    expected : list of float
        Probability of each prediction.
    right : list of bool
        Whether it was right.

    Returns
    -------
    bins : list of tuple
        The mean probability, the share that was right, and their number, for up to five
        bins of equally many predictions, and at least five.

    Examples
    --------
    >>> calibration_bins([0.5] * 10, [True, False] * 5)
    [(0.5, 0.6, 5), (0.5, 0.4, 5)]
    """
    order = np.argsort(expected, kind="stable")
    n_bins = min(_N_BINS, len(order) // _LEAST_IN_BIN)
    if not n_bins:
        return []
    expected, right = np.asarray(expected), np.asarray(right)
    return [
        (float(expected[part].mean()), float(right[part].mean()), len(part))
        for part in np.array_split(order, n_bins)
    ]
