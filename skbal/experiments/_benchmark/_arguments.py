"""What `benchmark` takes: the model, the strategies and the tables, checked."""

import re
from collections.abc import Mapping

import numpy as np

from skbal._utils.arrays import as_array
from skbal._utils.labels import check_classes
from skbal._utils.provenance import described
from skbal._utils.tags import regresses
from skbal._utils.unanswered import unanswered
from skbal._utils.validation import as_numbers, check_fits, check_option
from skbal.experiments._benchmark._declared import BETWEEN
from skbal.experiments._benchmark._models import MODELS
from skbal.experiments._benchmark._strategies import default_strategies
from skbal.experiments._benchmark._tables import (
    CLASSIFICATION,
    OWN,
    REGRESSION,
    as_table,
    known_tables,
    load_tables,
)

OWNER = "benchmark"


def check_model(model):
    """Return the name, the estimator, the task, and what a file notes of a model.

    Parameters
    ----------
    model : str or estimator
        One of `MODELS`, or an estimator.

    Returns
    -------
    name : str
        In lower-case letters and digits.
    estimator : estimator
    task : {"classification", "regression"}
    noted : str
        The name, or the estimator with all of its parameters.
    """
    if isinstance(model, str):
        check_option(model, "model", tuple(MODELS), OWNER)
        return model, MODELS[model].estimator, MODELS[model].task, model
    check_fits(model, OWNER)
    name = re.sub("[^a-z0-9]", "", type(model).__name__.lower())
    task = REGRESSION if regresses(model) else CLASSIFICATION
    return name, model, task, described(model)


def check_strategies(strategies, task, reference):
    """Return the strategies by name, with the reference.

    Parameters
    ----------
    strategies : None, dict of str to strategy or list of str and strategies
        What `benchmark` was given.
    task : {"classification", "regression"}
        The task.
    reference : str
        Name of the reference, which is added if it is missing.

    Returns
    -------
    named : dict of str to QueryStrategy

    Raises
    ------
    TypeError, ValueError
        If one is no strategy, a name is not known, or two have the same name.
    """
    known = default_strategies(task)
    if strategies is None:
        named = dict(known)
    elif isinstance(strategies, Mapping):
        named = dict(strategies)
    elif isinstance(strategies, (list, tuple)):
        named = _by_name(strategies, known)
    else:
        raise TypeError(
            f"strategies of {OWNER} must be a dict of names to query strategies, or a "
            f"list of strategies and names, got {strategies!r:.60}."
        )
    if isinstance(reference, str) and reference in known:
        named.setdefault(reference, known[reference])
    if not isinstance(reference, str) or reference not in named:
        raise ValueError(
            f"reference of {OWNER} must be the name of one of the strategies "
            f"{', '.join(map(repr, named))}, got {reference!r}."
        )
    for name, strategy in named.items():
        _check_strategy(name, strategy)
    # Last, so that a repeat of the reference is complete after those of the others.
    return named | {reference: named.pop(reference)}


def _by_name(strategies, known):
    named = {}
    for strategy in strategies:
        if isinstance(strategy, str):
            check_option(strategy, "strategies", tuple(known), OWNER)
            name, strategy = strategy, known[strategy]
        else:
            name = getattr(strategy, "__name__", type(strategy).__name__)
        if name in named:
            raise ValueError(
                f"strategies of {OWNER} must have different names, got {name!r} twice. "
                "Give a dict of names to strategies."
            )
        named[name] = strategy
    return named


def _check_strategy(name, strategy):
    check_name(name, "strategies")
    if isinstance(strategy, type) or not callable(strategy):
        raise TypeError(
            f"strategies of {OWNER} for {name!r} must be a query strategy such as "
            f"skbal.query.BALD(), got {strategy!r:.60}."
        )


def check_name(name, argument):
    """Raise an error unless a name of a strategy or a table can stand in a file."""
    if not isinstance(name, str) or not name.strip() or BETWEEN.strip() in name:
        raise ValueError(
            f"{argument} of {OWNER} must have strings without {BETWEEN.strip()!r} as "
            f"names, got {name!r}."
        )


def check_tables(tables, task, folder):
    """Return the tables by name.

    Parameters
    ----------
    tables : None, dict of str to (X, y) or list of str
        What `benchmark` was given.
    task : {"classification", "regression"}
        The task.
    folder : str, os.PathLike or None
        The folder of files of tables.

    Returns
    -------
    tables : dict of str to Table

    Raises
    ------
    TypeError, ValueError
        If one is no table, or a name is not known.
    FileNotFoundError
        If the file of a named table is missing.
    """
    if tables is None:
        return load_tables(task, folder)
    if isinstance(tables, Mapping) and tables:
        return {name: _own_table(name, pair, task) for name, pair in tables.items()}
    if not isinstance(tables, (list, tuple)) or not tables:
        raise TypeError(
            f"tables of {OWNER} must be a list of names or a dict of names to pairs "
            f"(X, y), got {tables!r:.60}."
        )
    for name in tables:
        check_option(name, "tables", tuple(known_tables(task)), OWNER)
    return load_tables(task, folder, list(tables))


def _own_table(name, pair, task):
    check_name(name, "tables")
    what = f"tables of {OWNER} for {name!r} must be a pair (X, y)"
    if not isinstance(pair, (list, tuple)) or len(pair) != 2:
        raise TypeError(f"{what}, got {type(pair).__name__}.")
    X, y = (
        as_array(part, f"{of_pair} of the table {name!r} given to {OWNER}")
        for of_pair, part in zip("Xy", pair)
    )
    if X.ndim != 2 or y.ndim != 1 or len(X) != len(y):
        raise ValueError(
            f"{what} with shapes (n_samples, n_features) and (n_samples,), got "
            f"{X.shape} and {y.shape}."
        )
    if X.dtype.kind not in "biuf" or not np.isfinite(X.astype(np.float64)).all():
        raise ValueError(f"{what} with finite numbers as X, got {X.dtype} values.")
    _check_labels(y, task, f"{OWNER} for {name!r}", what)
    return as_table(X, y, task, OWN)


def _check_labels(y, task, owner, what):
    missing, labels = unanswered(y), y.tolist()
    if missing.any():
        row = int(missing.argmax())
        got = f"{labels[row]!r} in row {row}"
        raise ValueError(f"{what} with a label in each row, got {got}.")
    if task == CLASSIFICATION:
        check_classes(y, owner)
        if (y == y[:1]).all():
            raise ValueError(f"{what} with two classes or more, got {labels[:1]} only.")
        return
    numbers = as_numbers(y, f"{what} with numbers as y for a model of regression")
    if not np.isfinite(numbers).all() or (numbers == numbers[:1]).all():
        raise ValueError(
            f"{what} with finite numbers as y that are not all equal, got "
            f"{numbers.min():.6g} to {numbers.max():.6g}."
        )
