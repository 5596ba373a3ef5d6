"""Questions with several answers, of which some may follow others in a tree."""

from typing import NamedTuple

import numpy as np

# Likelihoods of models whose y holds a count of each answer, not k of N.
COUNT_LIKELIHOODS = ("multinomial", "dirichlet-multinomial")


class Asked(NamedTuple):
    """A question and the columns of counts that belong to it.

    Attributes
    ----------
    name : str
        The name of the question.
    answers : tuple of str
        The names of its answers.
    columns : slice
        The columns of its answers.
    parent : int or None
        The column of the answer that leads to this question. ``None`` if everybody is
        asked.
    """

    name: str
    answers: tuple
    columns: slice
    parent: int | None


def check_asked_questions(questions, owner, *, n_columns=None, name="y"):
    """Return the questions that the columns of counts belong to.

    Parameters
    ----------
    questions : list of tuple or None
        One tuple (name, answers) per question, or (name, answers, asked_of) for a
        question that is put only to those who gave a certain answer before. Such an
        answer is given by its name or, if several questions have it, by a pair
        (question, answer). ``None`` is one question about all columns.
    owner : str
        Name of the caller, for messages.
    n_columns : int, optional
        The number of columns that there are. It must be given if ``questions`` is None.
    name : str, default="y"
        Name of the argument that has these columns.

    Returns
    -------
    asked : tuple of Asked
        In the order of the columns.

    Raises
    ------
    TypeError
        If ``questions`` is no list of such tuples.
    ValueError
        If a question has fewer than two answers, a name occurs twice, an answer that
        leads to a question is not known or not unique, or the number of answers is not
        that of the columns.

    Examples
    --------
    >>> shape, bar = check_asked_questions(
    ...     [("shape", ["smooth", "disk", "star"]), ("bar", ["yes", "no"], "disk")],
    ...     "BayesianVoteRegression")
    >>> bar.columns, bar.parent
    (slice(3, 5, None), 1)
    """
    if questions is None:
        answers = tuple(f"answer {number}" for number in range(n_columns))
        return (Asked("question 0", answers, slice(0, n_columns), None),)
    what = f"questions of {owner}"
    if isinstance(questions, (str, dict)) or not np.iterable(questions):
        raise TypeError(
            f"{what} must be a list of tuples (name, answers) or (name, answers, "
            f"asked_of), got {questions!r}."
        )
    asked = ()
    for given in questions:
        asked += (_next_question(given, asked, what),)
    if not asked:
        raise ValueError(f"{what} must have one question or more, got none.")
    n_answers = asked[-1].columns.stop
    if n_columns not in {None, n_answers}:
        raise ValueError(
            f"{name} given to {owner} has {n_columns} columns, but questions has "
            f"{n_answers} answers: {_all_answers(asked)}. It must have the count of "
            f"each answer.{_pair_hint(n_columns)}"
        )
    return asked


def columns_of(asked):
    """Return the names of the columns, as "question: answer".

    Parameters
    ----------
    asked : tuple of Asked
        The questions.

    Returns
    -------
    names : tuple of str

    Examples
    --------
    >>> columns_of(check_asked_questions([("bar", ["yes", "no"])], "vote_coverage"))
    ('bar: yes', 'bar: no')
    """
    return tuple(f"{ask.name}: {answer}" for ask in asked for answer in ask.answers)


def described(asked):
    """Return questions as plain data that `check_asked_questions` takes.

    Parameters
    ----------
    asked : tuple of Asked
        The questions.

    Returns
    -------
    questions : list of tuple
        (name, answers, asked_of). The last is a pair (question, answer) or None.
    """
    answers = [(ask.name, answer) for ask in asked for answer in ask.answers]
    return [
        (
            ask.name,
            list(ask.answers),
            None if ask.parent is None else answers[ask.parent],
        )
        for ask in asked
    ]


def _next_question(given, before, what):
    if isinstance(given, str) or not np.iterable(given) or len(given) not in (2, 3):
        raise TypeError(
            f"{what} must be a list of tuples (name, answers) or (name, answers, "
            f"asked_of), got the entry {given!r}."
        )
    name, answers, *parent = given
    if not isinstance(name, str):
        raise TypeError(f"{what} must have names that are strings, got {name!r}.")
    if name in {ask.name for ask in before}:
        raise ValueError(f"{what} must have different names, got {name!r} twice.")
    answers = _check_answers(answers, name, what)
    start = before[-1].columns.stop if before else 0
    columns = slice(start, start + len(answers))
    column = None
    if parent and parent[0] is not None:
        column = _parent_column(parent[0], name, before, what)
    return Asked(name, answers, columns, column)


def _check_answers(answers, name, what):
    if isinstance(answers, str) or not np.iterable(answers):
        raise TypeError(
            f"{what}: the answers to {name!r} must be a list of names, got {answers!r}."
        )
    answers = tuple(str(answer) for answer in answers)
    if len(answers) < 2:
        raise ValueError(
            f"{what}: {name!r} must have two answers or more, got {len(answers)}."
        )
    if len(set(answers)) < len(answers):
        raise ValueError(
            f"{what}: the answers to {name!r} must have different names, got "
            f"{', '.join(map(repr, answers))}."
        )
    return answers


def _parent_column(parent, name, before, what):
    """Return the column of the answer that leads to a question."""
    is_name = isinstance(parent, str)
    if not is_name and (not np.iterable(parent) or len(parent) != 2):
        raise TypeError(
            f"{what}: {name!r} must be asked of an answer or a pair (question, answer),"
            f" got {parent!r}."
        )
    found = [
        ask.columns.start + number
        for ask in before
        for number, answer in enumerate(ask.answers)
        if (answer == parent if is_name else (ask.name, answer) == tuple(parent))
    ]
    if not found:
        known = f"one of {_all_answers(before)}" if before else "that of one before it"
        raise ValueError(
            f"{what}: {name!r} is asked of {parent!r}, which must be an answer to an "
            f"earlier question, {known}."
        )
    if len(found) > 1:
        raise ValueError(
            f"{what}: {name!r} is asked of {parent!r}, but {len(found)} questions have "
            "this answer. Give a pair (question, answer)."
        )
    return found[0]


def _all_answers(asked):
    return ", ".join(map(repr, columns_of(asked)))


def _pair_hint(n_columns):
    if n_columns != 2:
        return ""
    return (
        " If its two columns are k and N, give the counts of each answer instead, or "
        'set likelihood="binomial".'
    )
