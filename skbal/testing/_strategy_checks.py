"""The promises of query strategies, one short check each."""

import contextlib
import inspect
import pickle

import joblib
import numpy as np
from sklearn.base import clone

from skbal._utils.random_streams import random_streams
from skbal.testing._run import NotApplicable, place
from skbal.testing._state import fresh_streams

_N_SEEDS = 10  # twenty equal rows come in the same order by chance once in 20**9


def _check_parameters(case):
    cls, names = type(case.given), list(case.given.get_params(deep=False))
    marks = {name: object() for name in names}
    takes_others = any(
        parameter.kind is parameter.VAR_KEYWORD
        for parameter in inspect.signature(cls).parameters.values()
    )
    case.require(
        not takes_others,
        "__init__ must name each parameter, such as random_state: clone and get_params "
        "leave out what is in **kwargs.",
    )
    promise = "__init__ must store its parameters unchanged, and not check them."
    try:
        marked = cls(**marks)
    except Exception as error:
        case.fail(f"{promise} Got {type(error).__name__}: {error}")
    for name in names:
        is_stored = getattr(marked, name, None) is marks[name]
        case.require(is_stored, f"{promise} {name} is not what was given.")
    try:
        twin = clone(case.given)
    except RuntimeError as error:
        case.fail(f"clone must work. Got {error}")
    case.require(repr(twin) == repr(case.given), f"A clone must be equal, got {twin}.")
    twin.set_params(**marks)
    wrong = [name for name in names if twin.get_params()[name] is not marks[name]]
    case.require(not wrong, f"set_params must set {', '.join(wrong)}.")


def _check_scores(case):
    scores = case.scores()
    must = f"score_pool must return a number for each of {case.n_pool} rows"
    case.require(
        isinstance(scores, np.ndarray) and scores.shape == (case.n_pool,),
        f"{must}, got {_kind(scores)}.",
    )
    case.require(scores.dtype == np.float64, f"{must} in float64, got {scores.dtype}.")
    bad = np.argwhere(~np.isfinite(scores))
    if len(bad):
        case.fail(
            f"Scores must be finite; {len(bad)} are not, the first at {place(bad[0])}."
        )


def _check_indices(case):
    for n_instances in (1, 2, case.some):
        _require_indices(case, case.choose(n_instances), n_instances, case.n_pool)


def _check_best_first(case):
    n_instances = case.some if case.scores_rows else 1
    chosen = case.choose(n_instances)
    case.require_same(
        case.reference[chosen],
        np.sort(case.reference)[::-1][:n_instances],
        "Rows must come in the order of their scores, highest first.",
        case.rounding,
    )


def _check_ties(case):
    _only_with(case, "random_state")
    X = case.equal_rows
    for what, seeds in (("Another", range(_N_SEEDS)), ("No", [None] * _N_SEEDS)):
        chosen = {int(case.choose(1, X, random_state=seed)[0]) for seed in seeds}
        case.require(
            len(chosen) > 1,
            f"{what} random_state must give another order of equal rows; {_N_SEEDS} "
            f"calls chose row {min(chosen)} of 20.",
        )


def _check_repeat(case):
    seeds = [(case.seed, case.seed)]
    promise = (
        "Without a parameter random_state, equal rows come in another order each time: "
        "name it in __init__. The same call must give the same"
    )
    if case.has("random_state"):
        seeds.append([np.random.default_rng(case.seed) for _ in range(2)])
        promise = "The same random_state must give the same"
    for pair in seeds:
        given = [{"random_state": s} if case.has("random_state") else {} for s in pair]
        one, two = (case.choose(case.some, **parameters) for parameters in given)
        _require_same_rows(case, two, one, promise)
    promise = "The same random_state must give the same scores."
    case.require_same(case.scores(), case.reference, promise, case.rounding)


def _check_order(case):
    _require_no_position(case)
    order = np.random.default_rng(0).permutation(case.n_pool)
    scores = case.scores(case.rows(order))
    promise = "Scores must not depend on the order of the rows."
    case.require_same(scores, case.reference[order], promise, case.rounding)


