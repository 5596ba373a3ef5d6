"""Checks of what is declared: plain data for a file of JSON, and parts of a kind."""

from collections.abc import Mapping

from skbal._utils.result_files import strict

_PLAIN = (str, int, float, type(None))


def check_plain(data, what):
    """Raise a TypeError unless data are a dict that JSON can hold.

    Parameters
    ----------
    data : object
        The data. Arrays and tuples count as lists, which they become.
    what : str
        What they are, for the message.

    Raises
    ------
    TypeError
        If they are no dict, or something in them is not plain. The message says where.

    Examples
    --------
    >>> check_plain({"scores": [0.5, {1: "a"}]}, "settings")
    Traceback (most recent call last):
        ...
    TypeError: settings must be a dict of plain data that JSON can hold, got the key 1
    that is no string in ['scores'][1].
    """
    must = f"{what} must be a dict of plain data that JSON can hold, got"
    if not isinstance(data, Mapping):
        raise TypeError(f"{must} {data!r:.60}.")
    for place, wrong in _not_plain(strict(data), ""):
        raise TypeError(f"{must} {wrong}{place and f' in {place}'}.")


def check_tuple(parts, name, kind, owner):
    """Raise a TypeError unless parts are a tuple or a list of objects of a class.

    Parameters
    ----------
    parts : object
        The argument.
    name : str
        Its name.
    kind : type
        The class of the objects.
    owner : str
        Name of the owner, for the message.

    Raises
    ------
    TypeError
        If they are something else, such as one object alone.

    Examples
    --------
    >>> check_tuple(3, "sizes", int, "Box")
    Traceback (most recent call last):
        ...
    TypeError: sizes of Box must be a tuple of int, got 3.
    """
    is_tuple = isinstance(parts, (tuple, list))
    wrong = [part for part in parts if not isinstance(part, kind)] if is_tuple else []
    if not is_tuple or wrong:
        got = repr(wrong[0] if is_tuple else parts)
        raise TypeError(
            f"{name} of {owner} must be a tuple of {kind.__name__}, got {got:.60}."
        )


def _not_plain(value, place):
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                yield place, f"the key {key!r} that is no string"
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    else:
        if not isinstance(value, _PLAIN):
            yield place, f"{value!r:.60} ({type(value).__name__})"
        return
    for key, entry in entries:
        yield from _not_plain(entry, f"{place}[{key!r}]")
