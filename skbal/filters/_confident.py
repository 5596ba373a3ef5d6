"""Confident learning: labels that contradict held-out probabilities."""

import numpy as np

from skbal._utils.labels import class_codes, different_labels, label_column
from skbal._utils.validation import as_numbers
from skbal.filters._out_of_fold import probabilities_of_folds
from skbal.filters._predictive import columns_of


def confident_joint(probabilities, y, classes=None):
    """Return how often each label was given and each class is confidently predicted.

    A row counts as class j if its probability of j is at least the mean probability of
    j over the rows with label j. If there are several such classes, the most probable
    one counts. If there is none, the row is not counted.

    Parameters
    ----------
    probabilities : array-like of shape (n_samples, n_classes)
        From models that were not fitted to the row, as `out_of_fold_probabilities`
        returns them. NaN if the model did not know the class.
    y : array-like of shape (n_samples,)
        The labels that were given.
    classes : array-like of shape (n_classes,), optional
        The classes of the columns. ``None`` is the sorted classes of y.

    Returns
    -------
    joint : ndarray of shape (n_classes, n_classes), dtype=int
        Number of rows with label i (row of the matrix) that count as class j (column).
        Labels off the diagonal are probably wrong.

    Raises
    ------
    ValueError
        If there is not one row of probabilities per label and one column per class, or
        if a label is not among the classes.

    References
    ----------
    Northcutt, C., Jiang, L. and Chuang, I. (2021). Confident learning: estimating
    uncertainty in dataset labels. Journal of Artificial Intelligence Research 70.

    Examples
    --------
    >>> from skbal.filters import confident_joint
    >>> p_dog = [0.1, 0.2, 0.9, 0.7, 0.9]
    >>> y = ["cat", "cat", "cat", "dog", "dog"]
    >>> confident_joint([[1 - p, p] for p in p_dog], y).tolist()
    [[2, 1], [0, 1]]
    """
    probabilities, columns = _check(probabilities, y, classes)
    counted_as = _confident_class(probabilities, columns)
    joint = np.zeros((probabilities.shape[1],) * 2, dtype=int)
    counted = counted_as >= 0
    np.add.at(joint, (columns[counted], counted_as[counted]), 1)
    return joint


def find_label_errors(
    estimator, X, y, *, cv=5, n_draws=None, random_state=None, n_jobs=None
):
    """Return which labels are probably wrong, from models that have not seen them.

    These are the labels that `confident_joint` counts as another class, if this class
    is also more probable than the label. (A rare class may have a mean probability near
    zero, which nearly every row exceeds.) Use it for labels that were taught already.
    `skbal.ActiveLearner.distrust` sets them aside.

    Parameters
    ----------
    estimator : estimator or learner
        A classifier, also at the end of a pipeline, or a learner that holds one. It is
        cloned and not changed.
    X : array-like of shape (n_samples, ...)
        Labelled rows, for instance ``learner.X_training``.
    y : array-like of shape (n_samples,)
        Their labels.
    cv : int, cross-validation generator or iterable, default=5
        As for `out_of_fold_likelihood`.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the draws. The folds and the fits have their own ``random_state``.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.

    Returns
    -------
    wrong : ndarray of shape (n_samples,), dtype=bool
        False for a label whose class has no row in the other folds.

    Raises
    ------
    TypeError, ValueError
        As for `out_of_fold_likelihood`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.filters import find_label_errors
    >>> X = np.linspace(0, 1, 20)[:, np.newaxis]
    >>> y = np.where(X[:, 0] < 0.5, "no", "yes")
    >>> y[3] = "yes"
    >>> forest = RandomForestClassifier(random_state=0)
    >>> np.flatnonzero(find_label_errors(forest, X, y, random_state=0)).tolist()
    [3]
    """
    owner = "find_label_errors"
    probabilities = probabilities_of_folds(
        estimator, X, y, cv, n_draws, random_state, n_jobs, owner
    )
    y = label_column(y, f"y given to {owner}")
    columns = columns_of(y, np.unique(y))
    counted_as, rows = _confident_class(probabilities, columns), np.arange(len(columns))
    # False where the label's class was not known, so that its probability is NaN.
    more = probabilities[rows, counted_as] > probabilities[rows, columns]
    return (counted_as >= 0) & more


def _confident_class(probabilities, columns):
    """Return the class that each row counts as, or -1 for none."""
    thresholds = _mean_self_confidence(probabilities, columns)
    # Comparisons with NaN are false, so a NaN counts as not confident.
    confident = np.where(probabilities >= thresholds, probabilities, -1.0)
    return np.where((confident >= 0).any(axis=1), confident.argmax(axis=1), -1)


def _mean_self_confidence(probabilities, columns):
    """Return the mean probability of each class over the rows with this label."""
    own = probabilities[np.arange(len(columns)), columns]
    known = ~np.isnan(own)
    n_classes = probabilities.shape[1]
    sums = np.bincount(columns[known], own[known], n_classes)
    counts = np.bincount(columns[known], minlength=n_classes)
    return np.divide(sums, counts, out=np.full(n_classes, np.nan), where=counts > 0)


def _check(probabilities, y, classes):
    owner = "confident_joint"
    probabilities = _check_probabilities(probabilities, owner)
    y = label_column(y, f"y of {owner}")
    if len(y) != len(probabilities):
        raise ValueError(
            f"y of {owner} must hold the label of each row of probabilities: there are "
            f"{len(probabilities)} rows and {len(y)} labels."
        )
    found, _ = class_codes(y, "y", owner)
    if classes is None:
        classes, whose = found, "y"
    else:
        classes, whose = different_labels(classes, f"classes of {owner}"), "classes"
    if probabilities.shape[1] != len(classes):
        raise ValueError(
            f"probabilities of {owner} must have a column for each of the "
            f"{len(classes)} classes of {whose}, got {probabilities.shape[1]} columns."
        )
    columns = columns_of(y, classes)
    if (columns < 0).any():
        unknown = y[columns < 0].tolist()
        raise ValueError(
            f"y of {owner} has the label {unknown[0]!r}, which is not among "
            f"the classes {classes.tolist()}."
        )
    return probabilities, columns


def _check_probabilities(probabilities, owner):
    what = f"probabilities of {owner}"
    numbers = as_numbers(probabilities, f"{what} must be numbers").astype(np.float64)
    if numbers.ndim != 2:
        raise ValueError(
            f"{what} must have the shape (n_samples, n_classes), got {numbers.shape}."
        )
    wrong = numbers[(numbers < 0) | (numbers > 1)]  # NaN stands for a class not known
    if wrong.size:
        raise ValueError(f"{what} must lie in [0, 1], got {wrong[0]:g}.")
    return numbers
