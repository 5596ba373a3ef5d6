"""Labels of one class, to which some estimators cannot be fitted."""

from skbal._utils.fitted import is_fitted
from skbal._utils.one_class import misses_a_class
from skbal._utils.warn import warn
from skbal.exceptions import OneClassWarning
from skbal.loop._checks import OWNER, n_taught, scored_estimator
from skbal.oracles import Oracle


def refuses_one_class(learner, labels, error):
    """Return whether a learner could not be taught because a second class is missing.

    Parameters
    ----------
    learner : object
        What was to be taught its first labels.
    labels : ndarray of shape (n_labels, ...)
        The labels.
    error : Exception
        What ``teach`` raised.

    Returns
    -------
    refuses : bool
        False for a learner that knows labels or is fitted: it has no need of a wait.
    """
    estimator = scored_estimator(learner)
    knows_nothing = not n_taught(learner) and not is_fitted(estimator)
    return knows_nothing and misses_a_class(estimator, labels, error)


def all_are(labels):
    """Return words about labels that are all equal, or equal in one of the columns."""
    if labels.ndim == 1:
        return f"All labels so far are {labels.tolist()[0]!r}"
    label = int((labels == labels[0]).all(axis=0).argmax())
    return f"Label {label} is {labels[0].tolist()[label]!r} in all rows so far"


def warn_of_random_rows(loop, known):
    """Warn, once in a loop, that its next rows are random.

    Parameters
    ----------
    loop : ActiveLearningLoop
        The loop.
    known : str
        What its learner knows.
    """
    if loop._warned:
        return
    loop._warned = True
    hint = ""
    if not isinstance(loop.oracle, Oracle):
        hint = (
            " If the oracle should have answered another class: it is called with "
            "indices of rows of X_pool, not with rows."
        )
    warn(
        f"{known}, so {OWNER} asks about random rows until a second class is "
        f"known.{hint}",
        OneClassWarning,
    )
