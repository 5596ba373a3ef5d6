"""What a result is of: parts in words, and the versions of the libraries."""

import platform
import re
import sys

import numpy as np
import sklearn
from sklearn.base import BaseEstimator

from skbal._version import __version__


def described(part):
    """Return a part in words: an estimator with all of its parameters, in one line.

    The repr of scikit-learn leaves out defaults, which may be others in another
    version, and the middle of what is long.

    Parameters
    ----------
    part : object
        An estimator, a strategy, a function. Plain numbers, strings and None are
        returned as they are.

    Returns
    -------
    description : str, int, float or None
        Without the addresses of objects in memory, which say nothing later.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> described(GaussianNB())
    'GaussianNB(priors=None, var_smoothing=1e-09)'
    """
    if part is None or type(part) in (bool, int, float, str):
        return part
    try:
        text = _in_words(part)
    # An object of the user's may raise any error here, and a run must not end by that.
    except Exception:
        text = object.__repr__(part)
    return re.sub(r" at 0x[0-9A-Fa-f]+", "", re.sub(r"\s*\n\s*", " ", text))


def _in_words(part):
    if isinstance(part, BaseEstimator):
        parameters = part.get_params(deep=False).items()
        inside = ", ".join(f"{name}={_in_words(value)}" for name, value in parameters)
        return f"{type(part).__name__}({inside})"
    if type(part) is list:
        return f"[{', '.join(map(_in_words, part))}]"
    if type(part) is tuple:
        end = "," if len(part) == 1 else ""
        return f"({', '.join(map(_in_words, part))}{end})"
    if type(part) is dict:
        return f"{{{', '.join(f'{k!r}: {_in_words(v)}' for k, v in part.items())}}}"
    return repr(part)


def versions():
    """Return the versions of what computes here.

    Returns
    -------
    versions : dict of str to str
        Of skbal, Python, NumPy and scikit-learn, and of torch if it is loaded.

    Examples
    --------
    >>> list(versions())[:4]
    ['skbal', 'python', 'numpy', 'scikit-learn']
    """
    found = {
        "skbal": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
    }
    torch = sys.modules.get("torch")
    return found if torch is None else {**found, "torch": str(torch.__version__)}


def with_changes(before, now, step):
    """Return what a result is of after something may have changed on the way.

    Parameters
    ----------
    before : dict
        What it was of so far. ``before["changes"]`` are earlier changes.
    now : dict
        What it is of now.
    step : int
        The first step that was made in this way.

    Returns
    -------
    provenance : dict
        ``before``, or with a further change if something differs.

    Examples
    --------
    >>> with_changes({"estimator": "A()"}, {"estimator": "B()"}, 5)
    {'estimator': 'A()', 'changes': [{'step': 5, 'estimator': 'B()'}]}
    """
    changes, latest = before.get("changes", []), dict(before)
    for change in changes:
        latest |= change
    new = {k: v for k, v in now.items() if _differ(latest.get(k), v)}
    if not new:
        return before
    return {**before, "changes": [*changes, {"step": step, **new}]}


def _differ(before, now):
    if not isinstance(before, dict) or not isinstance(now, dict):
        return before != now
    # A library that is loaded in one session only is no other version.
    return any(before[name] != now[name] for name in before.keys() & now.keys())
