"""scikit-learn's tags of an estimator, or of an object without tags."""

from sklearn.base import is_classifier, is_regressor
from sklearn.utils import get_tags


def tags_of(estimator):
    """Return scikit-learn's tags, or None if the object is not an estimator.

    Parameters
    ----------
    estimator : object
        Any object.

    Returns
    -------
    tags : sklearn.utils.Tags or None
    """
    # scikit-learn 1.6 would make up tags for an object without them.
    if not hasattr(estimator, "__sklearn_tags__"):
        return None
    try:
        return get_tags(estimator)
    except (AttributeError, TypeError):
        return None


def regresses(estimator):
    """Return whether an estimator is a regressor by its tags.

    Parameters
    ----------
    estimator : object
        May have no tags, unlike for `sklearn.base.is_regressor`.

    Returns
    -------
    regresses : bool
    """
    return hasattr(estimator, "__sklearn_tags__") and is_regressor(estimator)


def classifies(estimator):
    """Return whether an estimator is a classifier by its tags.

    Parameters
    ----------
    estimator : object
        May have no tags, unlike for `sklearn.base.is_classifier`.

    Returns
    -------
    classifies : bool
    """
    return hasattr(estimator, "__sklearn_tags__") and is_classifier(estimator)
