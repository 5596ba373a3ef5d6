"""Data frames as rows of JSON, and back to what they were."""

import json
from collections.abc import Mapping
from numbers import Number

import numpy as np

from skbal._utils.arrays import library_of
from skbal._utils.optional import require
from skbal.campaign._polars_frames import pandas_of_polars

_WHAT = "items of Campaign"
_ROWS_AT_ONCE = 1_000
# What a cell of a column without a type may be, beside missing.
_PLAIN = (str, bool, Number, np.bool_, list, tuple, Mapping, np.ndarray)


def check_frame(items):
    """Return a pandas frame that can be kept, or raise an error that says what cannot.

    Parameters
    ----------
    items : data frame
        Of pandas, or of a library that makes one of pandas, such as polars.

    Returns
    -------
    frame : pandas.DataFrame

    Raises
    ------
    TypeError, ValueError
        If it has no rows or columns, or the name or the type of a column cannot be
        kept.
    """
    frame = _of_pandas(items)
    if not len(frame):
        raise ValueError(f"{_WHAT} must have one row or more, got none.")
    if not len(frame.columns):
        raise ValueError(f"{_WHAT} must have one column or more, got none.")
    if not all(isinstance(name, str) for name in frame.columns):
        raise TypeError(
            f"The columns of {_WHAT} must have names, got {list(frame.columns)[:5]}."
        )
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ValueError(
            f"The columns of {_WHAT} must have different names, got {twice!r} twice."
        )
    for name in frame.columns:
        _check_column(frame[name])
    return frame


def _of_pandas(items):
    pandas = require("pandas", "campaign", "A campaign of a data frame")
    if isinstance(items, pandas.DataFrame):
        return items
    if not hasattr(items, "to_pandas"):
        raise TypeError(
            f"{_WHAT} must be a data frame of pandas or polars that is in memory, got "
            f"{type(items).__name__}."
        )
    if library_of(items) == "polars":
        return pandas_of_polars(items)
    try:
        return items.to_pandas()
    except ImportError as error:
        raise ImportError(
            f"{_WHAT} are a data frame of {library_of(items)}, and to make one of "
            f"pandas failed: {error}. Install pyarrow, or give a frame of pandas."
        ) from error


def _check_column(column):
    types = require("pandas", "campaign", "A campaign of a data frame").api.types
    dtype, values = column.dtype, column
    if str(dtype) == "category":
        values = column.cat.categories.to_series()
        if not types.is_string_dtype(values) and not types.is_numeric_dtype(values):
            raise TypeError(
                f"The categories of the column {column.name!r} of {_WHAT} must be "
                f"texts or numbers, got {values.dtype}."
            )
    if types.is_object_dtype(values):
        _check_objects(values, column.name)
    elif types.is_complex_dtype(values) or not (
        types.is_numeric_dtype(values)
        or types.is_string_dtype(values)
        or types.is_datetime64_any_dtype(values)
        or types.is_timedelta64_dtype(values)
    ):
        raise TypeError(
            f"The column {column.name!r} of {_WHAT} must have texts, numbers, truth "
            f"values or times, got {dtype}. Convert it, for instance to texts."
        )


def _check_objects(values, name):
    for value in values[values.notna()]:
        if not isinstance(value, _PLAIN) or isinstance(value, (complex, np.complex64)):
            raise TypeError(
                f"The column {name!r} of {_WHAT} must have texts, numbers, truth "
                f"values or times, got {value!r:.80} ({type(value).__name__}) in a "
                "column without a type. Convert it, for instance by pandas.to_datetime."
            )


def kind_of_frame(frame):
    """Return as plain data what is not in the rows: names and types of columns."""
    categories = {
        name: frame[name].cat
        for name in frame.columns
        if str(frame[name].dtype) == "category"
    }
    return {
        "kind": "frame",
        "columns": list(frame.columns),
        "dtypes": [str(dtype) for dtype in frame.dtypes],
        "categories": {
            name: _plain(cat.categories.to_series()) for name, cat in categories.items()
        },
        "ordered": [name for name, cat in categories.items() if cat.ordered],
    }


def stored_rows(frame):
    """Give the stored form of each row, as bytes.

    Raises
    ------
    ValueError
        If a text is not in UTF-8.
    """
    for start in range(0, len(frame), _ROWS_AT_ONCE):
        part = frame.iloc[start : start + _ROWS_AT_ONCE]
        for row in zip(*(_column(part, name) for name in part.columns)):
            yield json.dumps(row, ensure_ascii=False).encode()


def _column(part, name):
    try:
        return _plain(part[name])
    except UnicodeEncodeError:
        raise ValueError(
            f"The column {name!r} of {_WHAT} must be texts in UTF-8, got half of a "
            "surrogate pair."
        ) from None


def _plain(values):
    """Return a column as a list of what JSON can hold."""
    if values.dtype.kind == "m":  # old versions of pandas mistake the unit
        return [None if value != value else value.isoformat() for value in values]
    text = values.to_json(
        orient="values", date_format="iso", date_unit="ns", double_precision=15
    )
    return [
        _exact(value, plain)
        for value, plain in zip(values, json.loads(text), strict=True)
    ]


def _exact(value, plain):
    """Return a number as it is, and anything else as pandas writes it.

    Of a real number, pandas writes 15 digits, and null for infinity. Old ones also
    round whole numbers beside missing ones.
    """
    if isinstance(value, (float, np.floating)) and value == value:
        return float(value)
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return int(value)
    return plain


def frame_of(kind, rows):
    """Return the frame that rows were stored from.

    Parameters
    ----------
    kind : dict
        What `kind_of_frame` returned.
    rows : list of list
        The rows, as JSON has them.

    Returns
    -------
    frame : pandas.DataFrame
    """
    pandas = require("pandas", "campaign", "A campaign of a data frame")
    # Beside None, pandas would make whole numbers real ones, and round large ones.
    frame = pandas.DataFrame(rows, columns=kind["columns"], dtype=object)
    columns = {}
    for name, dtype in zip(kind["columns"], kind["dtypes"]):
        if dtype == "category":
            ordered = name in kind.get("ordered", ())
            dtype = pandas.CategoricalDtype(kind["categories"][name], ordered)
        columns[name] = _of_type(frame[name], dtype, pandas)
    return pandas.DataFrame(columns, columns=kind["columns"])


def _of_type(column, dtype, pandas):
    """Return a column of what JSON holds in the type that it had."""
    found = pandas.api.types.pandas_dtype(dtype)
    if isinstance(found, pandas.DatetimeTZDtype):
        # JSON has times in UTC, which old versions of pandas take for local ones.
        times = pandas.to_datetime(column, utc=True, format="ISO8601")
        return times.dt.tz_convert(found.tz).astype(found)
    return column.astype(found)
