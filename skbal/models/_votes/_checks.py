"""What votes leave unknown: errors and warnings of the models that learn from them."""

import numpy as np
from scipy.special import expit

from skbal._utils.warn import warn
from skbal.exceptions import VotesWarning


def check_some_votes(votes, owner):
    """Refuse votes that are none, and warn of a question that nobody was asked.

    Parameters
    ----------
    votes : ndarray of shape (n_samples, n_questions, 2)
        Yes votes k and all votes N.
    owner : str
        The estimator's name.

    Raises
    ------
    ValueError
        If N is 0 everywhere.

    Warns
    -----
    VotesWarning
        If N is 0 in all rows of a question.
    """
    unasked = np.flatnonzero(votes[..., 1].sum(axis=0) == 0)
    if len(unasked) == votes.shape[1]:
        raise ValueError(
            f"y given to {owner} has no vote: N is 0 in all {len(votes)} rows, so "
            "there is nothing to learn from."
        )
    if len(unasked):
        warn(
            f"y given to {owner} has no vote on question {unasked[0]}, N is 0 in all "
            f"{len(votes)} rows: its rho is what an untrained layer says.",
            VotesWarning,
        )


def warn_of_sigmoids(rho, owner):
    """Warn if all rho are what a sigmoid gives of numbers between 0 and 1.

    So they are where the network ends in a sigmoid of its own, before the likelihood's.

    Parameters
    ----------
    rho : ndarray
        Of some rows.
    owner : str
        The estimator's name.

    Warns
    -----
    VotesWarning
        If it seems so.
    """
    low, high = expit([0.0, 1.0])
    if low <= rho.min() and rho.max() <= high:
        warn(
            f"module of {owner} must give logits, but all rho lie between 0.5 and "
            "0.731, as they do where it ends in a sigmoid: leave that out.",
            VotesWarning,
        )


def warn_of_single_votes(question, owner):
    """Warn that single votes tell nothing of a concentration.

    Parameters
    ----------
    question : int
        The one without a row of two votes.
    owner : str
        The estimator's name.

    Warns
    -----
    VotesWarning
        Always.
    """
    warn(
        f"y given to {owner} has no row with two votes on question {question}: how far "
        "people disagree about a row cannot be told, and its votes are taken as "
        "binomial.",
        VotesWarning,
    )
