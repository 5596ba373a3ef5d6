"""Fitted attributes as plain data (JSON) and back, checked one by one.

What is read may come from anyone's file. Each reader takes one entry of a dictionary
and raises `WrongData` unless the entry is of the right type and size.
"""

import math

import numpy as np

_MOST_BYTES = 2**28  # of class labels, which a file could make arbitrarily wide


class WrongData(ValueError):
    """An entry is missing or is not as it must be; the message says which."""


def of_labels(labels, owner):
    """Return class labels as plain data.

    Parameters
    ----------
    labels : ndarray of shape (n_classes,)
        Strings, integers, floats or booleans.
    owner : str
        The estimator's name, for the message.

    Returns
    -------
    data : dict
        The dtype and the values.

    Raises
    ------
    TypeError
        If the labels are of another kind.
    """
    values = labels.tolist()
    is_plain = all(type(value) in (str, int, float, bool) for value in values)
    if labels.dtype.kind not in "biufUO" or not is_plain:
        raise TypeError(
            f"classes_ of {owner} must be strings, numbers or booleans to be saved, "
            f"got an array of dtype {labels.dtype}."
        )
    return {"dtype": labels.dtype.str, "values": values}


def labels(state, name):
    """Return an array of class labels."""
    data = _entry(state, name, dict)
    values = _entry(data, "values", list)
    dtype = _dtype(_entry(data, "dtype", str), name)
    if not values or any(type(v) not in (str, int, float, bool) for v in values):
        raise WrongData(f"{name} must be a list of strings, numbers or booleans")
    if dtype.itemsize * len(values) > _MOST_BYTES:
        raise WrongData(f"{name} must take less memory than {_MOST_BYTES} bytes")
    try:
        array = np.array(values, dtype=dtype)
        is_same = array.tolist() == values
    except (ValueError, TypeError, OverflowError) as error:
        raise WrongData(f"{name} cannot be of dtype {dtype}: {error}") from error
    if not is_same or len(set(values)) < len(values):
        raise WrongData(f"{name} must be different values of dtype {dtype}")
    return array


def _dtype(word, name):
    is_string = word[:2] in ("<U", ">U") and word[2:].isdecimal() and len(word) < 8
    numbers = {f"{order}{kind}" for order in "<>" for kind in
               ("i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8")}  # fmt: skip
    if not is_string and word not in {*numbers, "|b1", "|i1", "|u1", "|O"}:
        raise WrongData(f"{name} has the dtype {word[:20]!r}")
    return np.dtype(word)


def of_floats(values):
    """Return floats as plain data; infinity, which JSON has not, as None."""
    return [value if math.isfinite(value) else None for value in values.tolist()]


def floats(state, name, *, size=None, finite=True):
    """Return an array of floats of shape (size,); None stands for infinity."""
    values = _entry(state, name, list)
    if not values or (size is not None and len(values) != size):
        raise WrongData(f"{name} must have {size or 'some'} values, got {len(values)}")
    if finite and None in values:
        raise WrongData(f"{name} must be finite")
    numbers = [math.inf if value is None else value for value in values]
    if any(type(value) not in (int, float) for value in numbers):
        raise WrongData(f"{name} must be a list of numbers")
    try:
        array = np.array(numbers, dtype=np.float64)
    except OverflowError as error:
        raise WrongData(f"{name} must be a list of numbers") from error
    if np.isnan(array).any() or (finite and np.isinf(array).any()):
        raise WrongData(f"{name} must be finite")
    return array


def integer(state, name, *, smallest=0, largest=2**53):
    """Return an integer between two bounds."""
    value = _entry(state, name, int)
    if not smallest <= value <= largest:
        raise WrongData(f"{name} must be between {smallest} and {largest}, got {value}")
    return value


def integers(state, name, *, smallest=1):
    """Return a tuple of one or more integers that are at least ``smallest``."""
    values = _entry(state, name, list)
    if not values:
        raise WrongData(f"{name} must not be empty")
    return tuple(integer({name: v}, name, smallest=smallest) for v in values)


def boolean(state, name):
    """Return a boolean."""
    return _entry(state, name, bool)


def string(state, name):
    """Return a string."""
    return _entry(state, name, str)


def strings(state, name, *, size):
    """Return an array of ``size`` strings as objects, or None."""
    if state.get(name) is None:
        return None
    values = _entry(state, name, list)
    if len(values) != size or any(type(value) is not str for value in values):
        raise WrongData(f"{name} must be {size} strings")
    return np.array(values, dtype=object)


def _entry(state, name, kind):
    if name not in state:
        raise WrongData(f"{name} is missing")
    value = state[name]
    if type(value) is not kind:
        raise WrongData(
            f"{name} must be of type {kind.__name__}, got {type(value).__name__}"
        )
    return value
