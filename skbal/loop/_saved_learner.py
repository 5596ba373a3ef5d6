"""A learner in the file of its loop: its rows, its parameters and its model."""

import inspect
import tempfile
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from skbal._utils.fitted import is_fitted, was_fitted
from skbal._utils.multilabel import (
    answers_of_labels,
    is_multilabel,
    probability_of_yes,
)
from skbal._utils.plain_parts import Packer, first_difference, set_state, unpacked
from skbal._utils.row_keys import row_keys
from skbal._utils.warn import warn
from skbal.exceptions import TeachingWarning
from skbal.loop._checks import OWNER

WEIGHTS = "weights.safetensors"
_PICKLE = "joblib.dump(loop, path) saves it as it is, as a pickle."
_N_PROBED = 16


# -------------------------------------------------------------------------- to save


def packed_learner(learner, pool, packer):
    """Return a learner as plain data, and the files beside it.

    Parameters
    ----------
    learner : object
        The learner of a loop.
    pool : Pool
        Its rows are given again, so that they need not be in the file.
    packer : Packer
        Takes the arrays. It has packed nothing yet.

    Returns
    -------
    plain : dict
    files : dict of str to bytes
        The weights of a network.

    Raises
    ------
    TypeError, ValueError
        If the learner could not be the same when it is loaded. The message says why.
    """
    if not hasattr(learner, "_kept"):
        raise TypeError(
            f"learner of {OWNER} must be a skbal.ActiveLearner to be saved without "
            f"pickle, got {type(learner).__name__}. {_PICKLE}"
        )
    plain = {"learner": packer.pack(learner, "")}
    others = list(packer.others)
    estimator, kept = learner.estimator, learner._kept()
    # A Gaussian process that was never fitted predicts its prior.
    fitted = is_fitted(estimator) and (len(kept["taught"]) or was_fitted(estimator))
    model = _how_to_restore(estimator, kept["taught"]) if fitted else "unfitted"
    rows = {name: _pieces(part, pool, packer, name) for name, part in kept.items()}
    files = {WEIGHTS: _weights_of(estimator)} if model == "weights" else {}
    return {
        **plain,
        "others": others,
        "rows": rows,
        "model": model,
        "probe": _probe(estimator, pool, packer) if fitted else None,
    }, files


def _how_to_restore(estimator, taught):
    """Return "weights" or "refit", or raise an error if the model would be another."""
    name, has_weights = type(estimator).__name__, hasattr(estimator, "save_weights")
    if not len(taught) and not has_weights:
        raise ValueError(
            f"learner of {OWNER} cannot be saved without pickle: its {name} was "
            "fitted to rows that the learner was not taught, so it could not be "
            f"fitted again. Give them as X_training and y_training. {_PICKLE}"
        )
    for parameter, value in sorted(_parameters(estimator).items()):
        last = parameter.rpartition("__")[2]
        goes_on = parameter == "warm_start" and _saves_optimizer(estimator)
        if last == "warm_start" and value and not goes_on:
            raise ValueError(
                f"learner of {OWNER} cannot be saved without pickle: {parameter} of "
                f"its {name} is {value!r}, so its next fit depends on all earlier "
                f"ones, and not on its rows and weights alone. {_PICKLE}"
            )
        if last == "random_state" and isinstance(value, _STREAMS):
            raise ValueError(
                f"learner of {OWNER} cannot be saved without pickle: {parameter} of "
                f"its {name} is a {type(value).__name__} that has moved on since the "
                f"last fit. Use an integer. {_PICKLE}"
            )
    return "weights" if has_weights else "refit"


def _saves_optimizer(estimator):
    """Return whether the file of weights may hold all that the next fit depends on."""
    # Callbacks, such as a plan of learning rates, may remember more.
    if not hasattr(estimator, "save_weights") or getattr(estimator, "callbacks", None):
        return False
    return "optimizer" in inspect.signature(estimator.save_weights).parameters


_STREAMS = (np.random.RandomState, np.random.Generator)


def _parameters(estimator):
    has_parameters = hasattr(estimator, "get_params")
    return estimator.get_params(deep=True) if has_parameters else {}


