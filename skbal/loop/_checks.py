"""What a loop must be before it starts; each message names the argument."""

import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skbal._utils._sklearn import num_samples
from skbal._utils.indices import check_indices
from skbal._utils.pools import n_rows, subset, take
from skbal._utils.validation import check_count, check_n_instances
from skbal.loop._scoring import check_scorer
from skbal.oracles import LabelOracle, VoteOracle

OWNER = "ActiveLearningLoop"


def check_loop(loop):
    """Raise a TypeError or a ValueError if a parameter of the loop is wrong."""
    n_pool = n_rows(loop.X_pool)
    candidates = check_candidates(loop)
    n_candidates = n_pool if candidates is None else len(candidates)
    check_n_instances(loop.n_instances, n_candidates, OWNER)
    check_n_queries(loop.n_queries)
    if loop.max_rejected is not None:
        check_count(loop.max_rejected, "max_rejected", OWNER, smallest=0)
    check_stopping(loop.stopping)
    _check_oracle(loop.oracle, n_pool)
    _check_learner(loop)
    _check_test_set(loop.X_test, loop.y_test)
    _check_scoring(loop)


def check_n_queries(n_queries):
    """Return ``n_queries`` if it is None or a count."""
    if n_queries is None:
        return None
    return check_count(n_queries, "n_queries", OWNER, smallest=0)


def check_candidates(loop):
    """Return the rows that may be asked about, rising; None for all of them."""
    if loop.candidates is None:
        return None
    n_pool = n_rows(loop.X_pool)
    return np.sort(check_indices(loop.candidates, n_pool, "candidates", OWNER))


def check_initial(loop):
    """Return the rows to label first as an integer array, empty for None."""
    candidates, initial = check_candidates(loop), loop.initial
    if initial is None:
        return np.empty(0, dtype=np.intp)
    if isinstance(initial, (type, str)):
        raise TypeError(
            f"initial of {OWNER} must be rows of the pool, or a seed such as "
            f"skbal.seeding.BalancedSeed(), got {initial!r}."
        )
    if hasattr(initial, "select"):
        initial = _selected(loop, candidates)
    initial = check_indices(initial, n_rows(loop.X_pool), "initial", OWNER)
    if candidates is not None and not np.isin(initial, candidates).all():
        outside = initial[~np.isin(initial, candidates)][0]
        raise ValueError(
            f"initial of {OWNER} must be among its candidates, got row {outside}."
        )
    return initial


def _selected(loop, candidates):
    y = getattr(loop.oracle, "y", None)
    if candidates is None:
        return loop.initial.select(loop.X_pool, y)
    y = None if y is None else take(y, candidates)
    return candidates[loop.initial.select(subset(loop.X_pool, candidates), y)]


def check_stopping(stopping):
    """Return the stopping rules as a list."""
    if stopping is None:
        return []
    rules = list(stopping) if isinstance(stopping, (list, tuple)) else [stopping]
    for rule in rules:
        if isinstance(rule, type) or not callable(rule):
            raise TypeError(
                f"stopping of {OWNER} must be a rule such as "
                "skbal.stopping.ScorePlateau(), a function of the loop, or a list of "
                f"them, got {rule!r}."
            )
    return rules


def n_taught(learner):
    """Return how many rows a learner was taught; of a committee, its best-taught."""
    members = getattr(learner, "learner_list", None) or [learner]
    known = [getattr(member, "X_training", None) for member in members]
    return max(0 if X is None else num_samples(X) for X in known)


def scored_estimator(learner):
    """Return what a scikit-learn scorer is called with."""
    return getattr(learner, "estimator", learner)


def _check_learner(loop):
    learner = loop.learner
    if isinstance(learner, type):
        raise TypeError(
            f"learner of {OWNER} must be a learner, such as "
            f"skbal.ActiveLearner(estimator), got the class {learner.__name__}."
        )
    missing = [name for name in ("query", "teach") if not hasattr(learner, name)]
    if missing:
        raise TypeError(
            f"learner of {OWNER} must have the methods query and teach, as a "
            f"skbal.ActiveLearner has, got {type(learner).__name__} without "
            f"{' and '.join(missing)}."
        )
    # A seed selects when the loop starts, and once.
    seeded = hasattr(loop.initial, "select") and not isinstance(loop.initial, type)
    n_initial = 1 if seeded else len(check_initial(loop))
    if not n_initial and not n_taught(learner):
        _check_fitted(learner)


def _check_fitted(learner):
    estimator = getattr(learner, "estimator", None)
    if not hasattr(estimator, "fit"):
        return  # no way to tell; its query will
    try:
        check_is_fitted(estimator)
    except NotFittedError as error:
        raise NotFittedError(
            f"learner of {OWNER} was taught nothing and initial is None: give the pool "
            "rows to label first, or a seed such as BalancedSeed()."
        ) from error


def _check_oracle(oracle, n_pool):
    if not callable(oracle):
        raise TypeError(
            f"oracle of {OWNER} must be callable with pool indices, such as "
            f"LabelOracle(y), got {type(oracle).__name__}."
        )
    if isinstance(oracle, LabelOracle) and num_samples(oracle.y) != n_pool:
        raise ValueError(
            f"oracle of {OWNER} must know the label of every pool row: X_pool has "
            f"{n_pool} rows, the LabelOracle {num_samples(oracle.y)} labels."
        )
    if isinstance(oracle, VoteOracle):
        n_fractions = num_samples(oracle.vote_fraction)
        if n_fractions != n_pool:
            raise ValueError(
                f"oracle of {OWNER} must know the vote fraction of every pool row: "
                f"X_pool has {n_pool} rows, the VoteOracle {n_fractions} fractions."
            )


def _check_test_set(X_test, y_test):
    if (X_test is None) != (y_test is None):
        missing, given = (
            ("X_test", "y_test") if X_test is None else ("y_test", "X_test")
        )
        raise ValueError(
            f"X_test and y_test of {OWNER} belong together, got {given} without "
            f"{missing}."
        )
    if X_test is not None and num_samples(X_test) != num_samples(y_test):
        raise ValueError(
            f"X_test and y_test of {OWNER} must have as many rows, got "
            f"{num_samples(X_test)} and {num_samples(y_test)}."
        )


def _check_scoring(loop):
    if loop.scoring is None:
        if loop.X_test is not None and not hasattr(loop.learner, "score"):
            raise TypeError(
                f"learner of {OWNER} has no method score: give scoring, such as "
                f'"accuracy"; got {type(loop.learner).__name__}.'
            )
        return
    check_scorer(scored_estimator(loop.learner), loop.scoring, OWNER)
    if loop.X_test is None:
        raise ValueError(
            f"scoring of {OWNER} is {loop.scoring!r}, but X_test and y_test are "
            "missing."
        )
