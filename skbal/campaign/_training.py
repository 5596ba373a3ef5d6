"""Training on all that was told, and what the model then says of every item."""

import json
import tempfile
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from skbal._utils.provenance import described, versions
from skbal.campaign._answers import record
from skbal.campaign._inserting import insert_rows
from skbal.campaign._item_rows import rows_of
from skbal.campaign._learning import (
    fitted,
    newest_answer,
    read_votes,
    seeded,
    suited_strategy,
)
from skbal.campaign._models import NEWEST_VERSION, score_of
from skbal.campaign._people import BY_MODEL
from skbal.campaign._predictions import predicted_shares
from skbal.campaign._rules import Standing, fired
from skbal.campaign._tables import item, model, prediction
from skbal.learner import ActiveLearner
from skbal.votes import VoteAllocation

_WRITTEN_AT_ONCE = 2_000  # rows of predictions in one transaction
_READ_AT_ONCE = 10_000  # items
_CHOSEN = 100  # items that a strategy without scores chooses


def train(store, settings, estimator, strategy, clock):
    """Train on all that was told, and write what the model says of every item.

    Others may ask and tell meanwhile. The new order holds from the moment at which it
    is complete; a training that was interrupted leaves the old one.

    Returns
    -------
    version : int
        The number of the new model.
    """
    version = store.write(
        lambda connection: _begin(connection, estimator, strategy, clock())
    )
    try:
        votes = store.read(lambda connection: _votes_of(connection, settings, version))
        model_ = fitted(store, settings, estimator, votes)
        open_ids = store.read(_open_items)
        scores = score_items(store, settings, model_, strategy, open_ids)
        turn = _turns(store, open_ids, scores)
        _write_predictions(
            store, settings, model_, version, votes, open_ids, turn, scores
        )
        weights = _weights(model_)
    except BaseException:
        store.write(lambda connection: _forget(connection, version))
        raise
    store.write(
        lambda connection: _finish(
            connection, settings, version, len(votes.ids), weights, clock()
        )
    )
    _retire_sure(store, settings, model_, clock)
    return version


def _begin(connection, estimator, strategy, now):
    if connection.dialect.name == "postgresql":
        # Until nobody is writing an answer with a smaller number than the newest.
        connection.execute(sa.text("LOCK TABLE answer IN SHARE MODE"))
    newest = sa.select(sa.func.coalesce(sa.func.max(model.c.version), 0))
    version = connection.execute(newest).scalar_one() + 1
    description = {
        "estimator": described(estimator),
        "query_strategy": described(strategy),
        "versions": versions(),
    }
    connection.execute(
        sa.insert(model).values(
            version=version,
            started_at=now,
            last_answer=newest_answer(connection),
            n_labels=0,
            description=json.dumps(description),
        )
    )
    return version


def _votes_of(connection, settings, version):
    last = sa.select(model.c.last_answer).where(model.c.version == version)
    return read_votes(connection, settings, connection.execute(last).scalar_one())


def _open_items(connection):
    query = sa.select(item.c.id).where(item.c.is_open).order_by(item.c.id)
    return _numbers(connection, query)


def score_items(store, settings, estimator, strategy, ids):
    """Return how much an answer about each item is worth; higher is better.

    Parameters
    ----------
    ids : ndarray of int of shape (n_open,)
        The items to choose from.

    Returns
    -------
    scores : ndarray of shape (n_open,)
    """
    if not len(ids):
        return np.zeros(0)
    if isinstance(estimator, VoteAllocation):
        return estimator.priority_[ids]
    X = rows_of(store, settings.items, ids)
    learner = ActiveLearner(estimator)
    strategy = suited_strategy(estimator) if strategy is None else strategy
    strategy = seeded(strategy, settings)
    if hasattr(strategy, "score_pool"):
        return np.asarray(strategy.score_pool(learner, X), dtype=np.float64)
    # A strategy that only chooses: the best come first, and the rest in random order.
    n_chosen = min(len(ids), _CHOSEN)
    chosen = np.asarray(strategy(learner, X, n_instances=n_chosen))
    scores = np.zeros(len(ids))
    scores[chosen] = np.arange(n_chosen, 0, -1)
    return scores


