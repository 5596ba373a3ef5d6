"""What scikit-learn's tags say of an estimator, or of what has none."""

from sklearn.base import is_classifier, is_regressor
from sklearn.utils import get_tags


def tags_of(estimator):
    """Return scikit-learn's tags, or None for what is no scikit-learn estimator.

    Parameters
    ----------
    estimator : object
        Anything.

    Returns
    -------
    tags : sklearn.utils.Tags or None
    """
    # scikit-learn 1.6 would make up tags for what has none.
    if not hasattr(estimator, "__sklearn_tags__"):
        return None
    try:
        return get_tags(estimator)
    except (AttributeError, TypeError):
        return None


def regresses(estimator):
    """Return whether an estimator says that it is a regressor.

    Parameters
    ----------
    estimator : object
        A user's own sampler need not have tags, and scikit-learn wants tags of whatever
        it is asked about.

    Returns
    -------
    regresses : bool
    """
    return hasattr(estimator, "__sklearn_tags__") and is_regressor(estimator)


def classifies(estimator):
    """Return whether an estimator says that it is a classifier.

    Parameters
    ----------
    estimator : object
        As in `regresses`.

    Returns
    -------
    classifies : bool
    """
    return hasattr(estimator, "__sklearn_tags__") and is_classifier(estimator)


def finite_rule(estimator):
    """Return a learner's ``force_all_finite``: NaN goes to what can take it.

    Parameters
    ----------
    estimator : object
        The learner's estimator.

    Returns
    -------
    force_all_finite : True or "allow-nan"
    """
    tags = tags_of(estimator)
    return "allow-nan" if tags is not None and tags.input_tags.allow_nan else True
