"""Scores of a model that may not know all classes yet."""

from difflib import get_close_matches

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import check_scoring, get_scorer_names

from skbal._utils.labels import for_all_classes
from skbal._utils.tags import classifies
from skbal._utils.unknown_categories import unknown_categories_explained


def check_scorer(estimator, scoring, owner):
    """Return a scorer for an estimator.

    Parameters
    ----------
    estimator : estimator
        The estimator that the scorer is called with.
    scoring : str or callable
        As in scikit-learn.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    scorer : callable

    Raises
    ------
    TypeError
        If ``scoring`` is neither a name nor a callable.
    ValueError
        If there is no scorer of that name.
    """
    if not (isinstance(scoring, str) or callable(scoring)):
        raise TypeError(
            f"scoring of {owner} must be the name of a scorer, a callable or None, got "
            f"{scoring!r} ({type(scoring).__name__})."
        )
    names = get_scorer_names()
    if isinstance(scoring, str) and scoring not in names:
        begins = [name for name in names if scoring and name.startswith(scoring)]
        close = begins or get_close_matches(scoring, names, n=1)
        raise ValueError(
            f"scoring of {owner} must be a name of sklearn.metrics.get_scorer_names(), "
            f"got {scoring!r}.{f' Did you mean {close[0]!r}?' if close else ''}"
        )
    return check_scoring(estimator, scoring=scoring)


def score_of(model, X, y, scoring):
    """Return the score of a model, with probability 0 for classes it does not know.

    Parameters
    ----------
    model : estimator
        Fitted, possibly on fewer classes than there are in y.
    X : array-like of shape (n_samples, ...)
        The rows.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Their true labels.
    scoring : str or callable
        As in scikit-learn.

    Returns
    -------
    score : float
    """
    scorer = check_scoring(model, scoring=scoring)
    with unknown_categories_explained():
        return scorer(_of_all_classes(model, y), X, y)


class _OfAllClasses(ClassifierMixin, BaseEstimator):
    """A fitted classifier with columns for classes that it was not fitted on."""

    def __init__(self, model, classes):
        self.model = model
        self.classes = classes

    @property
    def classes_(self):
        return self.classes

    def predict(self, X):
        return self.model.predict(X)

    def predict_proba(self, X):
        found = self.model.predict_proba(X)
        return for_all_classes(found, self.model.classes_, self.classes)


def _of_all_classes(model, y):
    # Only where scikit-learn's scorers would fail. They name the error themselves if
    # some labels are strings and others numbers.
    if np.ndim(y) != 1 or not (classifies(model) and hasattr(model, "predict_proba")):
        return model
    known, y = getattr(model, "classes_", y), np.asarray(y)
    if _is_text(known) != _is_text(y) or np.isin(y, known).all():
        return model
    return _OfAllClasses(model, np.union1d(known, y))


def _is_text(labels):
    return np.asarray(labels).dtype.kind in "OSU"
