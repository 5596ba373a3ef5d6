"""Checks of a loop before it starts. Each message names the argument."""

import numpy as np
from sklearn import get_config
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline

from skbal._utils._sklearn import num_samples
from skbal._utils.arrays import check_length_known, refuse_sparse_column
from skbal._utils.fitted import is_fitted
from skbal._utils.indices import check_indices
from skbal._utils.initial import initial_rows, selects_rows
from skbal._utils.parameters import check_parameters
from skbal._utils.pools import n_rows
from skbal._utils.scoring import check_scorer
from skbal._utils.unanswered import unanswered
from skbal._utils.validation import check_n_instances
from skbal._utils.weights import check_pool_weights
from skbal.oracles import LabelOracle, VoteOracle

OWNER = "ActiveLearningLoop"


def check_loop(loop):
    """Raise a TypeError or a ValueError if a parameter of the loop is wrong."""
    check_parameters(loop)
    _check_parts(loop.learner)
    n_pool = _n_pool(loop)
    candidates = check_candidates(loop)
    if candidates is None:
        check_n_instances(loop.n_instances, n_pool, OWNER)
    else:
        pool = "the part of X_pool in candidates"
        check_n_instances(loop.n_instances, len(candidates), OWNER, pool)
    _check_oracle_knows(loop.oracle, n_pool)
    _check_learner_knows(loop)
    _check_asks_once(loop.learner)
    check_pool_weights(loop.sample_weight, n_pool, OWNER)
    _check_test_set(loop.X_test, loop.y_test)
    _check_scoring(loop)


def _n_pool(loop):
    return n_rows(loop.X_pool, f"X_pool of {OWNER}")


def check_candidates(loop):
    """Return the rows that may be asked about, in ascending order; None for all."""
    if loop.candidates is None:
        return None
    rows = check_indices(loop.candidates, _n_pool(loop), "candidates", OWNER)
    return np.sort(rows)


def first_rows(loop):
    """Return the rows to label first, none for ``initial=None``."""
    y = getattr(loop.oracle, "y", None)
    return initial_rows(loop.initial, loop.X_pool, y, OWNER, check_candidates(loop))


def check_learner(learner, name, owner):
    """Raise an error unless the learner has the methods that a loop calls."""
    if isinstance(learner, type):
        raise TypeError(
            f"{name} of {owner} must be a learner, such as "
            f"skbal.ActiveLearner(estimator), got the class {learner.__name__}."
        )
    missing = [method for method in ("query", "teach") if not hasattr(learner, method)]
    if missing:
        raise TypeError(
            f"{name} of {owner} must have the methods query and teach, as a "
            f"skbal.ActiveLearner has, got {type(learner).__name__} without "
            f"{' and '.join(missing)}."
        )


def check_oracle(oracle, name, owner):
    """Raise an error unless the oracle can be called."""
    if isinstance(oracle, type):
        raise TypeError(
            f"{name} of {owner} must be an oracle, such as LabelOracle(y), got the "
            f"class {oracle.__name__}."
        )
    if not callable(oracle):
        raise TypeError(
            f"{name} of {owner} must be callable with pool indices, such as "
            f"LabelOracle(y), got {type(oracle).__name__}."
        )


def check_stopping(stopping, name, owner):
    """Raise an error unless these are one or several rules."""
    for rule in stopping_rules(stopping):
        if isinstance(rule, type) or not callable(rule):
            raise TypeError(
                f"{name} of {owner} must be a rule such as "
                "skbal.stopping.ScorePlateau(), a function of the loop, or a list of "
                f"them, got {rule!r}."
            )
        if hasattr(rule, "_parameter_rules"):
            check_parameters(rule)


def stopping_rules(stopping):
    """Return the stopping rules as a list."""
    if stopping is None:
        return []
    return list(stopping) if isinstance(stopping, (list, tuple)) else [stopping]


def members_of(learner):
    """Return the members of a committee, or the learner itself, as a list."""
    return getattr(learner, "learner_list", None) or [learner]


def known_labels(learner):
    """Return labels that a learner was taught, None if it tells of none.

    In a committee, those of the first member count.
    """
    return getattr(members_of(learner)[0], "y_training", None)


