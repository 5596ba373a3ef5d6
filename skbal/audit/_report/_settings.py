"""What the user says about a report, checked."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal._utils.lazy import lazy_module
from skbal._utils.random import check_seed
from skbal._utils.unanswered import unanswered
from skbal.audit._report._checks import CHECKS
from skbal.audit._result import AuditResult
from skbal.loop import History

_experiments = lazy_module("skbal.experiments")  # it loads modAL

OWNER = "audit_report"
SUFFIXES = (".html", ".json", ".md")
_NAMES = tuple(check.name for check in CHECKS)


@dataclass(frozen=True)
class Settings:
    """Which checks a report makes, and how.

    Parameters
    ----------
    title : str
        What stands at the top.
    checks : tuple of str or None
        The checks to make. None: all.
    check_params : dict of str to dict
        Keyword arguments for checks.
    results : dict of str to AuditResult
        Results that are there already.
    date : str
        The day, in UTC.
    """

    title: str
    checks: tuple | None = None
    check_params: dict = field(default_factory=dict)
    results: dict = field(default_factory=dict)
    date: str = field(default_factory=lambda: datetime.now(UTC).date().isoformat())

    def names(self, check):
        """Return whether the user named a check."""
        return check in (self.checks or ()) or check in self.check_params


def check_settings(title, checks, check_params, results):
    """Return the settings of a report.

    Raises
    ------
    TypeError, ValueError
        If one is wrong. The message names it.
    """
    if not isinstance(title, str) or not title.strip():
        raise TypeError(f"title of {OWNER} must be a string with text, got {title!r}.")
    if checks is not None:
        if isinstance(checks, str):
            raise TypeError(
                f"checks of {OWNER} must be a list of names, got the string {checks!r}."
            )
        checks = tuple(checks)
        _check_names(checks, "checks")
    for given, name, kind in (
        (check_params, "check_params", dict),
        (results, "results", AuditResult),
    ):
        _check_dict(given, name, kind)
    return Settings(title, checks, dict(check_params or {}), dict(results or {}))


def _check_dict(given, name, kind):
    if given is None:
        return
    if not isinstance(given, dict):
        raise TypeError(
            f"{name} of {OWNER} must be a dict by the names of checks, got "
            f"{type(given).__name__}."
        )
    _check_names(given, name)
    for check, value in given.items():
        if not isinstance(value, kind):
            raise TypeError(
                f"{name} of {OWNER} must hold {kind.__name__}s, got "
                f"{type(value).__name__} for {check!r}."
            )


def _check_names(names, what):
    unknown = [name for name in names if name not in _NAMES]
    if unknown:
        raise ValueError(
            f"{what} of {OWNER} must name checks among {', '.join(map(repr, _NAMES))}, "
            f"got {unknown[0]!r}."
        )


def check_options(random_state, compare_random, independent, others):
    """Return the options that checks see.

    Parameters
    ----------
    random_state, compare_random, independent : object
        As given to `audit_report`.
    others : dict
        Options that the checks themselves look at.

    Raises
    ------
    TypeError, ValueError
        If one is wrong.
    """
    check_compared(compare_random)
    if independent is not None:
        _check_independent(independent)
    return {
        **others,
        "independent": independent,
        "random_state": check_seed(random_state, OWNER),
        "compare_random": compare_random,
    }


def _check_independent(independent):
    is_pair = isinstance(independent, (tuple, list)) and len(independent) == 2
    if not is_pair:
        raise TypeError(
            f"independent of {OWNER} must be a pair (X, y), got "
            f"{type(independent).__name__}."
        )
    check_pair(*independent, ("X of independent", "y of independent"))


def check_compared(compare_random):
    """Raise a TypeError unless these are runs of random choice, or a truth value."""
    runs = compare_random
    if isinstance(runs, (bool, History, _experiments.Comparison)):
        return
    is_list = isinstance(runs, (list, tuple)) and len(runs)
    if not is_list or not all(isinstance(run, History) for run in runs):
        got = "an empty list" if runs in ([], ()) else type(runs).__name__
        raise TypeError(
            f"compare_random of {OWNER} must be True, False, a History, a list of them "
            f"or a Comparison, got {got}."
        )


def check_pair(X, y, names=("X_test", "y_test")):
    """Raise a ValueError unless rows and labels are both given, one for one."""
    if (X is None) != (y is None):
        raise ValueError(
            f"{names[0]} and {names[1]} of {OWNER} belong together: give both or "
            "neither."
        )
    if X is None:
        return
    n_rows, n_labels = num_samples(X), num_samples(y)
    if n_rows != n_labels or not n_rows:
        raise ValueError(
            f"{names[0]} and {names[1]} of {OWNER} must have one row and one label "
            f"each, at least one of them, got {n_rows} rows and {n_labels} labels."
        )
    if np.asarray(y).ndim == 0:
        raise ValueError(f"{names[1]} of {OWNER} must be an array of labels.")
    rows = np.flatnonzero(unanswered(y))
    if len(rows):
        raise ValueError(
            f"{names[1]} of {OWNER} must have a label for each row, got none for row "
            f"{rows[0]}."
        )


def check_path(path, name="path", owner=OWNER):
    """Return where to save a report, if its suffix says how.

    Raises
    ------
    TypeError, ValueError
        If it is no path, or has another suffix.
    """
    try:
        path = Path(path)
    except TypeError as error:
        raise TypeError(
            f"{name} of {owner} must be a path, got {type(path).__name__}."
        ) from error
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(
            f"{name} of {owner} must end with {', '.join(SUFFIXES[:-1])} or "
            f"{SUFFIXES[-1]}, got {path.name!r}."
        )
    return path
