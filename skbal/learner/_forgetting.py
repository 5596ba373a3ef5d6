"""A model that was fitted elsewhere, and forgets what it learned there."""

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal._utils.fitted import was_fitted
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
    if getattr(estimator, "warm_start", False) or not was_fitted(estimator):
        return
    warn(
        f"{type(estimator).__name__} was fitted to rows that this {owner} was not "
        f"taught. It is now fitted to the {num_samples(y)} new rows alone and forgets "
        f"the others{_lost_classes(estimator, y)}. Give all rows as X_training and "
        "y_training, or teach with only_new=True if its fit continues. If another "
        "learner or an earlier run uses this estimator, give each its own: "
        "sklearn.base.clone(estimator).",
        TeachingWarning,
    )


def _lost_classes(estimator, y):
    classes = getattr(estimator, "classes_", None)
    if not isinstance(classes, np.ndarray):
        return ""
    new = np.asarray(y).ravel().tolist()
    lost = [label for label in classes.tolist() if label not in new]
    return f", and its classes {lost}" if lost else ""