def _weights_of(estimator):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, WEIGHTS)
        goes_on = getattr(estimator, "warm_start", False)
        estimator.save_weights(path, **({"optimizer": True} if goes_on else {}))
        return path.read_bytes()


def _pieces(rows, pool, packer, name):
    """Return runs of rows that are from the pool, or not, as plain data."""
    if not len(rows):
        return []
    from_pool = _are_from_pool(rows, pool)
    runs = np.split(np.arange(len(rows)), np.flatnonzero(np.diff(from_pool)) + 1)
    pieces = []
    for run in runs:
        part, inside = rows.only(run), bool(from_pool[run[0]])
        per_row = {key: np.asarray(value) for key, value in part.per_row.items()}
        pieces.append({
            "indices": packed(packer, part.indices, name),
            "X": None if inside else _packed_rows(packer, part.X, name),
            "y": packed(packer, np.asarray(part.y), f"labels of {name}"),
            "per_row": packed(packer, per_row, name),
        })  # fmt: skip
    return pieces


def _are_from_pool(rows, pool):
    """Return for each row whether it is the row of the pool that its index says."""
    result = rows.indices >= 0
    inside = np.flatnonzero(result)
    if not len(inside):
        return result
    try:
        here = row_keys(pool.rows(rows.indices[inside]))
    except (IndexError, ValueError):
        here = None  # indices into another pool
    there = row_keys(rows.only(inside).X)
    result[inside] = here is not None and here == there
    return result


def _packed_rows(packer, X, name):
    if sp.issparse(X):
        X = X.tocsr()
        parts = {"data": X.data, "indices": X.indices, "indptr": X.indptr}
        parts = {key: packed(packer, part, name) for key, part in parts.items()}
        return {"csr": [parts, list(X.shape)]}
    if isinstance(X, (np.ndarray, list, tuple)):
        return packed(packer, np.asarray(X), name)
    raise TypeError(
        f"learner of {OWNER} cannot be saved without pickle: it was {name} rows of "
        f"the kind {type(X).__name__} that are not those of X_pool. {_PICKLE}"
    )


def packed(packer, value, name):
    """Return plain data, or raise a TypeError if there is no plain form.

    Parameters
    ----------
    packer : Packer
        Takes the arrays.
    value : object
        Anything.
    name : str
        What it is, for the message.

    Returns
    -------
    plain : object
    """
    n_others = len(packer.others)
    packer.fitted, before = True, packer.fitted
    plain = packer.pack(value, name)
    packer.fitted = before
    if len(packer.others) > n_others:
        raise TypeError(
            f"{OWNER} cannot be saved without pickle: {packer.others[n_others]} has "
            f"no plain form (numbers, strings, arrays of them). {_PICKLE}"
        )
    return plain


def _probe(estimator, pool, packer):
    """Return what a model predicts for some rows, to be compared after loading."""
    predicted = _predictions(estimator, pool) if _is_seeded(estimator) else None
    return None if predicted is None else packed(packer, predicted, "predictions")


def _is_seeded(estimator):
    return all(
        isinstance(value, (int, np.integer))
        for name, value in _parameters(estimator).items()
        if name.rpartition("__")[2] == "random_state"
    )


def _predictions(estimator, pool):
    rows = np.unique(np.linspace(0, pool.n_pool - 1, _N_PROBED).astype(np.intp))
    name = "predict_proba" if hasattr(estimator, "predict_proba") else "predict"
    if not hasattr(estimator, name):
        return None
    predicted = getattr(estimator, name)(pool.rows(rows))
    if isinstance(predicted, list) and is_multilabel(estimator):
        # A label of which one answer is known has fewer columns than the others.
        predicted = probability_of_yes(predicted, answers_of_labels(estimator))
    predicted = np.asarray(predicted)
    return predicted if predicted.dtype.kind in "biufU" else None


# -------------------------------------------------------------------------- to load


