"""A model that was fitted elsewhere, and forgets what it learned there."""

import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skbal._utils._sklearn import num_samples
from skbal._utils.warn import warn
from skbal.exceptions import TeachingWarning


def warn_of_forgetting(estimator, y, owner):
    """Warn if a fit to the first labels of a learner makes its estimator forget.

    Parameters
    ----------
    estimator : estimator
        The learner's estimator.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        The first labels that the learner is taught.
    owner : str
        Name of the learner, for the message.

    Warns
    -----
    TeachingWarning
        If the estimator is fitted already and its ``fit`` starts again.
    """
    if getattr(estimator, "warm_start", False) or not _was_fitted(estimator):
        return
    warn(
        f"{type(estimator).__name__} was fitted to rows that this {owner} was not "
        f"taught. It is now fitted to the {num_samples(y)} new rows alone and forgets "
        f"the others{_lost_classes(estimator, y)}. Give all rows as X_training and "
        "y_training, or teach with only_new=True if its fit continues.",
        TeachingWarning,
    )


def _was_fitted(estimator):
    # scikit-learn calls some estimators fitted that never were: those that predict
    # their prior, and those of other libraries.
    if not hasattr(estimator, "__sklearn_is_fitted__"):
        learned = vars(estimator) if hasattr(estimator, "__dict__") else {}
        names = [name for name in learned if not name.startswith("_")]
        return any(name[-1] == "_" and learned[name] is not None for name in names)
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        return False
    return True


def _lost_classes(estimator, y):
    classes = getattr(estimator, "classes_", None)
    if not isinstance(classes, np.ndarray):
        return ""
    new = np.asarray(y).ravel().tolist()
    lost = [label for label in classes.tolist() if label not in new]
    return f", and its classes {lost}" if lost else ""
