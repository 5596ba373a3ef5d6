"""What an estimator learns from the answers: labels, numbers or votes."""

import itertools
import json
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sklearn.base import clone

from skbal._utils.answers import described as described_questions
from skbal._utils.labels import different_labels
from skbal._utils.observers import show_pool, wants_pool
from skbal._utils.provenance import described
from skbal._utils.seeds_of import fill_random_states
from skbal._utils.tags import classifies, regresses
from skbal._utils.votes import learns_counts, learns_votes, questions_to_learn
from skbal.campaign._item_rows import rows_of
from skbal.campaign._tables import answer, item
from skbal.exceptions import NoDrawsError
from skbal.learner import ActiveLearner
from skbal.query import MaxEntropy
from skbal.sampling import predict_samples
from skbal.votes import VoteAllocation

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


def newest_answer(connection):
    """Return the number of the newest answer, or 0."""
    query = sa.select(sa.func.coalesce(sa.func.max(answer.c.id), 0))
    return connection.execute(query).scalar_one()


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
        If it needs other answers, or its ``classes`` are not the answers.
    """
    labels = questions.labels[0]
    if isinstance(estimator, type):
        raise TypeError(
            "estimator of Campaign must be an estimator, got the class "
            f"{estimator.__name__}. Give {estimator.__name__}()."
        )
    if isinstance(estimator, VoteAllocation):
        return
    if learns_counts(estimator):
        _check_learns_questions(estimator, questions.asked)
    elif learns_votes(estimator):
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

    else:
        _check_classes(estimator, learned_labels(questions))


def _check_classes(estimator, labels):
    """Raise a ValueError unless a classifier can learn exactly these labels."""
    what = "estimator of Campaign"
    if labels.dtype.kind == "f" and (labels != np.rint(labels)).any():
        raise ValueError(
            f"{what} is a classifier, so answers must be texts or whole numbers, got "
            f"{labels[labels != np.rint(labels)][0]} among them. Use a regressor, or "
            "give texts."
        )
    for part in _parts_of(estimator):
        given = getattr(part, "classes", None)
        if given is None or not classifies(part):
            continue
        name = type(part).__name__
        given = different_labels(given, f"classes of {name}, {what},").tolist()
        if set(given) != set(labels.tolist()):
            raise ValueError(
                f"classes of {name}, {what}, must be the answers to the first "
                f"question, {labels.tolist()}, got {given}."
            )


def _parts_of(estimator):
    """Return an estimator and the estimators among its parameters."""
    if not hasattr(estimator, "get_params"):
        return [estimator]
    parts = estimator.get_params(deep=True).values()
    is_part = (hasattr(x, "get_params") and not isinstance(x, type) for x in parts)
    return [estimator, *itertools.compress(parts, is_part)]


def learned_labels(questions):
    """Return the answers to the first question as a classifier learns them.

    Parameters
    ----------
    questions : Questions
        The questions.

    Returns
    -------
    labels : ndarray of shape (n_answers,)
        Texts if one of the answers is a text, since labels are all of one kind.
    """
    return np.array(questions.labels[0])


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
    error = _no_draws(estimator)
    if error is not None and classifies(estimator):
        return MaxEntropy()
    if error is not None:
        raise NoDrawsError(f"query_strategy of Campaign must be given, because {error}")
    return ActiveLearner(estimator).query_strategy


def _no_draws(estimator):
    """Return the error of an estimator that makes no posterior draws, or None."""
    try:
        predict_samples(estimator, np.zeros((1, 1)))
    except NoDrawsError as error:
        return error
    except Exception:  # It can draw, and complains that these are no rows for it.
        pass
    return None


def _check_learns_questions(estimator, asked):
    """Raise a ValueError unless a model of counts has the answers of the campaign.

    Its columns are taken by their place, so with other questions it would learn
    something else, and say nothing.
    """
    own = questions_to_learn(estimator)
    if own is None and len(asked) == 1:
        return
    if own is None or [ask[1:] for ask in own] != [ask[1:] for ask in asked]:
        raise ValueError(
            "estimator of Campaign must have the questions of the campaign, questions="
            f"{described_questions(asked)}, got "
            f"{None if own is None else described_questions(own)}."
        )


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
        return learned_labels(questions)[counts[:, first].argmax(axis=1)]
    numbers = np.array(labels, dtype=np.float64)
    return counts[:, first] @ numbers / counts[:, first].sum(axis=1)


def seeded(estimator, settings):
    """Return an unfitted copy with random numbers from the seed of the campaign."""
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
    if isinstance(estimator, VoteAllocation):
        raise TypeError(
            "learner of Campaign needs a classifier, a regressor or a model of votes, "
            "and the campaign has a VoteAllocation, which no learner can teach. Fit "
            "one to Campaign.counts instead."
        )
    check_enough(estimator, settings, votes)
    X = rows_of(store, settings.items, votes.ids)[:]
    y = target_of(estimator, settings, votes.counts)
    strategy = suited_strategy(estimator) if strategy is None else strategy
    strategy = seeded(strategy, settings)
    return ActiveLearner(estimator, strategy, X_training=X, y_training=y)


def check_chooses(estimator, strategy):
    """Raise an error now, not after weeks, if there would be no way to choose items.

    Parameters
    ----------
    estimator : estimator or VoteAllocation
        What learns from the answers.
    strategy : strategy or None
        What chooses the items. None is the strategy that suits the estimator.

    Raises
    ------
    NoDrawsError
        If a classifier gives neither posterior draws nor probabilities, or if the
        estimator makes no draws, which the strategy needs.
    """
    if isinstance(estimator, VoteAllocation):
        return
    error = _no_draws(estimator)
    if error is None:
        return
    if classifies(estimator) and not hasattr(estimator, "predict_proba"):
        raise NoDrawsError(
            f"estimator of Campaign must give probabilities of answers, and {error}"
        )
    if strategy is None:
        suited_strategy(estimator)
    elif getattr(strategy, "needs_draws", False):
        raise NoDrawsError(
            f"query_strategy of Campaign, {type(strategy).__name__}, needs posterior "
            f"draws, and {error}"
        )


def check_strategy(strategy):
    """Raise a TypeError unless an object can choose items: a function or a strategy."""
    if isinstance(strategy, type) or not callable(strategy):
        is_class = isinstance(strategy, type)
        got = f"the class {strategy.__name__}" if is_class else repr(strategy)
        raise TypeError(
            "query_strategy of Campaign must be a query strategy such as "
            f"skbal.query.BALD() or a function of a learner and a pool, got {got:.80}."
        )
