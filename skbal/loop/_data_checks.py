"""Checks of what a loop is given, by what its learner knows, before it starts."""

import numpy as np
import scipy.sparse as sp

from skbal._utils.feature_rows import check_has_features
from skbal._utils.taught_rows import n_taught_before
from skbal._utils.unanswered import unanswered
from skbal._utils.warn import warn
from skbal.exceptions import TeachingWarning
from skbal.loop._checks import (
    OWNER,
    check_candidates,
    known_labels,
    members_of,
    scored_estimator,
)
from skbal.oracles import LabelOracle

_SOME = 1000  # labels that tell the kind of all


def check_data(loop):
    """Raise an error if labels would be paid for that cannot be used.

    Parameters
    ----------
    loop : ActiveLearningLoop
        Its parameters are right, each for itself.

    Raises
    ------
    ValueError
        If the estimator needs rows of features and the pool has none, or if labels are
        strings in one place and numbers in the other.

    Warns
    -----
    TeachingWarning
        If the loop may ask about rows that the learner was taught before.
    """
    estimator = scored_estimator(loop.learner)
    check_has_features(loop.X_pool, estimator, f"X_pool of {OWNER}")
    check_kind_of_test_labels(loop)
    _warn_of_taught_rows(loop)


def check_kind_of_test_labels(loop):
    """Raise a ValueError unless test labels are strings or numbers as those taught.

    Parameters
    ----------
    loop : ActiveLearningLoop
        Nothing is checked while no label is known.
    """
    if loop.y_test is None or callable(loop.scoring):
        return
    labels = known_labels(loop.learner)
    if labels is None and isinstance(loop.oracle, LabelOracle):
        labels = loop.oracle.y
    kind, must = _kind_of(loop.y_test), _kind_of(labels)
    if kind and must and kind != must:
        raise ValueError(
            f"y_test of {OWNER} must hold {must}, like the labels of its oracle and "
            f"its learner, got {kind}."
        )


def _kind_of(labels):
    """Return "strings" or "numbers" for labels of one axis, or None."""
    if labels is None or sp.issparse(labels):
        return None
    some = np.asarray(labels[:_SOME], dtype=object)
    if some.ndim != 1:
        return None
    kinds = {isinstance(label, str) for label in some[~unanswered(some)].tolist()}
    return {(True,): "strings", (False,): "numbers"}.get(tuple(kinds))


def _warn_of_taught_rows(loop):
    """Warn if the loop may ask about rows that the learner was taught before."""
    rows = check_candidates(loop)
    known = map(_rows_taught_once, members_of(loop.learner))
    counts = [n_taught_before(X, loop.X_pool, rows) for X in known if X is not None]
    if any(counts):
        warn(
            f"{max(counts)} of the rows of X_pool given to {OWNER} were taught to its "
            "learner before, and would be taught again: leave them out by candidates, "
            "and of initial.",
            TeachingWarning,
        )


def _rows_taught_once(learner):
    """Return the rows that a learner would warn of if they were taught again."""
    asks_once = hasattr(learner, "_asks_once") and learner._asks_once()
    return learner.X_training if asks_once else None
