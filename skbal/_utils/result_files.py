"""Files of results: strict JSON with a format number, and no pickle."""

import json
import math
from collections.abc import Mapping
from contextlib import contextmanager

import numpy as np

from skbal._utils.whole_files import whole_file
from skbal._version import __version__

# One more whenever a file gets what earlier versions of skbal cannot read, such as a
# new field of a record.
FORMAT = 1
_HEAD = ("format", "kind", "skbal_version")


def write_result(path, kind, content):
    """Write a result to a file, which appears whole or not at all.

    Parameters
    ----------
    path : str or os.PathLike
        An existing file is replaced.
    kind : str
        The class of the result.
    content : dict of str to object
        Plain data.

    Raises
    ------
    TypeError
        If JSON cannot hold the content.
    """
    text = json_of(kind, content)
    with whole_file(path) as unfinished:
        unfinished.write_text(text + "\n", encoding="utf-8")


def json_of(kind, content):
    """Return a result as strict JSON, with a format number and the version of skbal.

    Parameters
    ----------
    kind : str
        The class of the result.
    content : dict of str to object
        Plain data.

    Returns
    -------
    text : str

    Raises
    ------
    TypeError
        If JSON cannot hold the content.
    """
    head = dict(zip(_HEAD, (FORMAT, kind, __version__)))
    try:
        return json.dumps(strict({**head, **content}), allow_nan=False)
    except TypeError as error:
        raise TypeError(
            f"{_article(kind)} {kind} can be saved if its provenance is plain data, "
            f"such as strings, numbers, lists and dicts: {error}."
        ) from error


def _article(kind):
    return "An" if kind[0] in "AEIOU" else "A"


@contextmanager
def reading(path, kind):
    """Give the content of a file; errors of it and of the block name the file.

    Parameters
    ----------
    path : str or os.PathLike
        The file.
    kind : str
        The class of the result.

    Yields
    ------
    content : dict

    Raises
    ------
    ValueError
        If `write_result` did not write the file, for this kind and in a known format,
        or the block raises a TypeError or a ValueError.
    OSError
        If it cannot be read.
    """
    with naming(path, kind):
        with open(path, encoding="utf-8") as file:
            content = checked(json.load(file), kind)
        yield content


@contextmanager
def naming(path, kind):
    """Give errors of a block that reads a file the file's name.

    Parameters
    ----------
    path : str or os.PathLike
        The file.
    kind : str
        The class of the result.

    Raises
    ------
    ValueError
        In place of a TypeError or a ValueError.
    """
    try:
        yield
    except (TypeError, ValueError, RecursionError) as error:
        why = str(error).rstrip(".")
        if isinstance(error, (json.JSONDecodeError, UnicodeError, RecursionError)):
            why = f"it is not JSON ({why})"
        article = _article(kind).lower()
        raise ValueError(
            f"{path} cannot be loaded as {article} {kind}: {why}."
        ) from error


def checked(content, kind):
    """Return what was read from JSON, if `json_of` wrote it for this class.

    Parameters
    ----------
    content : object
        What was read.
    kind : str
        The class of the result.

    Returns
    -------
    content : dict

    Raises
    ------
    ValueError
        If it is something else, or in a format that only a newer skbal reads.
    """
    head = content if isinstance(content, dict) else {}
    number, there, writer = map(head.get, _HEAD)
    if type(number) is not int or number < 1 or not isinstance(writer, str):
        raise ValueError(f"it was not written by {kind}.save")
    if number > FORMAT:
        raise ValueError(
            f"it was written by skbal {writer:.80}, format {number}; this skbal "
            f"({__version__}) reads up to format {FORMAT}"
        )
    if there != kind:
        raise ValueError(f"it was written by {there!s:.80}.save")
    return content


def check_provenance(provenance):
    """Return what a result is of, as it was read from a file.

    Raises
    ------
    TypeError
        If it is neither a dict nor None.
    """
    if provenance is not None and not isinstance(provenance, dict):
        raise TypeError(f"provenance must be a dict or None, got {provenance!r:.60}")
    return provenance


def strict(value):
    """Return plain data as strict JSON can hold it.

    Parameters
    ----------
    value : object
        Mappings, lists, tuples, arrays and numbers, at any depth.

    Returns
    -------
    plain : object
        NaN becomes None, and infinity a string. Numbers of NumPy become Python's.

    Examples
    --------
    >>> strict({"scores": (float("nan"), float("-inf"), np.float32(0.5))})
    {'scores': [None, '-inf', 0.5]}
    """
    if isinstance(value, Mapping):
        return {key: strict(entry) for key, entry in value.items()}
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [strict(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value
