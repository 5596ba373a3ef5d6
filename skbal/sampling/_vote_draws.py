"""Draws of a model of votes, one chunk of rows at a time."""

from functools import partial

from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed
from skbal._utils.vote_models import (
    check_vote_model,
    column_concentration_of,
    is_mixture,
    own_shares_of,
)
from skbal._utils.walk import walk
from skbal.sampling._predict import predict_samples


def vote_draws(
    estimator, X, owner, *, n_draws=None, random_state=None, for_votes=False
):
    """Yield the draws of rho of a model of votes, one chunk of rows at a time.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted model of votes, or an object that holds one.
    X : array-like of shape (n_samples, ...)
        See `predict_samples`.
    owner : str
        Name of the caller, for messages.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        See `predict_samples`. The draws are joint over all chunks.
    for_votes : bool, default=False
        Whether the draws are for the distribution of votes. Those of a mixture are then
        draws of the rows' own shares, without a concentration, since its votes are not
        those of one concentration.

    Yields
    ------
    rows : slice
        Rows of the chunk.
    rho_draws : ndarray of shape (n_rows, n_draws, n_columns)
        Their draws, with a column per question, or per answer to a model of counts.
    concentration : ndarray of shape (n_rows, n_columns) or None
        Result of `column_concentration_of`.

    Raises
    ------
    TypeError
        If the estimator is not a model of votes.
    ValueError
        If X is empty.
    """
    check_vote_model(estimator, owner)
    if n_rows(X) == 0:
        raise ValueError(f"X given to {owner} is empty: it has no row.")
    seed = check_seed(random_state, owner)
    # predict_samples has workers of its own.
    give = _draws_for_votes if for_votes else _draws_and_concentration
    make = partial(give, estimator, n_draws, seed)
    for rows, (rho_draws, concentration) in walk(make, X, n_jobs=1):
        yield rows, rho_draws, concentration


def _draws_and_concentration(estimator, n_draws, seed, X):
    rho_draws = predict_samples(estimator, X, n_draws, random_state=seed)
    return rho_draws, column_concentration_of(estimator, X)


def _draws_for_votes(estimator, n_draws, seed, X):
    if is_mixture(estimator):
        return own_shares_of(estimator, X, n_draws, seed), None
    return _draws_and_concentration(estimator, n_draws, seed, X)
