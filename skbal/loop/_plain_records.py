"""Records from plain data: dicts out of JSON, a table, or a file of text."""

import ast
import math
from collections.abc import Mapping

import numpy as np


def check_plain(records):
    """Return the records that ``History.to_records`` wrote as a list of dicts.

    Parameters
    ----------
    records : iterable of dict
        The records.

    Returns
    -------
    records : list of dict

    Raises
    ------
    TypeError
        If they are something else.
    """
    is_list = not isinstance(records, (str, bytes, Mapping)) and np.iterable(records)
    records = list(records) if is_list else records
    if not is_list or not all(isinstance(record, Mapping) for record in records):
        raise TypeError(
            "records of History.from_records must be a list of dicts, as "
            f"History.to_records returns it, got {records!r:.60}."
        )
    return records


def field_value(name, value):
    """Return the value of a field as a Record holds it.

    Parameters
    ----------
    name : str
        Name of the field.
    value : object
        Its value. Text is read as Python writes it, as in a table that went through
        CSV.

    Returns
    -------
    value : object
        What cannot be read is returned as it is, for `Record` to refuse.

    Examples
    --------
    >>> field_value("indices", "(3, 14)"), field_value("n_labels", "20")
    ((3, 14), 20)
    """
    if isinstance(value, str):
        value = _read(value)
    if name in ("indices", "rejected", "skipped"):
        is_rows = isinstance(value, (list, tuple, np.ndarray))
        return tuple(np.asarray(value).tolist()) if is_rows else value
    if name == "cost" and _is_missing(value):
        return None
    if (name == "score" or name.startswith("seconds_")) and _is_missing(value):
        return math.nan
    whole = isinstance(value, float) and value.is_integer()
    return int(value) if whole and name in ("step", "n_labels") else value


def _read(text):
    if text in ("", "nan", "inf", "-inf"):
        return float(text or "nan")
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _is_missing(value):
    return value is None or value != value
