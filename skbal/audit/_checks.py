"""Checks of what is held against votes."""

import numpy as np

from skbal._utils.votes import check_votes
from skbal.information._blocks import check_draws
from skbal.information._vote_checks import check_concentration, refuse_no_chances


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
        Of beta-binomial votes.
    owner : str
        Who was given them.
    name : str, default="votes"
        What it calls the votes.

    Returns
    -------
    rho_draws : ndarray of shape (n_samples, n_draws, n_questions)
    votes : ndarray of shape (n_samples, n_questions, 2), dtype=int64
    concentration : ndarray or None
        As `check_concentration` returns it.

    Raises
    ------
    TypeError, ValueError
        If they are not of these shapes, differ in rows or questions, or ``rho_draws``
        are no probabilities.
    """
    rho_draws = check_draws(rho_draws, owner, name="rho_draws")
    votes = check_votes(votes, owner, name=name)
    n_samples, _, n_questions = rho_draws.shape
    check_same(n_samples, len(votes), "rows", owner)
    check_same(n_questions, votes.shape[1], "questions", owner)
    refuse_no_chances(rho_draws, owner)
    concentration = check_concentration(concentration, votes.shape[:2], owner)
    return rho_draws, votes, concentration


def check_same(of_draws, of_votes, what, owner):
    """Refuse draws and votes of different numbers of something.

    Parameters
    ----------
    of_draws, of_votes : int
        How many there are.
    what : str
        Of what, for the message.
    owner : str
        Who was given them.

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
    """Return levels as an array of floats between 0 and 1.

    Parameters
    ----------
    levels : float or array-like of shape (n_levels,)
        Of intervals.
    owner : str
        Whose argument they are.

    Returns
    -------
    levels : ndarray of shape (n_levels,), dtype=float64

    Raises
    ------
    TypeError, ValueError
        If they are no such numbers, or none at all.
    """
    try:
        levels = np.atleast_1d(np.asarray(levels, dtype=np.float64))
    except (TypeError, ValueError):
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
    """Return how many rows have votes on each question.

    Parameters
    ----------
    votes : ndarray of shape (n_samples, n_questions, 2)
        As `check_predictions` returns them.
    names : tuple of str
        Of the questions.
    owner : str
        Who was given the votes.

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
                f"{owner} was given no vote on {name!r}: N is 0 in all {len(votes)} "
                "rows."
            )
    return n_rows
