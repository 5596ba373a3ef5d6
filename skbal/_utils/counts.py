"""Checked counts: how many volunteers gave each of several answers."""

from collections import Counter

import numpy as np

from skbal._utils.answers import check_asked_questions, columns_of
from skbal._utils.validation import as_numbers

_TOO_MANY = 2**31  # so that no sum of counts overflows


def check_counts(y, owner, *, asked=None, name="y"):
    """Return counts of answers as integers.

    Parameters
    ----------
    y : array-like of shape (n_samples, n_columns)
        The number of volunteers who gave each answer. All are 0 if a question was not
        asked.
    owner : str
        Name of the caller, for messages.
    asked : tuple of Asked, optional
        The questions that the columns belong to. ``None`` is one question.
    name : str, default="y"
        Name of the argument.

    Returns
    -------
    counts : ndarray of shape (n_samples, n_columns), dtype=int64

    Raises
    ------
    ValueError
        If the shape is another, a number is not a whole number of 0 or more, or a
        question has more votes than the answer that leads to it. The message names the
        row, the answer and the numbers. If the columns of a frame are the answers in
        another order.

    Examples
    --------
    >>> check_counts([[3, 7, 0], [0, 0, 0]], "BayesianVoteRegression").shape
    (2, 3)
    >>> check_counts([[3, 7, 0], [1, -2, 0]], "BayesianVoteRegression")
    Traceback (most recent call last):
        ...
    ValueError: y given to BayesianVoteRegression: row 1 has the count -2 of 'question
    0: answer 1', but counts must be 0 or more.
    """
    what = f"{name} given to {owner}"
    counts = as_table(y, owner, name=name)
    if asked is None:
        asked = check_asked_questions(None, owner, n_columns=counts.shape[1])
    n_answers = asked[-1].columns.stop
    if counts.shape[1] != n_answers:
        raise ValueError(
            f"{what} has counts of {counts.shape[1]} answers, but there are "
            f"{n_answers}."
        )
    _refuse_other_order(y, asked, what)
    _refuse(~np.isfinite(counts), counts, asked, what, "finite")
    _refuse(counts < 0, counts, asked, what, "0 or more")
    _refuse(counts % 1 != 0, counts, asked, what, "whole numbers of volunteers")
    # NumPy 2.0 may crash where it compares narrow integers with a larger one.
    too_many = counts.astype(np.float64) >= _TOO_MANY
    _refuse(too_many, counts, asked, what, "below 2**31")
    counts = counts.astype(np.int64)
    for question in asked:
        _check_total(counts, question, asked, what)
    return counts


def as_table(y, owner, *, name="y"):
    """Return numbers of shape (n_samples, n_columns), or raise.

    Parameters
    ----------
    y : array-like of shape (n_samples, n_columns)
        At least one row and two columns.
    owner, name : str
        Names of the caller and of its argument, for messages.

    Returns
    -------
    numbers : ndarray of shape (n_samples, n_columns)

    Raises
    ------
    ValueError
        If the shape is another.
    """
    what = f"{name} given to {owner}"
    if y is None:  # scikit-learn's words, which its checks look for
        raise ValueError(f"{owner} requires y to be passed, but the target y is None.")
    numbers = as_numbers(y, f"{what} must be counts, one column per answer")
    if numbers.ndim != 2 or numbers.shape[1] < 2 or len(numbers) == 0:
        hint = ""
        if numbers.ndim == 3 and numbers.shape[2] == 2:
            hint = (
                " If its last axis is k and N, give the counts of each answer instead."
            )
        raise ValueError(
            f"{what} must be counts of shape (n_samples, n_columns), one column per "
            f"answer, got shape {numbers.shape}.{hint}"
        )
    return numbers


def totals(counts, asked):
    """Return the number of votes on each question.

    Parameters
    ----------
    counts : ndarray of shape (..., n_columns)
        The counts of each answer.
    asked : tuple of Asked
        The questions.

    Returns
    -------
    totals : ndarray of shape (..., n_questions)
    """
    sums = [counts[..., question.columns].sum(axis=-1) for question in asked]
    return np.stack(sums, axis=-1)


def counts_as_votes(counts, asked):
    """Return the counts of each answer as votes k of N, a question for each answer.

    Parameters
    ----------
    counts : ndarray of shape (n_samples, n_columns)
        The counts of each answer.
    asked : tuple of Asked
        The questions.

    Returns
    -------
    votes : ndarray of shape (n_samples, n_columns, 2)

    Examples
    --------
    >>> asked = check_asked_questions(None, "vote_coverage", n_columns=3)
    >>> counts_as_votes(np.array([[5, 1, 0]]), asked).tolist()
    [[[5, 6], [1, 6], [0, 6]]]
    """
    return np.stack([counts, per_column(totals(counts, asked), asked)], axis=-1)


def per_column(numbers, asked):
    """Return numbers for each answer from numbers for each question.

    Parameters
    ----------
    numbers : ndarray of shape (..., n_questions)
        One number per question.
    asked : tuple of Asked
        The questions.

    Returns
    -------
    numbers : ndarray of shape (..., n_columns)
    """
    sizes = [len(question.answers) for question in asked]
    return np.repeat(numbers, sizes, axis=-1)


def _refuse_other_order(y, asked, what):
    """Raise a ValueError if a frame has the answers as columns, but in another order.

    Columns are taken by their place, and a table of answers is often sorted by name.
    """
    given = [_as_text(name) for name in getattr(y, "columns", ())]
    pairs = [(ask.name, answer) for ask in asked for answer in ask.answers]
    answers = [answer for _, answer in pairs]
    for names in (answers, pairs, list(columns_of(asked))):
        if given != names and Counter(given) == Counter(names):
            raise ValueError(
                f"{what} must have its columns in the order {names} of the questions, "
                f"got the columns {given}."
            )


def _as_text(name):
    return tuple(map(str, name)) if isinstance(name, tuple) else str(name)


def _refuse(wrong, counts, asked, what, rule):
    if not wrong.any():
        return
    row, column = np.argwhere(wrong)[0]
    raise ValueError(
        f"{what}: row {row} has the count {counts[row, column].item():g} of "
        f"{_label(column, asked)}, but counts must be {rule}."
    )


def _check_total(counts, question, asked, what):
    total = counts[:, question.columns].sum(axis=1)
    most = _TOO_MANY - 1
    if question.parent is not None:
        most = counts[:, question.parent]
    wrong = np.flatnonzero(total > most)
    if not len(wrong):
        return
    row = wrong[0]
    has = f"{what}: row {row} has {total[row]} votes on {question.name!r}"
    if question.parent is None:
        raise ValueError(f"{has}, but there must be fewer than 2**31.")
    raise ValueError(
        f"{has}, but only {most[row]} of {_label(question.parent, asked)}, of whom it "
        "is asked."
    )


def _label(column, asked):
    question = next(ask for ask in asked if column < ask.columns.stop)
    return repr(f"{question.name}: {question.answers[column - question.columns.start]}")
