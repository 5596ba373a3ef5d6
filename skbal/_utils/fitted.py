"""Whether an estimator has learned from rows."""

from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted


def was_fitted(estimator):
    """Return whether ``fit`` of an estimator was called.

    Parameters
    ----------
    estimator : object
        Anything.

    Returns
    -------
    was_fitted : bool

    Examples
    --------
    >>> from sklearn.gaussian_process import GaussianProcessRegressor
    >>> was_fitted(GaussianProcessRegressor())
    False
    """
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


def is_fitted(estimator):
    """Return whether an estimator can predict.

    Anything that is not an estimator of scikit-learn's kind counts as fitted.

    Parameters
    ----------
    estimator : object
        Anything.

    Returns
    -------
    is_fitted : bool

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> is_fitted(GaussianNB()), is_fitted("a table of draws")
    (False, True)
    """
    try:
        refuse_unfitted(estimator)
    except NotFittedError:
        return False
    return True


def refuse_unfitted(model):
    """Raise a NotFittedError if an estimator has a ``fit`` that was not called.

    Other objects, such as a table of draws or a model that does not inherit from
    scikit-learn's base, cannot be asked.

    Parameters
    ----------
    model : object
        Anything.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> refuse_unfitted("a table of draws")
    >>> refuse_unfitted(GaussianNB())
    Traceback (most recent call last):
        ...
    sklearn.exceptions.NotFittedError: This GaussianNB instance is not fitted yet. Call
    'fit' with appropriate arguments before using this estimator.
    """
    if hasattr(model, "fit") and hasattr(model, "__sklearn_tags__"):
        check_is_fitted(model)
