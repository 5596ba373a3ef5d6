"""The transforms of votes under a fitted model, or under one model in its place."""

import numpy as np

from skbal._utils.pools import n_rows
from skbal._utils.validation import check_same_number
from skbal._utils.votes import check_votes
from skbal.audit._checks import check_same
from skbal.audit._pit import pit_of
from skbal.sampling._vote_draws import over_vote_draws


def pit_of_model(estimator, X, y, owner, *, n_draws=None, random_state=None):
    """Return where votes fall under a fitted model, and under one model alone.

    The draws are walked through in pieces and forgotten.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted model of votes, or what holds one.
    X : array-like of shape (n_samples, ...)
        The rows.
    y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
        Their votes.
    owner : str
        The display, for messages.
    n_draws, random_state
        As in `skbal.predict_samples`.

    Returns
    -------
    pit, single_pit : ndarray of shape (n_samples, n_questions, 2)
        As `pit_of_draws` returns them.
    """
    votes = check_votes(y, owner)
    check_same_number(n_rows(X), len(votes), owner)

    def both(rows, rho_draws, concentration):
        check_same(rho_draws.shape[2], votes.shape[1], "questions", owner)
        return np.stack(pit_of_draws(rho_draws, votes[rows], concentration), axis=1)

    pit = over_vote_draws(
        both, estimator, X, owner, n_draws=n_draws, random_state=random_state
    )
    return pit[:, 0], pit[:, 1]


def pit_of_draws(rho_draws, votes, concentration):
    """Return where votes fall under all draws, and under the mean draw alone.

    Parameters
    ----------
    rho_draws : ndarray of shape (n_samples, n_draws, n_questions)
        Draws of rho.
    votes : ndarray of shape (n_samples, n_questions, 2)
        k and N.
    concentration : float, ndarray of shape (n_questions,) or (n_samples, \
n_questions), or None
        As in `vote_pit`.

    Returns
    -------
    pit, single_pit : ndarray of shape (n_samples, n_questions, 2)
        As `vote_pit` returns them: of the mixture over draws, and of one model whose
        rho is the mean of the draws.
    """
    mean = rho_draws.mean(axis=1, keepdims=True)
    return pit_of(rho_draws, votes, concentration), pit_of(mean, votes, concentration)
