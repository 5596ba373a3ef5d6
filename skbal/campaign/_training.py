"""Training on all that was told, and what the model then says of every item."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from sklearn.base import clone

from skbal._utils.observers import show_pool, wants_pool
from skbal._utils.provenance import described, versions
from skbal._utils.seeds_of import fill_random_states
from skbal._utils.tags import classifies, regresses
from skbal._utils.votes import learns_counts, learns_votes
from skbal.campaign._answers import BY_MODEL, record
from skbal.campaign._inserting import insert_rows
from skbal.campaign._items import rows_of
from skbal.campaign._predictions import predicted_shares
from skbal.campaign._rules import Standing, fired
from skbal.campaign._tables import answer, item, model, prediction
from skbal.exceptions import NoDrawsError
from skbal.learner import ActiveLearner
from skbal.query import MaxEntropy
from skbal.sampling import predict_samples
from skbal.votes import VoteAllocation

_WRITTEN_AT_ONCE = 2_000  # rows of predictions in one transaction
_READ_AT_ONCE = 10_000  # answers


@dataclass(frozen=True)
class Votes:
    """The answers so far, counted.

    Attributes
    ----------
    ids : ndarray of int of shape (n_voted,)
        The items with an answer, in ascending order.
    counts : ndarray of int of shape (n_voted, n_columns)
        How many people gave each answer.
    last_answer : int
        The newest answer that is counted.
    """

    ids: np.ndarray
    counts: np.ndarray
    last_answer: int


def read_votes(connection, settings, last_answer=None):
    """Return the answers that were not taken back, counted for each item.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Open on the tables.
    settings : Settings
        The questions.
    last_answer : int, optional
        The newest answer to count. ``None`` counts all.

    Returns
    -------
    votes : Votes
    """
    if last_answer is None:
        last_answer = newest_answer(connection)
    query = sa.select(answer.c.item_id, answer.c.content).where(
        answer.c.kind == "answer",
        answer.c.undone_at.is_(None),
        answer.c.id <= last_answer,
        answer.c.item_id.in_(sa.select(item.c.id).where(item.c.gold.is_(None))),
    )
    questions, known = settings.questions, {}
    items, columns = [], []
    streamed = connection.execution_options(yield_per=_READ_AT_ONCE)
    for number, text in streamed.execute(query):
        if text not in known:
            known[text] = questions.columns_given(json.loads(text))
        items += [number] * len(known[text])
        columns += known[text]
    ids, rows = np.unique(np.array(items, dtype=np.int64), return_inverse=True)
    counts = np.zeros((len(ids), len(questions.columns)), dtype=np.int64)
    np.add.at(counts, (rows, np.array(columns, dtype=np.int64)), 1)
    return Votes(ids, counts, int(last_answer))


def check_learns(estimator, questions):
    """Raise an error unless an estimator can learn from answers to these questions.

    Parameters
    ----------
    estimator : object
        Unfitted.
    questions : Questions
        The questions.

    Raises
    ------
    TypeError
        If it is neither a classifier, a regressor, a model of votes nor a
        `VoteAllocation`.
    ValueError
        If it needs other answers.
    """
    labels = questions.labels[0]
    if isinstance(estimator, VoteAllocation) or learns_counts(estimator):
        return
    if learns_votes(estimator):
        if any(len(several) != 2 for several in questions.labels):
            raise ValueError(
                "estimator of Campaign learns k of N votes, so each question must have "
                f"two answers, got {', '.join(map(repr, questions.columns))}. Use "
                "likelihood='multinomial' or 'dirichlet-multinomial'."
            )
    elif regresses(estimator):
        if not all(isinstance(label, (int, float)) for label in labels):
            raise ValueError(
                "estimator of Campaign is a regressor, so answers must be numbers, got "
                f"{labels[0]!r} among them. Use a classifier or a model of votes."
            )
    elif not classifies(estimator):
        raise TypeError(
            "estimator of Campaign must be a classifier, a regressor, a model of votes "
            f"or a VoteAllocation, got {described(estimator)!s:.200}."
        )


def suited_strategy(estimator):
    """Return the strategy of a campaign that was given none.

    Parameters
    ----------
    estimator : object
        Fitted or not.

    Returns
    -------
    strategy : strategy
        That of an `ActiveLearner`. For a classifier without posterior draws, which it
        would refuse, `MaxEntropy`.

    Raises
    ------
    NoDrawsError
        If the estimator makes no draws and is no classifier: then there would be no
        way to choose items once weeks of answers are there.
    """
    try:
        predict_samples(estimator, np.zeros((1, 1)))
    except NoDrawsError as error:
        if classifies(estimator):
            return MaxEntropy()
        raise NoDrawsError(
            f"query_strategy of Campaign must be given, because {error}"
        ) from None
    except Exception:  # It can draw, and complains that these are no rows for it.
        pass
    return ActiveLearner(estimator).query_strategy


def target_of(estimator, settings, counts):
    """Return y for an estimator: labels, numbers or counts, as it learns them.

    Parameters
    ----------
    estimator : estimator
        A classifier learns the answer that most people give to the first question, the
        earlier in the list among equals. A regressor learns the mean of answers that
        are numbers. A model of votes learns the counts.
    settings : Settings
        The questions.
    counts : ndarray of shape (n_items, n_columns)
        Votes for each answer.

    Returns
    -------
    y : ndarray
    """
    questions = settings.questions
    labels, first = questions.labels[0], questions.asked[0].columns
    if learns_counts(estimator):
        return counts
    if learns_votes(estimator):
        yes, no = counts[:, 0::2], counts[:, 1::2]
        return np.stack([yes, yes + no], axis=-1)  # (n_items, n_questions, 2)
    if classifies(estimator):
        return np.array(labels)[counts[:, first].argmax(axis=1)]
    numbers = np.array(labels, dtype=np.float64)
    return counts[:, first] @ numbers / counts[:, first].sum(axis=1)


def seeded(estimator, settings):
    """Return an unfitted copy whose chance is that of the campaign."""
    return fill_random_states(clone(estimator, safe=False), settings.seed)


def prepared(store, settings, estimator):
    """Return an unfitted copy that has seen the pool, if it wants to see it.

    Parameters
    ----------
    store : Store
        The database.
    settings : Settings
        What the campaign is about.
    estimator : estimator
        Left as it is.

    Returns
    -------
    estimator : estimator
        It may be fitted again and again without looking at the pool again.
    """
    estimator = seeded(estimator, settings)
    if wants_pool(estimator):
        everything = np.arange(settings.n_items)
        show_pool(estimator, rows_of(store, settings.items, everything)[:])
    return estimator


def check_enough(estimator, settings, votes):
    """Raise a ValueError that says what is missing before a model can learn."""
    first = votes.counts[:, settings.questions.asked[0].columns]
    if not len(votes.ids):
        raise ValueError("retrain of Campaign needs answers, and nobody has answered.")
    if classifies(estimator) and len(np.unique(first.argmax(axis=1))) < 2:
        label = settings.questions.labels[0][int(first[0].argmax())]
        raise ValueError(
            "retrain of Campaign needs items with different answers, and so far all "
            f"{len(votes.ids)} are {label!r}."
        )


def fitted(store, settings, estimator, votes):
    """Return an estimator after it has learned from the votes."""
    check_enough(estimator, settings, votes)
    if isinstance(estimator, VoteAllocation):
        X = rows_of(store, settings.items, np.arange(settings.n_items))
        return estimator.fit(X, _of_all_items(settings, votes))
    X = rows_of(store, settings.items, votes.ids)[:]
    return estimator.fit(X, target_of(estimator, settings, votes.counts))


def _of_all_items(settings, votes):
    first = settings.questions.asked[0].columns
    counts = np.zeros((settings.n_items, first.stop), dtype=np.int64)
    counts[votes.ids] = votes.counts[:, first]
    return counts


def learner_of(store, settings, estimator, strategy, votes):
    """Return an `ActiveLearner` that was taught all votes."""
    check_enough(estimator, settings, votes)
    X = rows_of(store, settings.items, votes.ids)[:]
    y = target_of(estimator, settings, votes.counts)
    strategy = suited_strategy(estimator) if strategy is None else strategy
    strategy = seeded(strategy, settings)
    return ActiveLearner(estimator, strategy, X_training=X, y_training=y)


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
        scores = score_items(store, settings, model_, strategy, votes, open_ids)
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


def newest_answer(connection):
    """Return the number of the newest answer, or 0."""
    query = sa.select(sa.func.coalesce(sa.func.max(answer.c.id), 0))
    return connection.execute(query).scalar_one()


def _votes_of(connection, settings, version):
    last = sa.select(model.c.last_answer).where(model.c.version == version)
    return read_votes(connection, settings, connection.execute(last).scalar_one())


def _open_items(connection):
    query = sa.select(item.c.id).where(item.c.is_open).order_by(item.c.id)
    return _numbers(connection, query)


def score_items(store, settings, estimator, strategy, votes, ids):
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


_CHOSEN = 100


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
    newest = connection.execute(
        sa.select(sa.func.max(model.c.version)).where(model.c.finished_at.is_not(None))
    ).scalar()
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


def score_of(connection, settings, version):
    """Return how often a model said what people then answered, or None.

    Counted are answers about items that were chosen at random, told after the model
    was trained, so that the share is an unbiased estimate.
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
    )
    right = []
    for text, shares in connection.execute(query):
        column = settings.questions.columns_given(json.loads(text))[0]
        right.append(column == int(np.argmax(json.loads(shares)["mean"])))
    return float(np.mean(right)) if right else None


def _retire_sure(store, settings, estimator, clock):
    """Retire the items whose leading answer is surely right, by the model."""
    rule = next((r for r in settings.rules if r["name"] == "chance_wrong"), None)
    if rule is None or not hasattr(estimator, "chance_wrong_"):
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
                connection, settings, rule, some, clock()
            )
        )


def _retire_some(connection, settings, rule, standings, now):
    for number, standing in standings:
        sure = fired([rule], standing, settings.min_votes)
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