def _check_chunks(case):
    _only_with(case, "batch_size")
    expected = case.choose(case.some)
    for batch_size in (1, 7):
        _require_no_influence(case, expected, batch_size=batch_size)


def _check_workers(case):
    _only_with(case, "n_jobs")
    _require_no_influence(case, case.choose(case.some), n_jobs=2)


def _check_subsample(case):
    _only_with(case, "pool_subsample")
    size = case.some
    chosen = case.choose(size, pool_subsample=size)
    _require_indices(case, chosen, size, case.n_pool)
    seeds = range(_N_SEEDS) if case.has("random_state") else [None] * _N_SEEDS
    sets = {
        tuple(np.sort(case.choose(size, pool_subsample=size, **_seeded(case, seed))))
        for seed in seeds
    }
    case.require(
        len(sets) > 1,
        f"pool_subsample={size} must consider random rows; {_N_SEEDS} calls chose the "
        f"same rows.",
    )
    promise = f"n_instances={size + 1} with pool_subsample={size} must be a ValueError."
    error = _error(case, promise, lambda: case.choose(size + 1, pool_subsample=size))
    _require_numbers(case, error, promise, size + 1, size)


def _check_one_row(case):
    chosen = case.choose(1, case.rows([0]))
    _require_indices(case, chosen, 1, 1)


def _check_all_rows(case):
    chosen = case.choose(case.n_pool)
    _require_indices(case, chosen, case.n_pool, case.n_pool)


def _check_too_many(case):
    n_instances = case.n_pool + 1
    promise = f"n_instances={n_instances} of {case.n_pool} rows must be a ValueError."
    error = _error(case, promise, lambda: case.choose(n_instances))
    _require_numbers(case, error, promise, n_instances, case.n_pool)


def _check_empty(case):
    empty = case.rows([])
    for what, call in (
        ("A call with", lambda: case.choose(1, empty)),
        ("score_pool of", lambda: case.scores(empty)),
    ):
        _error(case, f"{what} an empty pool must be a ValueError.", call)


def _check_n_instances(case):
    for value in (0, -1, 2.5, True):
        promise = f"n_instances={value} must be a ValueError or a TypeError."
        kinds = (ValueError, TypeError)
        _error(case, promise, lambda value=value: case.choose(value), kinds)


def _check_unchanged(case):
    before = joblib.hash(case.X)
    strategy = case.new()
    parameters = strategy.get_params(deep=False)
    strategy(case.estimator, case.X, case.some)
    strategy.score_pool(case.estimator, case.X)
    case.require(joblib.hash(case.X) == before, "The pool must not change.")
    after = strategy.get_params(deep=False)
    changed = [name for name in parameters if after[name] is not parameters[name]]
    case.require(not changed, f"Parameters must not change: {', '.join(changed)}.")


def _check_streams(case):
    with fresh_streams():
        before = random_streams()
        case.choose(case.some)
        case.scores()
        with contextlib.suppress(Exception):
            case.choose(case.n_pool + 1)
        with contextlib.suppress(Exception):
            case.scores(case.rows([]))
        after = random_streams()
    moved = [name for name in before if before[name] != after[name]]
    case.require(
        not moved, f"The global random stream of {' and '.join(moved)} must not move."
    )


def _check_pickle(case):
    expected = case.choose(case.some)
    strategy = pickle.loads(pickle.dumps(case.new()))
    chosen = strategy(case.estimator, case.X, case.some)
    _require_same_rows(case, chosen, expected, "A pickled copy must choose the same")


def _check_learner(case):
    if hasattr(case.estimator, "X_training"):
        raise NotApplicable("it was given a learner")
    expected = case.choose(case.some)
    chosen = case.choose(case.some, estimator=_Learner(case.estimator))
    promise = "A learner that holds the estimator must give the same"
    _require_same_rows(case, chosen, expected, promise)


