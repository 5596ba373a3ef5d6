"""Checks of predictions and of the votes that they are compared with."""

from typing import NamedTuple

import numpy as np

from skbal._utils.answers import check_asked_questions, columns_of
from skbal._utils.counts import check_counts, counts_as_votes, per_column
from skbal._utils.draws import check_draws
from skbal._utils.pools import n_rows
from skbal._utils.rho import check_concentration, check_rho
from skbal._utils.validation import as_numbers, check_same_number
from skbal._utils.vote_models import check_column_votes, check_vote_model
from skbal._utils.votes import check_votes

_TREE_HINT = " For counts of several questions, give questions as the model has them."
_TOLERANCE = 1e-3  # for the sum of shares, enough for float16


class Predictions(NamedTuple):
    """Draws and what they are compared with, question by question.

    Counts of answers are votes k of N with a question for each answer.

    Attributes
    ----------
    rho_draws : ndarray of shape (n_samples, n_draws, n_questions)
        The draws.
    votes : ndarray of shape (n_samples, n_questions, 2), dtype=int64
        Yes votes k and all votes N.
    concentration : ndarray or None
        Result of `check_concentration`.
    names : tuple of str or None
        Names of the answers. ``None`` if votes were given as k of N.
    """

    rho_draws: np.ndarray
    votes: np.ndarray
    concentration: np.ndarray | None
    names: tuple | None


def check_predictions(
    rho_draws, votes, concentration, owner, *, name="votes", questions=None
):
    """Return draws, votes and concentrations of the same rows and questions.

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions)
        Draws of rho, or of the shares of answers.
    votes : array-like of shape (n_samples, 2), (n_samples, n_questions, 2) or \
(n_samples, n_columns)
        Yes votes k and all votes N, or the counts of the answers.
    concentration : float or array-like of shape (n_questions,) or (n_samples, \
n_questions) or None
        Concentration of beta-binomial votes or Dirichlet-multinomial counts.
    owner : str
        Name of the caller, for messages.
    name : str, default="votes"
        Name of its argument ``votes``.
    questions : list of tuple, optional
        The questions that counts of answers belong to.

    Returns
    -------
    predictions : Predictions

    Raises
    ------
    TypeError, ValueError
        If an argument has another shape, the numbers of rows or questions differ, or
        ``rho_draws`` holds values that are not probabilities.
    """
    rho_draws = check_draws(rho_draws, owner, name="rho_draws")
    if questions is not None or _are_counts(votes, rho_draws, owner, name):
        return _of_counts(rho_draws, votes, concentration, owner, name, questions)
    votes = check_votes(votes, owner, name=name)
    n_samples, _, n_questions = rho_draws.shape
    check_same(n_samples, len(votes), "rows", owner)
    check_same(n_questions, votes.shape[1], "questions", owner)
    check_rho(rho_draws, owner)
    concentration = check_concentration(concentration, votes.shape[:2], owner)
    return Predictions(rho_draws, votes, concentration, None)


def _are_counts(votes, rho_draws, owner, name):
    """Return whether votes have a column for each column of the draws.

    Two columns are k and N, unless questions say that they are counts.
    """
    if votes is None:
        return False
    must = f"{name} given to {owner} must be votes, numbers k and N"
    shape = as_numbers(votes, must).shape
    return len(shape) == 2 and shape[1] == rho_draws.shape[2] > 2


