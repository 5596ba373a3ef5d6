"""Amounts of memory, such as "1GB"."""

import re
from numbers import Integral

_UNITS = {
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}


def check_memory(value, name, owner):
    """Return an amount of memory in bytes.

    Parameters
    ----------
    value : int or str
        Bytes, or a number with a unit such as "1GB", "1.5 GiB" or "64MB". KB, MB, GB
        and TB are powers of 1000; KiB, MiB, GiB and TiB are powers of 1024.
    name, owner : str
        Names of the argument and of the caller, for messages.

    Returns
    -------
    n_bytes : int
        At least 1.

    Raises
    ------
    TypeError
        If it is neither an integer nor a string.
    ValueError
        If it is below one byte, or the string is not an amount of memory.

    Examples
    --------
    >>> check_memory("1.5GB", "max_memory", "BatchBALD")
    1500000000
    >>> check_memory("plenty", "max_memory", "BatchBALD")
    Traceback (most recent call last):
        ...
    ValueError: max_memory of BatchBALD must be bytes or a string such as "1GB" or
    "64MiB", got 'plenty'.
    """
    if isinstance(value, bool) or not isinstance(value, (Integral, str)):
        raise TypeError(
            f"{name} of {owner} must be an integer (bytes) or a string such as "
            f'"1GB", got {value!r} ({type(value).__name__}).'
        )
    n_bytes = _parse(value) if isinstance(value, str) else int(value)
    if n_bytes is None or n_bytes < 1:
        raise ValueError(
            f'{name} of {owner} must be bytes or a string such as "1GB" or "64MiB", '
            f"got {value!r}."
        )
    return n_bytes


def as_text(n_bytes):
    """Return an amount of memory as a string with a unit.

    Parameters
    ----------
    n_bytes : int
        The amount.

    Returns
    -------
    text : str

    Examples
    --------
    >>> as_text(12_500_000)
    '12.5MB'
    """
    for unit in ("TB", "GB", "MB", "KB"):
        if n_bytes >= _UNITS[unit.lower()]:
            return f"{n_bytes / _UNITS[unit.lower()]:.3g}{unit}"
    return f"{n_bytes}B"


def _parse(text):
    match = re.fullmatch(r"\s*(\d+(?:\.\d*)?)\s*([a-zA-Z]*)\s*", text)
    if match is None or (match[2] or "b").lower() not in _UNITS:
        return None
    return int(float(match[1]) * _UNITS[(match[2] or "b").lower()])
