"""Probabilities of labels, from models that have not seen them."""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.model_selection import check_cv, cross_val_predict

from skbal._utils.labels import check_classes, class_codes, label_column
from skbal._utils.pools import n_rows, whole
from skbal._utils.random import check_seed
from skbal._utils.validation import check_fits, check_n_draws
from skbal.filters._predictive import (
    check_labels,
    columns_of,
    likelihood_of,
    model_classes,
    predictive_probabilities,
)


def out_of_fold_likelihood(
    estimator, X, y, *, cv=5, n_draws=None, random_state=None, n_jobs=None
):
    """Return the probability of each label, from a model that was fitted without it.

    The likelihood of labels that a model was taught tells little, because the model has
    learned them, including wrong ones. Here the rows are split into folds, and the
    probabilities of each fold come from a clone that was fitted to the other folds.

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
        As for `sklearn.model_selection.cross_val_predict`. An integer is the number of
        folds, which are stratified by class.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the draws. The folds and the fits have their own ``random_state``.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.

    Returns
    -------
    likelihood : ndarray of shape (n_samples,), dtype=float64
        In [0, 1]. NaN for a label whose class has no row in the other folds.

    Raises
    ------
    TypeError
        If the estimator is a regressor, or gives no probabilities of classes.
    ValueError
        If X and y have different lengths, y holds no classes, or every class has fewer
        rows than there are folds.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.filters import out_of_fold_likelihood
    >>> X = np.linspace(0, 1, 20)[:, np.newaxis]
    >>> y = np.where(X[:, 0] < 0.5, "no", "yes")
    >>> y[3] = "yes"
    >>> forest = RandomForestClassifier(random_state=0)
    >>> int(out_of_fold_likelihood(forest, X, y, random_state=0).argmin())
    3
    """
    owner = "out_of_fold_likelihood"
    probabilities = probabilities_of_folds(
        estimator, X, y, cv, n_draws, random_state, n_jobs, owner
    )
    y = label_column(y, f"y given to {owner}")
    return likelihood_of(probabilities, columns_of(y, np.unique(y)))


def out_of_fold_probabilities(
    estimator, X, y, *, cv=5, n_draws=None, random_state=None, n_jobs=None
):
    """Return the probability of each class, from models not fitted to the row.

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
    probabilities : ndarray of shape (n_samples, n_classes), dtype=float64
        Columns in the order of ``np.unique(y)``. NaN for a class that has no row in the
        other folds. Rows sum to less than one if a network has ``classes`` beside those
        of y.

    Raises
    ------
    TypeError, ValueError
        As for `out_of_fold_likelihood`.
    """
    return probabilities_of_folds(
        estimator, X, y, cv, n_draws, random_state, n_jobs, "out_of_fold_probabilities"
    )


def probabilities_of_folds(estimator, X, y, cv, n_draws, random_state, n_jobs, owner):
    """Return the probability of each class, from models not fitted to the row.

    Parameters
    ----------
    estimator, X, y, cv, n_draws, random_state, n_jobs
        As for `out_of_fold_probabilities`.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    probabilities : ndarray of shape (n_samples, n_classes), dtype=float64
    """
    if n_draws is not None:
        check_n_draws(n_draws, owner)
    if not hasattr(estimator, "teach"):
        check_fits(estimator, owner)
    check_labels(X, y, owner)
    y = label_column(y, f"y given to {owner}")
    classes, codes = class_codes(y, "y", owner)
    check_classes(y, owner)
    if hasattr(estimator, "teach"):
        estimator = estimator.estimator
    seed = check_seed(random_state, owner)
    return cross_val_predict(
        _Predictive(estimator, classes, n_draws, seed, owner),
        whole(X),
        codes,
        cv=_check_cv(cv, codes, owner),
        n_jobs=n_jobs,
        method="predict_proba",
    )


def _check_cv(cv, codes, owner):
    """Return the folds, or raise an error where scikit-learn would not name ``cv``."""
    is_string = isinstance(cv, (str, bytes))
    is_known = cv is None or isinstance(cv, Integral) or hasattr(cv, "split")
    if is_string or not (is_known or np.iterable(cv)):
        got = f"got {cv!r}"
    elif is_known or all(map(_is_pair, cv := list(cv))):
        return check_cv(cv, codes, classifier=True)
    else:
        got = "got an iterable of something else"
    raise TypeError(
        f"cv of {owner} must be None, an integer, a splitter such as StratifiedKFold() "
        f"or pairs of train and test rows, {got}."
    )


def _is_pair(fold):
    return isinstance(fold, (tuple, list)) and len(fold) == 2


class _Predictive(ClassifierMixin, BaseEstimator):
    """A classifier whose probabilities are its posterior predictive.

    scikit-learn needs classes as numbers and a column for each of them from every fold.
    The classifier inside gets the labels themselves, and only those of the fold.
    """

    def __init__(self, estimator, classes, n_draws, seed, owner):
        self.estimator = estimator
        self.classes = classes
        self.n_draws = n_draws
        self.seed = seed
        self.owner = owner

    def fit(self, X, y):
        self.estimator_ = clone(self.estimator).fit(X, self.classes[y])
        self.classes_ = np.arange(len(self.classes))
        return self

    def predict_proba(self, X):
        columns = columns_of(model_classes(self.estimator_, self.owner), self.classes)
        found = predictive_probabilities(
            self.estimator_, X, self.owner, n_draws=self.n_draws, seed=self.seed
        )
        # A network may know of classes that no label has.
        among = columns >= 0
        probabilities = np.full((n_rows(X), len(self.classes)), np.nan)
        probabilities[:, columns[among]] = found[:, among]
        return probabilities

    def predict(self, X):  # cross_val_predict needs this method
        return np.nanargmax(self.predict_proba(X), axis=1)
