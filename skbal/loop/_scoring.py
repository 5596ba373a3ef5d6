"""The score of a learner on the test set of its loop."""

from numbers import Real

import numpy as np
from sklearn.exceptions import NotFittedError

from skbal._utils.scoring import score_of
from skbal._utils.unknown_categories import unknown_categories_explained
from skbal.loop._checks import OWNER, n_taught, scored_estimator
from skbal.loop._data_checks import check_kind_of_test_labels


def score_on_test_set(loop):
    """Return the score after a step.

    Parameters
    ----------
    loop : ActiveLearningLoop
        Its learner was taught.

    Returns
    -------
    score : float
        NaN without a test set, or if nothing could be taught yet.

    Raises
    ------
    TypeError
        If ``scoring`` does not give one number. Its errors pass through.
    ValueError
        If test labels are strings and those taught numbers, or the reverse.
    """
    if loop.X_test is None:
        return float("nan")
    check_kind_of_test_labels(loop)  # with the first answers it is known for sure
    try:
        score = _score_of(loop)
    except NotFittedError:
        if n_taught(loop.learner):
            raise
        return float("nan")  # no first label was answered, or all are of one class
    if np.ndim(score) != 0 or not isinstance(np.asarray(score).item(), Real):
        raise TypeError(f"scoring of {OWNER} must give one number, got {score!r}.")
    return float(score)


def _score_of(loop):
    if loop.scoring is None:
        with unknown_categories_explained():
            return loop.learner.score(loop.X_test, loop.y_test)
    estimator = scored_estimator(loop.learner)
    return score_of(estimator, loop.X_test, loop.y_test, loop.scoring)
