"""Errors and warnings about votes that do not tell enough."""

import numpy as np
from scipy.special import expit

from skbal._utils.warn import warn
from skbal.exceptions import VotesWarning


def check_some_votes(totals, owner):
    """Raise if there are no votes; warn about a question without votes.

    Parameters
    ----------
    totals : ndarray of shape (n_samples, n_questions)
        All votes N.
    owner : str
        Name of the estimator, for messages.

    Raises
    ------
    ValueError
        If N is 0 everywhere.

    Warns
    -----
    VotesWarning
        If N is 0 in all rows of a question.
    """
    unasked = np.flatnonzero(totals.sum(axis=0) == 0)
    if len(unasked) == totals.shape[1]:
        raise ValueError(
            f"y given to {owner} must have a vote, but N is 0 in all {len(totals)} "
            "rows."
        )
    if len(unasked):
        warn(
            f"y given to {owner} has no vote on question {unasked[0]}: N is 0 in all "
            f"{len(totals)} rows. Its rho comes from an untrained layer.",
            VotesWarning,
        )


def warn_of_sigmoids(rho, owner):
    """Warn if all rho are sigmoids of numbers between 0 and 1.

    This happens if the network ends in a sigmoid and the likelihood applies another.

    Parameters
    ----------
    rho : ndarray
        The probabilities of some rows.
    owner : str
        Name of the estimator, for messages.

    Warns
    -----
    VotesWarning
        If all lie in that range.
    """
    low, high = expit([0.0, 1.0])
    if low <= rho.min() and rho.max() <= high:
        warn(
            f"module of {owner} must give logits, but all rho lie between 0.5 and "
            "0.731, as they do if it ends in a sigmoid. Leave the sigmoid out.",
            VotesWarning,
        )


def warn_of_single_votes(question, owner):
    """Warn that single votes do not determine a concentration.

    Parameters
    ----------
    question : int
        The number of the question without a row of two votes.
    owner : str
        Name of the estimator, for messages.

    Warns
    -----
    VotesWarning
        Always.
    """
    warn(
        f"y given to {owner} has no row with two votes on question {question}, which "
        "is needed to learn its concentration. Its votes are taken as independent.",
        VotesWarning,
    )


def warn_of_no_effect(question, owner):
    """Warn that the votes on a question follow none of the features.

    Parameters
    ----------
    question : int
        The number of the question.
    owner : str
        Name of the estimator, for messages.

    Warns
    -----
    VotesWarning
        Always.
    """
    # Without numbers of rows, so that a loop of many fits warns once.
    warn(
        f"{owner} found no effect of the features on the votes of question {question}: "
        "all rows get the same prediction. Use better features or fewer, such as the "
        "first columns of a PCA, or label more rows.",
        VotesWarning,
    )


def warn_of_no_spread(question, owner):
    """Warn that the weights fit each row, so that a concentration was not learned.

    Parameters
    ----------
    question : int
        The number of the question.
    owner : str
        Name of the estimator, for messages.

    Warns
    -----
    VotesWarning
        Always.
    """
    warn(
        f"{owner} has an infinite concentration_ for question {question}, but as many "
        "features as rows with votes: it can fit each row, so intervals may be too "
        "narrow. Reduce the columns, for instance by PCA, or label more rows.",
        VotesWarning,
    )
