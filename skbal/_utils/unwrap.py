"""The model inside pipelines, searches, learners and the like.

What is around the model here changes at most its rows or its training data: the model
inside predicts the probabilities or the values of the whole.
"""

from math import prod

from sklearn.feature_selection import RFE, RFECV
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.pipeline import Pipeline
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.utils.validation import check_is_fitted

from skbal._utils._sklearn import BaseSearchCV
from skbal._utils.unknown_categories import unknown_categories_explained


def unwrap(estimator):
    """Return the transformers in front of a model, and the model.

    Parameters
    ----------
    estimator : estimator or learner
        A model, or an object that holds one.

    Returns
    -------
    transformers : list of transformer
        Transformers of the rows, in order.
    model : estimator
        The first estimator with a method ``predict_samples``, or the innermost one.

    Raises
    ------
    TypeError
        If a class was given instead of an estimator.
    NotFittedError
        If a search, or what is like one, was not fitted.
    ValueError
        If a search has no best estimator.
    """
    if isinstance(estimator, type):
        raise TypeError(
            f"estimator of predict_samples must be a fitted estimator, "
            f"got the class {estimator.__name__}."
        )
    transformers = []
    # A learner's own method leads back here, but hides whether rows may be cut.
    while _is_learner(estimator) or not hasattr(estimator, "predict_samples"):
        transformers += _transformers(estimator)
        inner = _inner(estimator)
        if inner is None:
            break
        estimator = inner
    return transformers, estimator


def known_image_shape(estimator, n_values):
    """Return the shape of the images in flat rows, if the estimator knows it.

    Parameters
    ----------
    estimator : estimator or learner
        Networks may have an ``image_shape``, also inside a pipeline or a learner.
    n_values : int
        Number of values of a row.

    Returns
    -------
    image_shape : tuple of int or None
        None also if it is for another number of values: a pipeline may make its images
        of other rows.
    """
    shape = getattr(unwrap(estimator)[1], "image_shape", None)
    return None if shape is None or prod(shape) != n_values else shape


def last_step(estimator):
    """Return what a pipeline ends in, and the prefix of its parameters.

    Parameters
    ----------
    estimator : estimator
        A pipeline, or any other estimator, which is returned with an empty prefix.

    Returns
    -------
    last : estimator
    prefix : str

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> last_step(make_pipeline("passthrough", LogisticRegression()))
    (LogisticRegression(), 'logisticregression__')
    """
    prefix = ""
    while isinstance(estimator, Pipeline):
        name, estimator = estimator.steps[-1]
        prefix += f"{name}__"
    return estimator, prefix


def transform(transformers, X):
    """Return X after the transformers, one after the other.

    Parameters
    ----------
    transformers : list of transformer
        Fitted. An empty list leaves X as it is.
    X : array-like of shape (n_samples, ...)
        The rows.

    Returns
    -------
    X : array-like of shape (n_samples, ...)
    """
    with unknown_categories_explained():
        for transformer in transformers:
            X = transformer.transform(X)
    return X


def _inner(estimator):
    if isinstance(estimator, Pipeline):
        return estimator.steps[-1][1]
    if isinstance(estimator, FrozenEstimator) or _is_learner(estimator):
        return estimator.estimator
    if isinstance(estimator, _AROUND_ONE):
        check_is_fitted(estimator, "estimator_")
        return estimator.estimator_
    return _best_estimator(estimator) if _is_search(estimator) else None


# Meta-estimators whose fitted ``estimator_`` predicts for the whole.
_AROUND_ONE = (
    FixedThresholdClassifier,
    RFE,
    RFECV,
    SelfTrainingClassifier,
    TunedThresholdClassifierCV,
)


def _transformers(estimator):
    """Return what an object does to rows before the estimator inside sees them."""
    if isinstance(estimator, RFE):  # or RFECV: it selects columns
        return [estimator]
    if not isinstance(estimator, Pipeline):
        return []
    # None, "passthrough" and the samplers of imbalanced-learn have no transform.
    return [step for _, step in estimator.steps[:-1] if hasattr(step, "transform")]


def _is_learner(estimator):
    # Bagging and searches have an estimator, too, but no method teach.
    return hasattr(estimator, "estimator") and hasattr(estimator, "teach")


def _is_search(estimator):
    # Others than scikit-learn's are known once they are fitted.
    return isinstance(estimator, BaseSearchCV) or hasattr(estimator, "best_estimator_")


def _best_estimator(search):
    check_is_fitted(search)
    if not hasattr(search, "best_estimator_"):
        why = "its refit failed" if search.refit else "refit is False: set refit=True"
        raise ValueError(
            f"This {type(search).__name__} has no best_estimator_, which "
            f"predict_samples needs, because {why}."
        )
    return search.best_estimator_