def learner_from(saved, arrays, streams, learner):
    """Return a learner that has been taught nothing yet.

    Parameters
    ----------
    saved : dict
        As `packed_learner` returned it.
    arrays : list of ndarray
        The arrays that it refers to.
    streams : dict of int to object
        Random streams by their numbers.
    learner : object or None
        The user's learner. None makes one from the file.

    Returns
    -------
    learner : object

    Raises
    ------
    ValueError
        If the learner has parts that are not made again from a file.
    """
    if learner is not None:
        packer = Packer()
        packer.pack(learner, "")
        streams.update(enumerate(packer.streams))
        return learner
    if saved["others"]:
        raise ValueError(
            f"learner of {OWNER}.load is needed: its parts "
            f"{', '.join(saved['others'][:5])} are not made again from a file, because "
            "they are functions, classes of your own or the like. Give a new learner "
            "that is made by the same code."
        )
    return unpacked(saved["learner"], arrays, streams)


def check_same_learner(saved, arrays, learner, packer):
    """Raise an error unless a learner has the parameters of the one that was saved.

    The random streams among them then take the states that are in the file.

    Parameters
    ----------
    saved : dict
        As `packed_learner` returned it.
    arrays : list of ndarray
        The arrays that it refers to.
    learner : object
        The user's learner.
    packer : Packer
        A new one.

    Raises
    ------
    ValueError
        If a parameter differs. The message names it.
    """
    now = packer.pack(learner, "")
    words = first_difference((saved["learner"], arrays), (now, packer.arrays))
    if words is not None:
        raise ValueError(
            f"learner of {OWNER}.load must be made as the one that was saved, "
            f"but {words}."
        )
    states = list(_states_in(saved["learner"]))
    for stream, state in zip(packer.streams, states):
        set_state(stream, unpacked(state, arrays))


def _states_in(plain):
    """Yield the states of the random streams in plain data, in their order."""
    if isinstance(plain, list):
        for part in plain:
            yield from _states_in(part)
    elif isinstance(plain, dict):
        if "state" in plain and "stream" in plain:
            yield plain["state"]
        else:
            for part in plain.values():
                yield from _states_in(part)


def rows_from(saved, arrays, pool):
    """Return the rows that a learner kept, as `LearnerMixin._keep` takes them.

    Parameters
    ----------
    saved : dict
        As `packed_learner` returned it.
    arrays : list of ndarray
        The arrays that it refers to.
    pool : Pool
        The pool.

    Returns
    -------
    kept : dict of str to list of dict
    """
    return {
        name: [_piece_from(piece, arrays, pool) for piece in pieces]
        for name, pieces in saved["rows"].items()
    }


def _piece_from(piece, arrays, pool):
    indices = unpacked(piece["indices"], arrays)
    X = piece["X"]
    if X is None:
        X = pool.rows(indices)
    elif isinstance(X, dict) and "csr" in X:
        parts, shape = X["csr"]
        parts = {key: unpacked(part, arrays) for key, part in parts.items()}
        parts = parts["data"], parts["indices"], parts["indptr"]
        X = sp.csr_matrix(parts, shape=tuple(shape))
    else:
        X = unpacked(X, arrays)
    return {
        "X": X,
        "y": unpacked(piece["y"], arrays),
        "indices": indices,
        "per_row": unpacked(piece["per_row"], arrays),
    }


def load_weights(estimator, content):
    """Load weights that are in the file of a loop into an estimator."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, WEIGHTS)
        path.write_bytes(content)
        estimator.load_weights(path)


def check_probe(saved, arrays, estimator, pool):
    """Warn if the model of a loaded loop predicts otherwise than the one saved.

    Parameters
    ----------
    saved : dict
        As `packed_learner` returned it.
    arrays : list of ndarray
        The arrays that it refers to.
    estimator : estimator
        The learner's estimator, fitted.
    pool : Pool
        The pool.

    Warns
    -----
    TeachingWarning
        If predictions differ by more than 1e-4.
    """
    if saved["probe"] is None:
        return
    before, now = unpacked(saved["probe"], arrays), _predictions(estimator, pool)
    if before.shape == now.shape and _close(before, now):
        return
    warn(
        f"The {type(estimator).__name__} of the loaded {OWNER} predicts "
        "otherwise than the one that was saved, although it has the same parameters "
        "and rows, so it may ask other questions. It may have been fitted by hand, "
        "or computed by other versions of the libraries.",
        TeachingWarning,
    )


def _close(before, now):
    if before.dtype.kind == "U" or now.dtype.kind == "U":
        return np.array_equal(before, now)
    return np.allclose(before, now, rtol=1e-4, atol=1e-4, equal_nan=True)
