"""Files of records: one JSON object per line, added one by one.

A process that is killed while it adds a line loses that line only, and the file can
still be read and added to.
"""

import json
import os
from pathlib import Path

from skbal._utils.result_files import strict


def append_line(path, record):
    """Add a record to a file, which is on the disk when the function returns.

    The file and its folder are made where they are missing. A last line that was cut
    off is removed before.

    Parameters
    ----------
    path : str or os.PathLike
        The file.
    record : dict
        Plain data. NaN becomes None, and infinity a string.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> append_line(f"{folder.name}/runs.jsonl", {"seed": 0})
    >>> append_line(f"{folder.name}/runs.jsonl", {"seed": 1})
    >>> read_lines(f"{folder.name}/runs.jsonl")
    [{'seed': 0}, {'seed': 1}]
    >>> folder.cleanup()
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(strict(record), allow_nan=False) + "\n"
    with path.open("ab") as file:
        _drop_cut_line(path, file)
        # One call, so that lines of two processes do not mix.
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def read_lines(path):
    """Return the records of a file, none if there is no file.

    Parameters
    ----------
    path : str or os.PathLike
        The file. It is not changed. A last line that was cut off is left out.

    Returns
    -------
    records : list of dict

    Raises
    ------
    ValueError
        If a line is no JSON object. The message names the file and the line.
    """
    path = Path(path)
    if not path.exists():
        return []
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    lines = enumerate(whole.split(b"\n"), start=1)
    return [_parsed(line, number, path) for number, line in lines if line.strip()]


def _parsed(line, number, path):
    try:
        record = json.loads(line)
    except ValueError as error:
        raise ValueError(f"line {number} of {path} is no JSON: {error}") from None
    if not isinstance(record, dict):
        raise ValueError(f"line {number} of {path} is no JSON object.")
    return record


def _drop_cut_line(path, file):
    if not file.tell():
        return
    with path.open("rb") as whole:
        whole.seek(-1, os.SEEK_END)
        if whole.read() == b"\n":
            return
        whole.seek(0)
        file.truncate(whole.read().rfind(b"\n") + 1)