def _turns(store, ids, scores):
    # Equal scores in the random order of the items.
    places = store.read(_places)
    order = np.lexsort((places[ids], -scores))
    turn = np.empty(len(ids), dtype=np.int64)
    turn[order] = np.arange(len(ids))
    return turn


def _places(connection):
    return _numbers(connection, sa.select(item.c.place).order_by(item.c.id))


def _numbers(connection, query):
    """Return the only column of a query, read piece by piece."""
    streamed = connection.execution_options(yield_per=_READ_AT_ONCE)
    return np.fromiter((row[0] for row in streamed.execute(query)), dtype=np.int64)


def _write_predictions(
    store, settings, estimator, version, votes, open_ids, turn, scores
):
    n_votes = np.zeros(settings.n_items, dtype=np.int64)
    n_votes[votes.ids] = votes.counts[:, settings.questions.asked[0].columns].sum(
        axis=1
    )
    # Arrays, not dicts: there may be ten million items.
    turns = np.full(settings.n_items, -1, dtype=np.int64)
    values = np.full(settings.n_items, np.nan)
    turns[open_ids], values[open_ids] = turn, scores
    for start in range(0, settings.n_items, _WRITTEN_AT_ONCE):
        ids = np.arange(start, min(start + _WRITTEN_AT_ONCE, settings.n_items))
        shares = predicted_shares(store, settings, estimator, ids)
        texts = [None] * len(ids) if shares is None else map(json.dumps, shares)
        rows = [
            {
                "version": version,
                "item_id": number,
                "turn": None if at < 0 else at,
                "score": None if at < 0 else score,
                "n_votes": n,
                "shares": text,
            }
            for number, at, score, n, text in zip(
                ids.tolist(),
                turns[ids].tolist(),
                values[ids].tolist(),
                n_votes[ids].tolist(),
                texts,
            )
        ]
        store.write(
            lambda connection, rows=rows: insert_rows(connection, prediction, rows)
        )


def _weights(estimator):
    """Return the weights of a network as safetensors, or None."""
    if not hasattr(estimator, "save_weights"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "weights")
        estimator.save_weights(path)
        return path.read_bytes()


def _finish(connection, settings, version, n_labels, weights, now):
    # One training after the other, in PostgreSQL too.
    versions_ = sa.select(model.c.version).order_by(model.c.version)
    connection.execute(versions_.with_for_update())
    newest = connection.execute(NEWEST_VERSION).scalar()
    if newest is not None and newest > version:
        weights = None  # a training that began later was done earlier, and counts
    elif newest is not None:
        score = score_of(connection, settings, newest)
        _update_model(connection, newest, score=score, weights=None)
    values = {"finished_at": now, "n_labels": n_labels, "weights": weights}
    _update_model(connection, version, **values)
    used = max(version, newest or version)
    connection.execute(sa.delete(prediction).where(prediction.c.version < used))


def _update_model(connection, version, **values):
    which = model.c.version == version
    connection.execute(sa.update(model).where(which).values(values))


def _forget(connection, version):
    connection.execute(sa.delete(prediction).where(prediction.c.version == version))
    connection.execute(sa.delete(model).where(model.c.version == version))


def _retire_sure(store, settings, estimator, clock):
    """Retire the items whose leading answer is surely right, by the model."""
    rules = [rule for rule in settings.rules if rule["name"] == "chance_wrong"]
    if not rules or not hasattr(estimator, "chance_wrong_"):
        return
    chances, n_votes = estimator.chance_wrong_, estimator.counts_.sum(axis=1)
    items = store.read(_open_items)
    for start in range(0, len(items), _WRITTEN_AT_ONCE):
        part = items[start : start + _WRITTEN_AT_ONCE]
        standings = [
            (int(number), Standing(np.zeros(0), int(n_votes[number]), 0, chance))
            for number, chance in zip(part, chances[part].tolist())
        ]
        store.write(
            lambda connection, some=standings: _retire_some(
                connection, settings, rules, some, clock()
            )
        )


def _retire_some(connection, settings, rules, standings, now):
    for number, standing in standings:
        sure = fired(rules, standing, settings.min_votes)
        if sure is not None:
            record(
                connection,
                settings,
                number,
                BY_MODEL,
                "retire",
                list(sure),
                key=None,
                now=now,
            )
