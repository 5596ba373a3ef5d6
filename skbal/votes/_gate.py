"""The probability that each answer leads, seen from the features of an item.

A classifier learns it from the items that have votes. Each item is predicted by a
classifier that has not seen the votes on this item, since these are counted on their
own.
"""

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.base import clone
from sklearn.model_selection import KFold
from sklearn.utils.validation import has_fit_parameter

from skbal._utils.pools import take
from skbal._utils.unwrap import last_step
from skbal.votes._types import log_evidence

_LEAST = 1e-4  # probability of an answer, at least: classifiers can be too certain
_COUNTS_AS_LABEL = 0.02  # smaller probabilities that an answer leads are no label
_POWERS = (0.1, 3.0)  # range of the exponent that makes probabilities calibrated


def check_gate(classifier, name, owner):
    """Raise a TypeError unless an estimator is a classifier that takes weights."""
    last = None if isinstance(classifier, type) else last_step(classifier)[0]
    fits = hasattr(last, "fit") and hasattr(last, "predict_proba")
    if not fits or not has_fit_parameter(last, "sample_weight"):
        is_class = isinstance(classifier, type)
        got = f"the class {classifier.__name__}" if is_class else repr(classifier)
        raise TypeError(
            f"{name} of {owner} must be a classifier with predict_proba whose fit "
            "takes sample_weight, such as LogisticRegression(), a Pipeline that ends "
            f"in one, or None, got {got}."
        )


def out_of_fold(classifier, X, leading, has_votes, n_folds, rng):
    """Return the probability that each answer leads, before the votes on the item.

    Parameters
    ----------
    classifier : estimator
        It is cloned.
    X : array-like of shape (n_items, ...)
        The features.
    leading : ndarray of shape (n_items, n_answers)
        What the votes tell: the probability that each answer leads.
    has_votes : ndarray of shape (n_items,), dtype=bool
        The items that the classifier learns from.
    n_folds : int
        Number of parts that the items are cut into.
    rng : numpy.random.Generator
        Shuffles the items.

    Returns
    -------
    probabilities : ndarray of shape (n_items, n_answers)
        Rows sum to one.
    """
    n_items, n_answers = leading.shape
    found = np.full((n_items, n_answers), 1 / n_answers)
    folds = KFold(n_folds, shuffle=True, random_state=int(rng.integers(2**31)))
    for others, part in folds.split(np.empty(n_items)):
        others = others[has_votes[others]]
        model = _fitted(classifier, X, leading, others)
        if model is not None:
            found[part] = 0
            found[np.ix_(part, model.classes_)] = model.predict_proba(take(X, part))
    found = np.maximum(found, _LEAST)
    return found / found.sum(axis=1, keepdims=True)


def _fitted(classifier, X, leading, rows):
    """Return a classifier of the leading answers, or None if there is only one.

    Each item is given once for each answer that may lead, with its probability as
    weight.
    """
    items, answers = np.nonzero(leading[rows] > _COUNTS_AS_LABEL)
    if len(np.unique(answers)) < 2:
        return None
    weights = leading[rows[items], answers]
    name = f"{last_step(classifier)[1]}sample_weight"
    return clone(classifier).fit(take(X, rows[items]), answers, **{name: weights})


def calibrated(probabilities, clearness, likelihoods):
    """Return log-probabilities of the types, with the power that suits the votes best.

    Parameters
    ----------
    probabilities : ndarray of shape (n_items, n_answers)
        That each answer leads.
    clearness : ndarray of shape (n_all_types,)
        Log-probability of each type among those of its leading answer.
    likelihoods : ndarray of shape (n_items, n_all_types)
        Log-likelihood of the counts of each item under each type; 0 without votes.

    Returns
    -------
    log_weights : ndarray of shape (n_items, n_all_types)
    """
    log = np.log(probabilities)
    n_types = len(clearness) // probabilities.shape[1]

    def weights(power):
        scaled = power * log
        scaled -= np.logaddexp.reduce(scaled, axis=1, keepdims=True)
        return np.tile(scaled, n_types) + clearness

    found = minimize_scalar(
        lambda power: -log_evidence(weights(power), likelihoods),
        bounds=_POWERS,
        method="bounded",
        options={"xatol": 1e-2},
    )
    return weights(found.x)
