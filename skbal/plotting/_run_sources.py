"""Histories of runs from whatever holds them: loops, comparisons, files of units."""

import os
from collections.abc import Mapping

from skbal.loop import History
from skbal.plotting._unit_lines import histories_of_units, units_of_file

_WANTED = (
    "a History, something with history_ (a loop, a fitted ActiveLearningClassifier), a "
    "list of them, a dict of names to them, a Comparison, or a file of units"
)


def histories_of(runs, owner):
    """Return the histories of runs by the name of their strategy.

    Parameters
    ----------
    runs : object
        A run, a list of runs, a dict of names to these, an object with ``histories``,
        such as `skbal.experiments.Comparison`, an object with ``units``, or a file of
        units.
    owner : str
        Name of the display, for messages.

    Returns
    -------
    histories : dict of str to list of History

    Raises
    ------
    TypeError
        If there is no run, or something else among them.
    ValueError
        If there are none, a run has no steps, or a file is damaged.
    FileNotFoundError
        If there is no such file.
    """
    if isinstance(runs, (str, os.PathLike)):
        runs = histories_of_units(units_of_file(runs, owner), owner)
    elif hasattr(runs, "units") and not isinstance(runs, type):
        runs = histories_of_units(runs.units, owner)
    runs = getattr(runs, "histories", runs)
    if isinstance(runs, Mapping):
        named = {
            name: [_history(run, f" for {name!r}", owner) for run in _listed(value)]
            for name, value in runs.items()
        }
    else:
        named = {}
        for run in _listed(runs):
            history = _history(run, "", owner)
            named.setdefault(_strategy_of(history), []).append(history)
    _check_filled(named, owner)
    return named


def _listed(value):
    return value if isinstance(value, (list, tuple)) else [value]


def _history(run, where, owner):
    if isinstance(run, type):
        raise TypeError(
            f"runs of {owner}{where} must be {_WANTED}, got the class {run.__name__}."
        )
    history = getattr(run, "history_", run)
    if isinstance(history, History):
        return history
    # A simulation that is not fitted has no history_.
    hint = ""
    if hasattr(run, "fit") and hasattr(run, "query_strategy"):
        hint = " It is not fitted yet: call fit first."
    raise TypeError(
        f"runs of {owner}{where} must be {_WANTED}, got {type(run).__name__}.{hint}"
    )


def _strategy_of(history):
    """Return the name of the strategy that a history notes, or "run"."""
    noted = history.provenance or {}
    return (
        noted.get("strategy") or str(noted.get("query_strategy", "run")).split("(")[0]
    )


def _check_filled(named, owner):
    if not named:
        raise ValueError(f"runs of {owner} is empty.")
    for name, histories in named.items():
        if not histories or not all(map(len, histories)):
            raise ValueError(
                f"runs of {owner} for {name!r} must be runs with at least one step, "
                f"got {'no run' if not histories else 'a run without steps'}."
            )
