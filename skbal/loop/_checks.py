"""What a loop must be before it starts; each message names the argument."""

from sklearn.exceptions import NotFittedError
from sklearn.metrics import check_scoring
from sklearn.utils.validation import _num_samples, check_is_fitted

from skbal._utils.indices import check_indices
from skbal._utils.pools import n_rows
from skbal._utils.validation import check_count, check_n_instances
from skbal.oracles import LabelOracle

OWNER = "ActiveLearningLoop"


def check_loop(loop):
    """Raise a TypeError or a ValueError if a parameter of the loop is wrong."""
    n_pool = n_rows(loop.X_pool)
    check_n_instances(loop.n_instances, n_pool, OWNER)
    check_count(loop.n_queries, "n_queries", OWNER, smallest=0)
    initial = check_initial(loop.initial, n_pool)
    _check_learner(loop.learner, len(initial))
    _check_oracle(loop.oracle, n_pool)
    _check_test_set(loop.X_test, loop.y_test)
    _check_scoring(loop)


def check_initial(initial, n_pool):
    """Return the rows to label first as an integer array, empty for None."""
    return check_indices([] if initial is None else initial, n_pool, "initial", OWNER)


def n_taught(learner):
    """Return how many rows a learner was taught; of a committee, its best-taught."""
    members = getattr(learner, "learner_list", None) or [learner]
    known = [getattr(member, "X_training", None) for member in members]
    return max(0 if X is None else _num_samples(X) for X in known)


def scored_estimator(learner):
    """Return what a scikit-learn scorer is called with."""
    return getattr(learner, "estimator", learner)


def _check_learner(learner, n_initial):
    missing = [name for name in ("query", "teach") if not hasattr(learner, name)]
    if missing:
        raise TypeError(
            f"learner of {OWNER} must have the methods query and teach, as a "
            f"skbal.ActiveLearner has, got {type(learner).__name__} without "
            f"{' and '.join(missing)}."
        )
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
            "rows to label first, for instance BalancedSeed().select(X_pool, y)."
        ) from error


def _check_oracle(oracle, n_pool):
    if not callable(oracle):
        raise TypeError(
            f"oracle of {OWNER} must be callable with pool indices, such as "
            f"LabelOracle(y), got {type(oracle).__name__}."
        )
    if isinstance(oracle, LabelOracle) and _num_samples(oracle.y) != n_pool:
        raise ValueError(
            f"oracle of {OWNER} must know the label of every pool row: X_pool has "
            f"{n_pool} rows, the LabelOracle {_num_samples(oracle.y)} labels."
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
    if X_test is not None and _num_samples(X_test) != _num_samples(y_test):
        raise ValueError(
            f"X_test and y_test of {OWNER} must have as many rows, got "
            f"{_num_samples(X_test)} and {_num_samples(y_test)}."
        )


def _check_scoring(loop):
    if loop.scoring is None:
        if loop.X_test is not None and not hasattr(loop.learner, "score"):
            raise TypeError(
                f"learner of {OWNER} has no method score: give scoring, such as "
                f'"accuracy"; got {type(loop.learner).__name__}.'
            )
        return
    if not (isinstance(loop.scoring, str) or callable(loop.scoring)):
        raise TypeError(
            f"scoring of {OWNER} must be the name of a scorer, a callable or None, got "
            f"{loop.scoring!r} ({type(loop.scoring).__name__})."
        )
    if loop.X_test is None:
        raise ValueError(
            f"scoring of {OWNER} is {loop.scoring!r}, but X_test and y_test are "
            "missing."
        )
    check_scoring(scored_estimator(loop.learner), scoring=loop.scoring)
