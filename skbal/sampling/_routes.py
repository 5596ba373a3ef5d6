"""The table of the kinds of estimators that have draws."""

from functools import partial
from typing import NamedTuple

import numpy as np
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import ARDRegression, BayesianRidge
from sklearn.utils.validation import check_is_fitted

from skbal._utils._sklearn import num_samples
from skbal.exceptions import NoDrawsError
from skbal.sampling._committee import (
    bagging_sampler,
    forest_sampler,
    modal_sampler,
    voting_sampler,
)
from skbal.sampling._gaussian_process import gaussian_process_sampler
from skbal.sampling._linear import linear_sampler

_FORESTS = (
    RandomForestClassifier,
    RandomForestRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
)


class _Route(NamedTuple):
    kinds: tuple
    prepare: object  # (estimator, n_draws, seed) -> a picklable function of rows
    splits: bool  # whether rows may be cut into chunks


_ROUTES = (
    _Route(_FORESTS, forest_sampler, True),
    _Route((BaggingClassifier, BaggingRegressor), bagging_sampler, True),
    _Route((VotingClassifier, VotingRegressor), voting_sampler, True),
    _Route((BayesianRidge, ARDRegression), linear_sampler, True),
    _Route((GaussianProcessRegressor,), gaussian_process_sampler, False),
)


def sampler_for(estimator, n_draws, seed):
    """Return the function that draws for rows, and whether rows may be cut into chunks.

    Choices that do not depend on the rows, such as members or coefficients, are made
    here, once.

    Parameters
    ----------
    estimator : estimator
        Fitted, without a pipeline, search or learner around it.
    n_draws : int or None
        Number of draws. None means all members, or the usual number.
    seed : int
        Determines the draws.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, n_outputs).
    splits : bool
        False if all rows are needed at once.

    Raises
    ------
    NoDrawsError
        If the estimator makes no posterior draws.
    NotFittedError
        If it is not fitted.
    """
    if hasattr(estimator, "predict_samples"):
        return partial(_own_draws, estimator, n_draws, seed), True
    if hasattr(estimator, "learner_list"):
        return modal_sampler(estimator, n_draws, seed), True
    for route in _ROUTES:
        if isinstance(estimator, route.kinds):
            check_is_fitted(estimator)
            return route.prepare(estimator, n_draws, seed), route.splits
    raise NoDrawsError(_no_draws_message(estimator))


def _own_draws(estimator, n_draws, seed, X):
    draws = np.asarray(estimator.predict_samples(X, n_draws, random_state=seed))
    name = type(estimator).__name__
    if draws.ndim != 3 or len(draws) != num_samples(X):
        raise ValueError(
            f"predict_samples of {name} must return an array of shape (n_samples, "
            f"n_draws, n_outputs) with n_samples={num_samples(X)}, "
            f"got shape {draws.shape}."
        )
    if n_draws is not None and draws.shape[1] != n_draws:
        raise ValueError(
            f"predict_samples of {name} was asked for {n_draws} draws, "
            f"but returned {draws.shape[1]}."
        )
    return draws


def _no_draws_message(estimator):
    what = estimator if isinstance(estimator, str) else type(estimator).__name__
    known = ", ".join(kind.__name__ for route in _ROUTES for kind in route.kinds)
    return (
        f"{what} makes no posterior draws. Use an estimator with a predict_samples "
        f"method (such as skbal.models.MCDropoutClassifier or MCDropoutRegressor), "
        f"one of {known}, a modAL committee, or a Pipeline, search or learner that "
        f"holds one of these."
    )
