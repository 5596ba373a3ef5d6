"""Lines of a CSV file by the names of its columns, one after the other."""

import csv
import sys
from contextlib import contextmanager


def lines_of(path, columns, what):
    """Yield the lines of a CSV file.

    Parameters
    ----------
    path : pathlib.Path
        A file that exists, in UTF-8, with the names of its columns in the first line.
    columns : sequence of str
        The columns that are needed.
    what : str
        The argument and its owner, for messages.

    Yields
    ------
    number : int
        Number of the last line of the file that belongs to it; the first line is 1.
    line : dict of str to str
        None where the line is too short.

    Raises
    ------
    ValueError
        If a column is missing, or the file is no such table.
    """
    with _fields_of_any_size(), open(path, encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file)
        try:
            there = lines.fieldnames or []
            if missing := [name for name in columns if name not in there]:
                raise ValueError(
                    f"{what}: {path} must have the columns {', '.join(missing)}, it "
                    f"has {', '.join(there[:20]) or 'none'}."
                )
            for line in lines:
                yield lines.line_num, line
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(
                f"{what}: {path} cannot be read after line {lines.line_num}: {error}."
            ) from error


@contextmanager
def _fields_of_any_size():
    # A drawing of a volunteer's may be longer than the limit of 128 kB.
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)
