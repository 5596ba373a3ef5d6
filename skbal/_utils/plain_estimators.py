"""Estimators and strategies as plain data, and back: no pickle, and no code from files.

Reading such data imports classes of scikit-learn, skbal, torch and NumPy only, and it
makes objects only of those that have ``get_params``.
"""

import importlib
import math
from numbers import Integral, Real

import numpy as np

# Packages whose classes are made from data that came from somewhere else.
_TRUSTED = ("sklearn.", "skbal.", "torch.nn.", "torch.optim.", "numpy.")


def to_plain(value, what="estimator"):
    """Return an estimator, a strategy or a parameter as data that JSON can hold.

    Parameters
    ----------
    value : object
        An unfitted estimator of scikit-learn or skbal with all parameters, at any
        depth. Fitted attributes are left out.
    what : str, default="estimator"
        Its name, for messages.

    Returns
    -------
    plain : object

    Raises
    ------
    TypeError
        If it is of another package, or a parameter is, such as a function.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> plain = to_plain(GaussianNB(var_smoothing=1e-6))
    >>> plain["class"], plain["parameters"]["var_smoothing"]
    ('sklearn.naive_bayes.GaussianNB', 1e-06)
    >>> from_plain(plain)
    GaussianNB(var_smoothing=1e-06)
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        return number if math.isfinite(number) else {"number": repr(number)}
    if isinstance(value, (list, tuple)):
        parts = [to_plain(part, what) for part in value]
        return parts if isinstance(value, list) else {"tuple": parts}
    if isinstance(value, dict):
        pairs = [[to_plain(k, what), to_plain(v, what)] for k, v in value.items()]
        return {"dict": pairs}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufU":
        return {"array": value.tolist(), "dtype": value.dtype.str}
    if isinstance(value, slice):
        return {"slice": to_plain([value.start, value.stop, value.step], what)}
    return _object(value, what)


def _object(value, what):
    if isinstance(value, type):
        return {"type": _path(value, what)}
    if not hasattr(value, "get_params"):
        raise TypeError(
            f"{what} has a parameter that plain data cannot hold: {value!r:.200}."
        )
    parameters = value.get_params(deep=False)
    return {
        "class": _path(type(value), what),
        "parameters": {name: to_plain(part, what) for name, part in parameters.items()},
    }


def _path(cls, what):
    path = f"{cls.__module__}.{cls.__qualname__}"
    if not path.startswith(_TRUSTED):
        raise TypeError(
            f"{what} is or has a {cls.__qualname__} of {cls.__module__}. Only classes "
            "of scikit-learn, skbal, torch and NumPy are made from plain data."
        )
    # The public name, which stays when files of the library are renamed.
    package = cls.__module__.partition("._")[0]
    short = f"{package}.{cls.__qualname__}"
    return short if _found(short) is cls else path


def _found(path):
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None


def from_plain(plain):
    """Return what `to_plain` made plain.

    Parameters
    ----------
    plain : object
        Plain data.

    Returns
    -------
    value : object
        Estimators are unfitted.

    Raises
    ------
    ValueError
        If the data are not of this form, or name a class of another package.
    """
    if plain is None or isinstance(plain, (bool, int, float, str)):
        return plain
    if isinstance(plain, list):
        return [from_plain(part) for part in plain]
    if not isinstance(plain, dict):
        raise ValueError(f"no plain form of an estimator: {plain!r:.80}")
    for form, make in _FORMS.items():
        if form in plain:
            return make(plain)
    raise ValueError(f"no plain form of an estimator: {plain!r:.80}")


def _class(path):
    if not isinstance(path, str) or not path.startswith(_TRUSTED):
        raise ValueError(
            f"{path!r:.80} is no class of scikit-learn, skbal, torch or NumPy"
        )
    found = _found(path)
    if not isinstance(found, type):
        raise ValueError(f"this installation has no {path}")
    return found


def _made(plain):
    cls = _class(plain["class"])
    if not hasattr(cls, "get_params"):
        raise ValueError(f"{plain['class']} is no class with parameters")
    names = plain["parameters"].items()
    return cls(**{name: from_plain(part) for name, part in names})


_FORMS = {
    "number": lambda plain: float(plain["number"]),
    "tuple": lambda plain: tuple(map(from_plain, plain["tuple"])),
    "dict": lambda plain: {from_plain(k): from_plain(v) for k, v in plain["dict"]},
    "array": lambda plain: np.array(plain["array"], dtype=plain["dtype"]),
    "slice": lambda plain: slice(*plain["slice"]),
    "type": lambda plain: _class(plain["type"]),
    "class": _made,
}