def _of_counts(rho_draws, counts, concentration, owner, name, questions):
    asked = check_asked_questions(
        questions, owner, n_columns=rho_draws.shape[2], name="rho_draws"
    )
    counts = check_counts(counts, owner, asked=asked, name=name)
    check_same(len(rho_draws), len(counts), "rows", owner)
    check_rho(rho_draws, owner)
    for question in asked:
        sums = rho_draws[..., question.columns].sum(axis=-1, dtype=np.float64)
        if np.abs(sums - 1).max(initial=0) > _TOLERANCE:
            raise ValueError(
                f"rho_draws given to {owner} must be shares that sum to one over the "
                f"answers to {question.name!r}, since {name} are counts of answers, "
                f"got sums from {sums.min():.6g} to {sums.max():.6g}. Votes k of N on "
                "several questions have shape (n_samples, n_questions, 2)."
                f"{'' if questions else _TREE_HINT}"
            )
    shape = (len(counts), len(asked))
    concentration = check_concentration(concentration, shape, owner)
    if np.ndim(concentration):
        concentration = per_column(concentration, asked)
    names = asked[0].answers if questions is None else columns_of(asked)
    return Predictions(rho_draws, counts_as_votes(counts, asked), concentration, names)


def check_model_and_votes(estimator, X, y, owner):
    """Return the votes of the rows that a fitted model of votes is compared with.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted model of votes, or an object that holds one.
    X : array-like of shape (n_samples, ...)
        The rows.
    y : array-like
        Their votes, in the form passed to ``fit``.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    votes : ndarray of shape (n_samples, n_questions, 2), dtype=int64
        For a model of counts there is a question for each answer.

    Raises
    ------
    TypeError
        If the estimator is not a model of votes.
    ValueError
        If y has other numbers of rows or questions, or holds no votes.
    """
    model = check_vote_model(estimator, owner)
    votes = check_column_votes(model, y, owner)
    check_same_number(n_rows(X, f"X given to {owner}"), len(votes), owner)
    if getattr(model, "questions_", None) is not None:
        return votes
    # A model without the attribute shows its number of questions by its first draws.
    n_questions = getattr(model, "n_questions_", votes.shape[1])
    check_same(n_questions, votes.shape[1], "questions", owner)
    return votes


def check_same(of_draws, of_votes, what, owner):
    """Raise an error if draws and votes differ in the number of something.

    Parameters
    ----------
    of_draws, of_votes : int
        The two numbers.
    what : str
        What is counted, for the message.
    owner : str
        Name of the caller, for messages.

    Raises
    ------
    ValueError
        If the numbers differ.
    """
    if of_draws != of_votes:
        raise ValueError(
            f"Draws and votes given to {owner} must have the same number of {what}, "
            f"got {of_draws} and {of_votes}."
        )


def check_levels(levels, owner):
    """Return levels of intervals as an array of floats.

    Parameters
    ----------
    levels : float or array-like of shape (n_levels,)
        Levels between 0 and 1, both excluded.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    levels : ndarray of shape (n_levels,), dtype=float64

    Raises
    ------
    TypeError, ValueError
        If ``levels`` holds anything else, or is empty.
    """
    try:
        levels = np.atleast_1d(np.asarray(levels, dtype=np.float64))
    except (TypeError, ValueError, OverflowError):
        raise TypeError(
            f"levels of {owner} must be numbers between 0 and 1, got {levels!r}."
        ) from None
    if levels.ndim != 1 or not len(levels):
        raise ValueError(
            f"levels of {owner} must have shape (n_levels,) with at least one level, "
            f"got shape {levels.shape}."
        )
    wrong = ~((levels > 0) & (levels < 1))  # also true of NaN
    if wrong.any():
        raise ValueError(
            f"levels of {owner} must lie between 0 and 1, both excluded, got "
            f"{levels[wrong][0]:g}."
        )
    return levels


def check_asked(votes, names, owner):
    """Return the number of rows with votes on each question.

    Parameters
    ----------
    votes : ndarray of shape (n_samples, n_questions, 2)
        Result of `check_predictions`.
    names : tuple of str
        Names of the questions.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    n_rows : ndarray of shape (n_questions,), dtype=intp

    Raises
    ------
    ValueError
        If a question was never asked.
    """
    n_rows = np.count_nonzero(votes[..., 1], axis=0)
    for name, count in zip(names, n_rows):
        if not count:
            raise ValueError(
                f"votes given to {owner} hold none on {name!r}: N is 0 in all "
                f"{len(votes)} rows."
            )
    return n_rows
