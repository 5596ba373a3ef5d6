"""Checks of predictions and of the votes that they are compared with."""

import numpy as np

from skbal._utils.draws import check_draws
from skbal._utils.pools import n_rows
from skbal._utils.rho import check_concentration, check_rho
from skbal._utils.validation import check_same_number
from skbal._utils.vote_models import check_vote_model
from skbal._utils.votes import check_votes


def check_predictions(rho_draws, votes, concentration, owner, *, name="votes"):
    """Return draws, votes and concentrations of the same rows and questions.

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions)
        Draws of rho.
    votes : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
        Yes votes k and all votes N.
    concentration : float or array-like of shape (n_questions,) or (n_samples, \
n_questions) or None
        Concentration of beta-binomial votes.
    owner : str
        Name of the caller, for messages.
    name : str, default="votes"
        Name of its argument ``votes``.

    Returns
    -------
    rho_draws : ndarray of shape (n_samples, n_draws, n_questions)
    votes : ndarray of shape (n_samples, n_questions, 2), dtype=int64
    concentration : ndarray or None
        Result of `check_concentration`.

    Raises
    ------
    TypeError, ValueError
        If an argument has another shape, the numbers of rows or questions differ, or
        ``rho_draws`` holds values that are not probabilities.
    """
    rho_draws = check_draws(rho_draws, owner, name="rho_draws")
    votes = check_votes(votes, owner, name=name)
    n_samples, _, n_questions = rho_draws.shape
    check_same(n_samples, len(votes), "rows", owner)
    check_same(n_questions, votes.shape[1], "questions", owner)
    check_rho(rho_draws, owner)
    concentration = check_concentration(concentration, votes.shape[:2], owner)
    return rho_draws, votes, concentration


def check_model_and_votes(estimator, X, y, owner):
    """Return the votes of the rows that a fitted model of votes is compared with.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted model of votes, or an object that holds one.
    X : array-like of shape (n_samples, ...)
        The rows.
    y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
        Their votes.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    votes : ndarray of shape (n_samples, n_questions, 2), dtype=int64

    Raises
    ------
    TypeError
        If the estimator is not a model of votes.
    ValueError
        If y has other numbers of rows or questions, or holds no votes.
    """
    model = check_vote_model(estimator, owner)
    votes = check_votes(y, owner)
    check_same_number(n_rows(X, f"X given to {owner}"), len(votes), owner)
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