STRATEGY_CHECKS = {
    "parameters": _check_parameters,
    "scores": _check_scores,
    "indices": _check_indices,
    "best_first": _check_best_first,
    "ties": _check_ties,
    "repeat": _check_repeat,
    "order": _check_order,
    "chunks": _check_chunks,
    "workers": _check_workers,
    "subsample": _check_subsample,
    "one_row": _check_one_row,
    "all_rows": _check_all_rows,
    "too_many": _check_too_many,
    "empty": _check_empty,
    "n_instances": _check_n_instances,
    "unchanged": _check_unchanged,
    "streams": _check_streams,
    "pickle": _check_pickle,
    "learner": _check_learner,
}


class _Learner:
    """Holds a fitted estimator, as learners of modAL and skbal do."""

    def __init__(self, estimator):
        self.estimator = estimator

    def teach(self, X, y):
        """Do nothing: by this method a learner is known."""

    def __getattr__(self, name):
        if name in ("predict", "predict_proba"):
            return getattr(self.estimator, name)
        raise AttributeError(name)


def _only_with(case, name):
    if not case.has(name):
        raise NotApplicable(f"it has no parameter {name}")


def _seeded(case, seed):
    return {"random_state": seed} if case.has("random_state") else {}


def _require_indices(case, chosen, n_instances, n_pool):
    must = f"A call must return {n_instances} different positions in {n_pool} rows"
    is_array = isinstance(chosen, np.ndarray) and chosen.dtype.kind in "iu"
    case.require(is_array, f"{must}, as integers in an ndarray, got {_kind(chosen)}.")
    case.require(chosen.shape == (n_instances,), f"{must}, got {_kind(chosen)}.")
    outside = chosen[(chosen < 0) | (chosen >= n_pool)]
    case.require(not len(outside), f"{must}, got {outside[:1]} outside of them.")
    values, counts = np.unique(chosen, return_counts=True)
    case.require(counts.max() == 1, f"{must}, got {values[counts > 1][:1]} twice.")


def _require_same_rows(case, chosen, expected, promise):
    differs = np.flatnonzero(np.asarray(chosen) != np.asarray(expected))
    if len(differs):
        first = differs[0]
        case.fail(
            f"{promise} rows; {len(differs)} of {len(expected)} differ, the first at "
            f"place {first}: {chosen[first]} for {expected[first]}."
        )


def _require_no_influence(case, expected, **parameters):
    ((name, value),) = parameters.items()
    promise = f"{name}={value} must not change the scores."
    case.require_same(case.scores(**parameters), case.reference, promise, case.rounding)
    chosen = case.choose(case.some, **parameters)
    _require_same_rows(case, chosen, expected, f"{name}={value} must give the same")


def _require_no_position(case):
    """Fail if the scores depend on the position, skip if they do so at random."""
    scores = case.scores(case.equal_rows)
    if np.ptp(scores) <= max(case.rounding, case.tolerance * np.abs(scores).max()):
        return
    if case.has("random_state"):
        others = case.scores(case.equal_rows, random_state=case.seed + 1)
        if not np.array_equal(np.argsort(others), np.argsort(scores)):
            raise NotApplicable("scores of equal rows differ at random")
    case.fail(
        f"Equal rows must have equal scores, got {scores.min():.6g} to "
        f"{scores.max():.6g}."
    )


def _error(case, promise, call, kinds=(ValueError,)):
    """Return the error that a call raises; fail if it raises none or another."""
    try:
        call()
    except kinds as error:
        return error
    except Exception as error:
        case.fail(f"{promise} Got {type(error).__name__}: {error}")
    case.fail(f"{promise} Nothing was raised.")


def _require_numbers(case, error, promise, *numbers):
    missing = [n for n in numbers if str(n) not in str(error)]
    case.require(
        not missing, f"{promise} The message must name both numbers, got: {error}"
    )


def _kind(value):
    if isinstance(value, np.ndarray):
        return f"shape {value.shape}, dtype {value.dtype}"
    return type(value).__name__
