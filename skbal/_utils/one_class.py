"""Classifiers that cannot be fitted to labels of one class."""

import numpy as np

from skbal._utils.multilabel import holds_labels
from skbal._utils.tags import classifies


def misses_a_class(estimator, labels, error):
    """Return whether a fit failed because all labels are of one class.

    Of several yes/no labels per row, one with a single answer is enough.

    Parameters
    ----------
    estimator : object
        What was fitted.
    labels : array-like of shape (n_labels,) or (n_labels, n_outputs)
        The labels.
    error : Exception
        What ``fit`` raised.

    Returns
    -------
    misses : bool

    Examples
    --------
    >>> from sklearn.svm import SVC
    >>> error = ValueError("The number of classes has to be greater than one")
    >>> misses_a_class(SVC(), ["cat", "cat"], error)
    True
    """
    if not isinstance(error, ValueError) or "class" not in str(error):
        return False
    labels = np.asarray(labels)
    if not classifies(estimator) or not len(labels):
        return False
    if labels.ndim == 1:
        return len(np.unique(labels)) == 1
    return holds_labels(labels) and bool((labels == labels[0]).all(axis=0).any())
