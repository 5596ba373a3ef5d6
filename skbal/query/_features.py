"""Features of rows, on which distances between rows are measured.

Only the features are held. Rows are read chunk by chunk. Rows in float32 have features
in float32.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skbal._utils.draws import check_probabilities
from skbal._utils.features import as_features, makes_features
from skbal._utils.fitted import refuse_unfitted
from skbal._utils.pools import n_rows
from skbal._utils.probabilities import checked_mean
from skbal._utils.rows import RowsView
from skbal._utils.text import ONE_HOT, text_explained
from skbal._utils.unwrap import transform, unwrap
from skbal._utils.walk import COPIES, gathered, walk
from skbal.features import GradientFeatures
from skbal.information._probabilities import mean_probability
from skbal.sampling import predict_samples

_LARGEST_ITEM = 8  # bytes of a number: features are float32 or float64


def feature_function(estimator, features, owner):
    """Return the function that computes the features of rows.

    Parameters
    ----------
    estimator : estimator or learner
        Fitted. Not used if ``features`` is a function.
    features : {"model", "input"}, GradientFeatures or callable
        "model" is the input of the last layer: the model's ``transform``, or the rows
        that enter a linear model. "input" is the rows that enter the model, flattened.
        A callable is given rows and returns one row of features for each.
    owner : str
        Name of the strategy, for messages.

    Returns
    -------
    function : FeaturesOfRows
        Takes rows, returns ``(features,)``, an array or CSR matrix of shape (n_rows,
        n_features) in float32 or float64. Picklable if the model and ``features`` are.

    Raises
    ------
    TypeError
        If the model has no features, or ``features`` is of the wrong kind.
    NotFittedError
        If the model is not fitted.
    ValueError
        If ``features`` is another string.
    """
    if callable(features):
        return FeaturesOfRows([], features, owner)
    if isinstance(features, GradientFeatures):
        transformers, model = unwrap(estimator)
        return FeaturesOfRows(transformers, features.of_model(model), owner)
    if features not in ("model", "input"):
        raise (ValueError if isinstance(features, str) else TypeError)(
            f"features of {owner} must be 'model', 'input' or a function of rows, "
            f"got {features!r}."
        )
    transformers, model = unwrap(estimator)
    make = last_layer_input(model, owner) if features == "model" else None
    return FeaturesOfRows(transformers, make, owner)


def last_layer_input(model, owner):
    """Return the function that computes the input of a model's last layer.

    Parameters
    ----------
    model : estimator
        Without a pipeline or a learner around it.
    owner : str
        Name of the strategy, for messages.

    Returns
    -------
    function : callable or None
        The model's ``transform``. None for a linear model, where the rows are the
        input.

    Raises
    ------
    TypeError
        If the model has no ``transform`` that makes features, and is not linear.
    NotFittedError
        If the model is not fitted.
    """
    if makes_features(model):
        return model.transform
    if hasattr(model, "coef_") or hasattr(model, "coef_mean_"):
        return None
    refuse_unfitted(model)
    raise TypeError(
        f"features='model' of {owner} needs a model with a method transform, "
        f"as skbal's networks have, or a linear one, got {type(model).__name__}. Try "
        "features='input', or a function that takes rows and returns their features."
    )


def mean_probabilities(estimator, model, n_draws, seed, owner, X):
    """Return class probabilities: ``predict_proba``, or the mean of posterior draws.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier, or an object that holds one.
    model : estimator
        The classifier without pipelines and learners around it.
    n_draws : int or None
        Number of posterior draws. None uses ``predict_proba`` if there is one.
    seed : int
        Seeds the draws.
    owner : str
        Name of the strategy, for messages.
    X : array-like of shape (n_rows, ...)
        The rows.

    Returns
    -------
    probabilities : ndarray of shape (n_rows, n_classes), dtype=float64

    Raises
    ------
    NoDrawsError
        If ``predict_proba`` returns another shape, or rows that do not sum to one, such
        as logits.
    ValueError
        If a number is NaN, infinite or negative, or there are fewer than two classes.
    """
    if n_draws is None and hasattr(model, "predict_proba"):
        name = type(model).__name__
        return checked_mean(estimator.predict_proba(X), n_rows(X), name, owner)
    draws = predict_samples(estimator, X, n_draws, random_state=seed)
    draws = np.ascontiguousarray(check_probabilities(draws, owner))
    return mean_probability(draws, owner)[0]


def compute(function, X, *, batch_size=None, n_jobs=None, verbose=0):
    """Return what a function makes of all rows, chunk by chunk.

    Parameters
    ----------
    function : callable
        Takes rows, returns a tuple of arrays or CSR matrices with one row per row.
        Picklable, if there are several workers.
    X : array-like of shape (n_samples, ...)
        At least one row. Never copied whole.
    batch_size, n_jobs, verbose : int, optional
        As in `skbal.query._engine.score_rows`.

    Returns
    -------
    arrays : tuple of ndarray or CSR matrix
        New arrays, which may be written to.
    """
    results = walk(
        function,
        X,
        batch_size=batch_size,
        bytes_per_row=_known_bytes(function, X),
        n_jobs=n_jobs,
        verbose=verbose,
    )
    return gathered(results, n_rows(X), "Features")


def features_to_read(function, X, **walk):
    """Return the features of all rows, which must not be written to.

    They are X itself where nothing is computed: where it is an array of floats, in
    which a row lies in one piece, and no transformer comes first. To copy it would take
    as long as ten comparisons of all rows with one.

    Parameters
    ----------
    function : FeaturesOfRows
        As `feature_function` returns it.
    X : array-like of shape (n_samples, ...)
        At least one row.
    **walk
        Passed to `compute`, where something is computed.

    Returns
    -------
    features : ndarray or CSR matrix of shape (n_samples, n_features)
    """
    in_memory = type(X) is np.ndarray and X.flags.c_contiguous
    if function.changes_nothing and in_memory and X.dtype in (np.float32, np.float64):
        return function(X)[0]
    return compute(function, X, **walk)[0]


@dataclass(frozen=True)
class FeaturesOfRows:
    """A function that returns ``(features,)`` of rows.

    Parameters
    ----------
    transformers : list of transformer
        Applied first, one after the other.
    make : callable or None
        Applied then. None leaves the rows as they are.
    owner : str
        Name of the strategy, for messages.
    """

    transformers: list
    make: Callable | None
    owner: str

    def __call__(self, X):
        """Return the features of the rows of X."""
        rows = transform(self.transformers, X)
        values = rows if self.make is None else self.make(rows)
        if not self.changes_nothing:
            return (as_features(values, n_rows(X), self.owner),)
        what = f"X_pool given to {self.owner}"
        remedy = f"features={ONE_HOT}.fit(X_pool).transform"
        with text_explained(what, remedy):
            return (as_features(values, n_rows(X), self.owner, f"rows of {what}"),)

    @property
    def changes_nothing(self):
        """Whether the features of an array of numbers are the array itself."""
        return not self.transformers and self.make is None


def _known_bytes(function, X):
    """Return the memory of a row if it need not be measured on the first ones."""
    source = X.source if isinstance(X, RowsView) else X
    known = isinstance(function, FeaturesOfRows) and function.changes_nothing
    if not known or not isinstance(source, np.ndarray):
        return None
    return (1 + COPIES) * _LARGEST_ITEM * math.prod(X.shape[1:])
