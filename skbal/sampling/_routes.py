"""The table of the kinds of estimators that have draws."""

from functools import partial
from typing import NamedTuple

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.linear_model import ARDRegression, BayesianRidge
from sklearn.multioutput import (
    ClassifierChain,
    MultiOutputClassifier,
    MultiOutputRegressor,
)
from sklearn.utils.validation import check_is_fitted

from skbal._utils._sklearn import num_samples
from skbal._utils.multilabel import is_multilabel
from skbal._utils.tags import regresses
from skbal._utils.torch_models import torch_hint
from skbal._utils.unwrap import transform, unwrap
from skbal.exceptions import NoDrawsError
from skbal.sampling._around import (
    multi_output_sampler,
    multilabel_sampler,
    stacking_sampler,
    transformed_target_sampler,
)
from skbal.sampling._committee import (
    bagging_sampler,
    calibrated_sampler,
    forest_sampler,
    modal_sampler,
    voting_sampler,
)
from skbal.sampling._gaussian_process import gaussian_process_sampler
from skbal.sampling._gaussian_process_classifier import (
    gaussian_process_classifier_sampler,
)
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
    _Route((CalibratedClassifierCV,), calibrated_sampler, True),
    _Route((GaussianProcessRegressor,), gaussian_process_sampler, False),
    _Route((GaussianProcessClassifier,), gaussian_process_classifier_sampler, False),
)

# Made from the draws of estimators inside, which also say whether rows may be cut.
_AROUND = (
    ((StackingClassifier, StackingRegressor), stacking_sampler),
    ((TransformedTargetRegressor,), transformed_target_sampler),
    ((MultiOutputRegressor,), multi_output_sampler),
    ((MultiOutputClassifier,), multilabel_sampler),
)


def sampler_of(estimator, n_draws, seed):
    """Return the function that draws for rows of an estimator or a learner.

    Parameters
    ----------
    estimator : estimator or learner
        Fitted.
    n_draws, seed
        As in `sampler_for`.

    Returns
    -------
    sampler : callable
        Takes rows, returns draws of shape (n_rows, n_draws, n_outputs).
    splits : bool
        False if all rows are needed at once.
    """
    transformers, model = unwrap(estimator)
    sampler, splits = sampler_for(model, n_draws, seed)
    return partial(_transform_and_draw, transformers, sampler), splits


def _transform_and_draw(transformers, sampler, X):
    return sampler(transform(transformers, X))


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
    for kinds, prepare in _AROUND:
        if isinstance(estimator, kinds):
            check_is_fitted(estimator)
            return prepare(estimator, n_draws, seed, sampler_of)
    raise NoDrawsError(_no_draws_message(estimator))


def _own_draws(estimator, n_draws, seed, X):
    name = type(estimator).__name__
    try:
        draws = np.asarray(estimator.predict_samples(X, n_draws, random_state=seed))
    except TypeError as error:
        if error.__traceback__.tb_next is not None:
            raise  # of its own
        raise TypeError(
            f"predict_samples of {name} must take (X, n_draws=None, *, "
            f"random_state=None): {error}."
        ) from error
    if draws.ndim != 3 or len(draws) != num_samples(X):
        swapped = draws.ndim == 3 and draws.shape[1] == num_samples(X)
        raise ValueError(
            f"predict_samples of {name} must return an array of shape (n_samples, "
            f"n_draws, n_outputs) with n_samples={num_samples(X)}, "
            f"got shape {draws.shape}."
            f"{' Are the first two axes swapped?' if swapped else ''}"
        )
    if n_draws is not None and draws.shape[1] != n_draws:
        raise ValueError(
            f"predict_samples of {name} was asked for {n_draws} draws, "
            f"but returned {draws.shape[1]}."
        )
    return draws


def _no_draws_message(estimator):
    what = estimator if isinstance(estimator, str) else type(estimator).__name__
    reason = f"{what} makes no posterior draws"
    hint = torch_hint(estimator, "Regressor" if regresses(estimator) else "Classifier")
    if hint:
        return f"{reason}. {hint}"
    if isinstance(estimator, ClassifierChain) or is_multilabel(estimator):
        return (
            f"{reason} of several labels. Use MCDropoutMultiLabelClassifier, a "
            "RandomForestClassifier, or a MultiOutputClassifier of classifiers that "
            "make draws."
        )
    if regresses(estimator):
        return (
            f"{reason}. Wrap it in a BaggingRegressor, whose members are draws, or use "
            "a regressor that makes them, such as BayesianRidge, "
            "RandomForestRegressor, GaussianProcessRegressor or those of skbal.models."
        )
    return (
        f"{reason}. Wrap it in a BaggingClassifier, whose members are draws, or use an "
        "estimator that makes them, such as RandomForestClassifier, "
        "GaussianProcessClassifier, BayesianRidge or those of skbal.models. "
        "The strategies MaxEntropy, Margin, LeastConfident and VariationRatios need no "
        "draws, only predict_proba."
    )
