"""Predictions for rows by models that were not fitted on them."""

from numbers import Integral

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import check_cv

from skbal._utils.indices import check_indices
from skbal._utils.labels import for_all_classes
from skbal._utils.pools import n_rows, take
from skbal._utils.probabilities import checked_mean
from skbal._utils.unwrap import last_step
from skbal.exceptions import NoDrawsError
from skbal.sampling import predict_samples


def splits_of(cv, codes, owner="TemperatureScaling"):
    """Return pairs of rows to fit and to hold out.

    Parameters
    ----------
    cv : int, cross-validation generator or iterable
        An integer is the largest number of folds, among which the rows of each class
        are dealt out in turn. A class with fewer rows than folds is in some of them
        only, which `sklearn.model_selection.StratifiedKFold` warns of or refuses.
    codes : ndarray of shape (n_samples,)
        The classes.
    owner : str, default="TemperatureScaling"
        Name of the estimator, for messages.

    Returns
    -------
    splits : list of tuple of ndarray
        Rows to fit and rows to hold out. Empty if each class has one row.

    Raises
    ------
    TypeError, ValueError
        If the splits are not pairs of rows.

    Examples
    --------
    >>> [held_out.tolist() for _, held_out in splits_of(5, np.array([0, 0, 1, 1, 1]))]
    [[0, 3], [1, 4], [2]]
    """
    if not isinstance(cv, Integral):
        splits = cv
        if hasattr(cv, "split"):
            splits = check_cv(cv, codes, classifier=True).split(codes, codes)
        return [_checked(split, len(codes), owner) for split in splits]
    n_folds = min(int(cv), int(np.bincount(codes).max()))
    if n_folds < 2:
        return []
    fold = np.empty(len(codes), dtype=np.intp)
    fold[np.argsort(codes, kind="stable")] = np.arange(len(codes)) % n_folds
    return [
        (np.flatnonzero(fold != number), np.flatnonzero(fold == number))
        for number in range(n_folds)
    ]


def _checked(split, n_samples, owner):
    if not isinstance(split, (tuple, list)) or len(split) != 2:
        raise TypeError(
            f"cv of {owner} must give pairs of rows to fit and rows to hold out, got "
            f"{split!r:.60}."
        )
    return tuple(
        check_indices(part, n_samples, "cv", owner, unique=False) for part in split
    )


def held_out_draws(estimator, X, y, splits, sample_weight, draws_of):
    """Return draws for held-out rows, from clones that were not fitted on them.

    Rows of a class that the clone does not know are left out: a class without labels
    says nothing of the temperature. So are splits whose rows to fit have one class.

    Parameters
    ----------
    estimator : estimator
        Cloned, and not changed.
    X : array-like of shape (n_samples, ...)
        The rows.
    y : ndarray of shape (n_samples,)
        Their labels.
    splits : list of tuple of ndarray
        Result of `splits_of`.
    sample_weight : ndarray of shape (n_samples,) or None
        Weights of the rows.
    draws_of : callable
        Takes a fitted estimator and rows, returns draws of shape (n_rows, n_draws,
        n_known).

    Returns
    -------
    rows : ndarray of shape (n_held_out,)
        Numbers of the rows.
    draws : ndarray of shape (n_held_out, n_draws, n_classes)
        Columns in the order of ``classes``. None if there are no rows.
    classes : ndarray of shape (n_classes,)
        Those in y, and others that a network has columns for.
    """
    classes, rows, found = np.unique(y), [], []
    for fitted_on, held_out in splits:
        if len(np.unique(y[fitted_on])) < 2:
            continue
        held_out = held_out[np.isin(y[held_out], y[fitted_on])]
        if not len(held_out):
            continue
        weights = weights_of(estimator, sample_weight, fitted_on)
        model = clone(estimator).fit(take(X, fitted_on), y[fitted_on], **weights)
        rows.append(held_out)
        found.append((draws_of(model, take(X, held_out)), model.classes_))
        classes = np.union1d(classes, model.classes_)
    if not rows:
        return np.empty(0, dtype=np.intp), None, classes
    draws = [for_all_classes(draws, known, classes) for draws, known in found]
    return np.concatenate(rows), np.concatenate(draws), classes


def weights_of(estimator, sample_weight, rows):
    """Return the keyword arguments of ``fit`` that pass weights to the last step.

    Parameters
    ----------
    estimator : estimator
        A classifier, or a pipeline that ends in one.
    sample_weight : ndarray of shape (n_samples,) or None
        Weights of all rows.
    rows : ndarray of int or slice
        The rows that it is fitted to.

    Returns
    -------
    keywords : dict
        Empty without weights.
    """
    if sample_weight is None:
        return {}
    return {f"{last_step(estimator)[1]}sample_weight": sample_weight[rows]}


def own_draws(estimator, X, *, random_state):
    """Return posterior draws, or the probabilities as the only draw.

    Parameters
    ----------
    estimator : estimator
        A fitted classifier.
    X : array-like of shape (n_samples, ...)
        The rows.
    random_state : int
        Seeds the draws.

    Returns
    -------
    draws : ndarray of shape (n_samples, n_draws, n_classes)
    """
    try:
        return predict_samples(estimator, X, random_state=random_state)
    except NoDrawsError:
        return mean_draw(estimator, X)


def mean_draw(estimator, X):
    """Return the probabilities of a classifier as the only draw.

    Parameters
    ----------
    estimator : estimator
        A fitted classifier.
    X : array-like of shape (n_samples, ...)
        The rows.

    Returns
    -------
    draws : ndarray of shape (n_samples, 1, n_classes)

    Raises
    ------
    NoDrawsError, ValueError
        If they are no probabilities, such as logits, whose logarithms would be NaN.
    """
    mean, name = estimator.predict_proba(X), type(estimator).__name__
    return checked_mean(mean, n_rows(X), name, "TemperatureScaling")[:, np.newaxis]
