"""Tables of numbers and texts in files of CSV or Parquet.

A spreadsheet runs a cell of CSV that begins with "=" or the like as a formula. So a
text that begins so gets an apostrophe in front, which reading takes away again.
"""

import csv
import math
from pathlib import Path

import numpy as np

from skbal._utils.optional import require
from skbal._utils.whole_files import whole_file

_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")  # the last so that it comes back
_KINDS = (".csv", ".parquet")
_OWN = {"quoting": csv.QUOTE_NONNUMERIC}  # texts have quotes, and numbers have none


def write_table(path, columns, owner):
    """Write a table, whole or not at all.

    Parameters
    ----------
    path : str or os.PathLike
        Its ending says the format, ".csv" or ".parquet".
    columns : dict of str to sequence
        Texts, numbers or truth values, with None where something is missing.
    owner : str
        Name of the caller, for messages.

    Raises
    ------
    ValueError
        If the ending is another.
    ImportError
        If a file of Parquet is wanted and polars is missing.
    """
    path = Path(path)
    if path.suffix.lower() not in _KINDS:
        raise ValueError(
            f"path of {owner} must end in .csv or .parquet, got {str(path)!r}."
        )
    columns = {name: _plain(values) for name, values in columns.items()}
    if path.suffix.lower() == ".parquet":
        polars = require("polars", "parquet", "A table in the format Parquet")
        frame = polars.DataFrame(columns, strict=False)
        with whole_file(path) as unfinished:
            frame.write_parquet(unfinished)
        return
    with (
        whole_file(path) as unfinished,
        open(unfinished, "w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file, **_OWN, lineterminator="\n")
        writer.writerow([harmless(name) for name in columns])
        for row in zip(*columns.values()):
            writer.writerow([_cell(value) for value in row])


def read_table(path, owner, *, own=False):
    """Return the columns of a table.

    Parameters
    ----------
    path : str or os.PathLike
        The file. It may also be one of Parquet that `write_table` wrote.
    owner : str
        Name of the caller, for messages.
    own : bool, default=False
        Whether `write_table` wrote the file, so that texts and numbers can be told
        apart. Otherwise all cells of a file of CSV are texts.

    Returns
    -------
    columns : dict of str to list
        Texts, and numbers from a file of Parquet or from one of our own. A missing one
        is "" in a file of CSV and None in one of Parquet.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no such table.
    """
    path = Path(path)
    if path.suffix.lower() == ".parquet":
        polars = require("polars", "parquet", "A table in the format Parquet")
        try:
            table = polars.read_parquet(path).to_dict(as_series=False)
        except polars.exceptions.PolarsError as error:
            raise ValueError(
                f"{owner}: {path} is no file of Parquet ({error})."
            ) from None
        for name, cells in table.items():
            if any(isinstance(cell, (list, dict)) for cell in cells):
                raise ValueError(
                    f"{owner}: the column {name!r} of {path} must have a text or a "
                    "number in each cell, got lists."
                )
        return table
    with open(path, newline="", encoding="utf-8-sig") as file:
        try:
            header, *rows = csv.reader(file, **(_OWN if own else {}))
        except (csv.Error, UnicodeDecodeError, ValueError) as error:
            raise ValueError(
                f"{owner}: {path} is no table in CSV with a line of names ({error})."
            ) from None
    names = [as_written(name) for name in header]
    if len(set(names)) < len(names):
        raise ValueError(f"{owner}: two columns of {path} have the same name.")
    for number, row in enumerate(rows, start=2):
        if row and len(row) != len(names):  # a line may be empty
            raise ValueError(
                f"{owner}: row {number} of {path} has {len(row)} cells, and the first "
                f"has {len(names)}."
            )
    rows = [row for row in rows if row]
    columns = zip(*rows) if rows else [()] * len(names)
    return {
        name: [_value(cell) for cell in column] for name, column in zip(names, columns)
    }


def check_columns(table, names, path, owner):
    """Raise a ValueError unless a table that `read_table` returned has some columns."""
    for name in names:
        if name not in table:
            raise ValueError(
                f"{owner}: {path} must have a column {name!r}, it has "
                f"{', '.join(map(repr, list(table)[:12]))}."
            )


def harmless(text):
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("disc")
    ("'=1+1", 'disc')
    """
    return f"'{text}" if text.startswith(_RISKY) else text


def as_written(text):
    """Return the text that `harmless` was given.

    Examples
    --------
    >>> as_written(harmless("'twas")), as_written("disc")
    ("'twas", 'disc')
    """
    is_changed = text.startswith("'") and text[1:].startswith(_RISKY)
    return text[1:] if is_changed else text


def _plain(values):
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _value(cell):
    if isinstance(cell, str):
        return as_written(cell)
    return int(cell) if cell.is_integer() else cell


def _cell(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return harmless(value)
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    return "" if missing else value