def n_taught(learner):
    """Return the number of rows a learner was taught.

    In a committee, the member that was taught most rows counts.
    """
    known = [getattr(member, "X_training", None) for member in members_of(learner)]
    return max(0 if X is None else num_samples(X) for X in known)


def parts_of(strategy):
    """Return a strategy and its parameters, those of wrapped strategies included."""
    if isinstance(strategy, type) or not hasattr(strategy, "get_params"):
        return [strategy]
    return [strategy, *strategy.get_params(deep=True).values()]


def weight_name(estimator):
    """Return the name of the weights among the arguments of an estimator's ``fit``.

    A pipeline gives its last step what bears this step's name, unless metadata are
    routed.
    """
    routed = get_config()["enable_metadata_routing"]
    if isinstance(estimator, Pipeline) and not routed:
        return f"{estimator.steps[-1][0]}__sample_weight"
    return "sample_weight"


def scored_estimator(learner):
    """Return what a scikit-learn scorer is called with."""
    return getattr(learner, "estimator", learner)


def _check_parts(learner):
    """Raise an error if a parameter of what the loop will use is wrong."""
    for member in members_of(learner):
        if hasattr(member, "_checked_strategy"):  # not a learner of modAL's own
            check_parameters(member)
            member._checked_strategy()
        strategy = getattr(member, "query_strategy", None)
        for part in (*parts_of(strategy), getattr(member, "label_filter", None)):
            if hasattr(part, "_parameter_rules"):
                check_parameters(part)


def _check_learner_knows(loop):
    # An object that selects rows does so once, when the loop starts.
    has_initial = selects_rows(loop.initial) or len(first_rows(loop))
    if not has_initial and not n_taught(loop.learner):
        _check_fitted(loop.learner)


def _check_fitted(learner):
    # What cannot be told here, the learner's query raises.
    if not is_fitted(getattr(learner, "estimator", None)):
        raise NotFittedError(
            f"learner of {OWNER} was taught nothing and initial is None: give indices "
            "of rows to label first, or an object that selects them such as "
            "BalancedSeed()."
        )


def _check_asks_once(learner):
    """Raise a ValueError if a strategy holds answers about rows of the whole pool."""
    for member in members_of(learner):
        for part in parts_of(getattr(member, "query_strategy", None)):
            if getattr(part, "asks_again", False):
                raise ValueError(
                    f"query_strategy of the learner of {OWNER} must not be a "
                    f"{type(part).__name__} with answers, which are about rows of the "
                    f"whole pool. {OWNER} takes a row from its pool once it was asked "
                    "about, and the numbers of the rows behind it change. Write the "
                    "loop yourself, or leave answers at None."
                )


def _check_oracle_knows(oracle, n_pool):
    if isinstance(oracle, LabelOracle) and oracle.n_pool != n_pool:
        raise ValueError(
            f"oracle of {OWNER} must know the label of every pool row: X_pool has "
            f"{n_pool} rows, the {type(oracle).__name__} {oracle.n_pool} labels."
        )
    if isinstance(oracle, VoteOracle) and oracle.n_pool != n_pool:
        raise ValueError(
            f"oracle of {OWNER} must know the vote fraction of every pool row: X_pool "
            f"has {n_pool} rows, the VoteOracle {oracle.n_pool} fractions."
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
    refuse_sparse_column(y_test, f"y_test of {OWNER}")
    for values, name in ((X_test, "X_test"), (y_test, "y_test")):
        check_length_known(values, f"{name} of {OWNER}")
    if X_test is not None and num_samples(X_test) != num_samples(y_test):
        raise ValueError(
            f"X_test and y_test of {OWNER} must have the same number of rows, got "
            f"{num_samples(X_test)} and {num_samples(y_test)}."
        )
    if y_test is not None:
        _check_no_gap(y_test)


def _check_no_gap(y_test):
    # Beside text in a list, NumPy makes the text "nan" of a NaN, a class of its own.
    # Rows of several labels are left to the score, which may leave out missing ones.
    if not isinstance(y_test, (list, tuple)) and np.ndim(y_test) != 1:
        return
    rows = np.flatnonzero(unanswered(y_test))
    if rows.size:
        label = list(y_test)[rows[0]]
        raise ValueError(
            f"y_test of {OWNER} must have a label for each row, got {label!r} in row "
            f"{rows[0]}."
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
