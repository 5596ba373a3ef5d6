"""Which rows of the pool a step may ask about."""

import numpy as np

from skbal._utils.fitted import is_fitted
from skbal._utils.indices import check_indices
from skbal._utils.multilabel import is_multilabel, knows_both_answers
from skbal._utils.tags import classifies
from skbal.loop._checks import OWNER, n_taught, scored_estimator
from skbal.loop._one_class import all_are, warn_of_random_rows
from skbal.query import Random


def chosen_rows(loop, pool, n_rows):
    """Return rows of the pool, best first.

    While fewer than two classes are known, most strategies raise an error. Then the
    rows are random.

    Parameters
    ----------
    loop : ActiveLearningLoop
        Its learner is asked.
    pool : Pool
        The rows that remain.
    n_rows : int
        Number of rows to choose, at most as many as remain.

    Returns
    -------
    rows : ndarray of shape (n_rows,), dtype=intp

    Raises
    ------
    TypeError, ValueError
        If the learner does not return that many different rows.

    Warns
    -----
    OneClassWarning
        Once in a loop, if the rows are random.
    """
    learner, X = loop.learner, pool.unlabelled()
    try:
        answer = learner.query(X, n_instances=n_rows)
    except ValueError:
        known = _too_little(learner)
        if known is None:
            raise
        warn_of_random_rows(loop, known)
        strategy = getattr(learner, "query_strategy", None)
        answer = Random(random_state=_seed_of(strategy))(learner, X, n_rows)
    chosen = np.atleast_1d(answer[0] if isinstance(answer, tuple) else answer)
    positions = check_indices(chosen, len(pool), "result of query", OWNER)
    if len(positions) != n_rows:
        raise ValueError(
            f"result of query of {OWNER} must be {n_rows} rows, got {len(positions)}."
        )
    return pool.remaining[positions]


def _too_little(learner):
    """Return what a learner knows if that is too little for a strategy, or None."""
    estimator = scored_estimator(learner)
    if not n_taught(learner) and not is_fitted(estimator):
        return "No label is known yet"
    classes = getattr(estimator, "classes_", None)
    if classifies(estimator) and isinstance(classes, np.ndarray) and len(classes) < 2:
        return all_are(classes)
    if is_multilabel(estimator) and not knows_both_answers(estimator):
        return "All rows so far have the same labels"
    return None


def _seed_of(strategy):
    """Return the first integer among the random states of a strategy, or None."""
    if isinstance(strategy, type) or not hasattr(strategy, "get_params"):
        return None
    parameters = sorted(strategy.get_params(deep=True).items())
    states = [v for k, v in parameters if k.split("__")[-1] == "random_state"]
    integers = [state for state in states if isinstance(state, (int, np.integer))]
    return integers[0] if integers else None
