"""What stands around the model that makes the draws: pipelines, searches, learners."""

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted


def unwrap(estimator):
    """Return the transformers in front of a model, and the model.

    Parameters
    ----------
    estimator : estimator or learner
        A model, or something that holds one.

    Returns
    -------
    transformers : list of transformer
        What the rows go through before the model, in order.
    model : estimator
        The innermost estimator, or the first one with a method ``predict_samples``.

    Raises
    ------
    TypeError
        If a class was given in place of an estimator.
    NotFittedError
        If a search was not fitted.
    ValueError
        If a search kept no best estimator.
    """
    if isinstance(estimator, type):
        raise TypeError(
            f"estimator of predict_samples must be a fitted estimator, "
            f"got the class {estimator.__name__}."
        )
    transformers = []
    # A learner's own method leads back here, but hides what must not be cut in pieces.
    while _is_learner(estimator) or not hasattr(estimator, "predict_samples"):
        if isinstance(estimator, Pipeline):
            transformers += _transformers(estimator)
        inner = _inner(estimator)
        if inner is None:
            break
        estimator = inner
    return transformers, estimator


def transform(transformers, X):
    """Return X after the transformers, one after the other.

    Parameters
    ----------
    transformers : list of transformer
        Fitted; an empty list leaves X as it is.
    X : array-like of shape (n_samples, ...)
        The rows.

    Returns
    -------
    X : array-like of shape (n_samples, ...)
    """
    for transformer in transformers:
        X = transformer.transform(X)
    return X


def _inner(estimator):
    if isinstance(estimator, Pipeline):
        return estimator.steps[-1][1]
    if isinstance(estimator, FrozenEstimator) or _is_learner(estimator):
        return estimator.estimator
    return _best_estimator(estimator) if _is_search(estimator) else None


def _transformers(pipeline):
    # None and "passthrough" have no transform; nor have the samplers of
    # imbalanced-learn, which act in fit only.
    return [step for _, step in pipeline.steps[:-1] if hasattr(step, "transform")]


def _is_learner(estimator):
    # Bagging and searches have an estimator too, but cannot be taught.
    return hasattr(estimator, "estimator") and hasattr(estimator, "teach")


def _is_search(estimator):
    return all(hasattr(estimator, name) for name in ("estimator", "refit", "cv"))


def _best_estimator(search):
    check_is_fitted(search)
    if not hasattr(search, "best_estimator_"):
        why = "its refit failed" if search.refit else "refit is False: set refit=True"
        raise ValueError(
            f"This {type(search).__name__} has no best_estimator_, which "
            f"predict_samples needs, because {why}."
        )
    return search.best_estimator_
