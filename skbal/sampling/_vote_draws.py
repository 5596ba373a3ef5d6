"""Draws of a model of votes, a few rows at a time, whatever stands around it."""

import numpy as np

from skbal._utils.chunks import pieces
from skbal._utils.pools import n_rows, subset
from skbal._utils.random import check_seed
from skbal.sampling._predict import predict_samples
from skbal.sampling._unwrap import transform, unwrap

_ROWS_AT_ONCE = 512


def over_vote_draws(function, estimator, X, owner, *, n_draws=None, random_state=None):
    """Return what a function makes of the draws of rho, walked through in pieces.

    Parameters
    ----------
    function : callable
        Takes a slice of rows, their draws of shape (n_rows, n_draws, n_questions) and
        the model's concentration for them; gives an array of shape (n_rows, ...).
    estimator : estimator or learner
        A fitted model of votes, or what holds one.
    X : array-like of shape (n_samples, ...)
        As `predict_samples` takes it.
    owner : str
        Who needs the draws, for messages.
    n_draws : int, optional
        As in `predict_samples`.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        As in `predict_samples`; the draws are joint over all pieces.

    Returns
    -------
    result : ndarray of shape (n_samples, ...)

    Raises
    ------
    TypeError
        If the estimator is no model of votes.
    ValueError
        If X is empty.
    """
    check_vote_model(estimator, owner)
    n_samples = n_rows(X)
    if n_samples == 0:
        raise ValueError(f"X given to {owner} is empty: it has no row.")
    seed = check_seed(random_state, owner)
    parts = []
    for rows in pieces(n_samples, _ROWS_AT_ONCE):
        part = subset(X, np.arange(rows.start, rows.stop))
        rho_draws = predict_samples(estimator, part, n_draws, random_state=seed)
        concentration = concentration_of(estimator, part)
        parts.append(function(rows, rho_draws, concentration))
    return np.concatenate(parts)


def concentration_of(estimator, X):
    """Return the concentrations that a model of votes has for some rows.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted model, or what holds one.
    X : array-like of shape (n_samples, ...)
        As `predict_samples` takes it.

    Returns
    -------
    concentration : ndarray of shape (n_samples, n_questions) or None
        None for a model without ``predict_concentration``, whose votes are binomial.
    """
    transformers, model = unwrap(estimator)
    if not hasattr(model, "predict_concentration"):
        return None
    return model.predict_concentration(transform(transformers, X))


def check_vote_model(estimator, owner):
    """Return the model inside an estimator, or say that it knows no votes.

    Parameters
    ----------
    estimator : estimator or learner
        A model, or something that holds one.
    owner : str
        Who needs a model of votes, for messages.

    Returns
    -------
    model : estimator
        The innermost one.

    Raises
    ------
    TypeError
        If it has no ``predict_votes``.
    """
    model = unwrap(estimator)[1]
    if not hasattr(model, "predict_votes"):
        raise TypeError(
            f"{owner} needs a model of votes, one with predict_votes such as "
            f"MCDropoutVoteRegressor, but {type(model).__name__} has none."
        )
    return model
