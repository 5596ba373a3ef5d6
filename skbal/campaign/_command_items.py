"""Items, answers and gold items as the command line gets them: from files."""

import json
from pathlib import Path

import numpy as np

from skbal._utils.optional import require
from skbal.campaign._formats._tables import check_columns, read_table


def read_items(path, name_column=None):
    """Return the items in a file, and their names.

    Parameters
    ----------
    path : pathlib.Path
        A folder of images, an array in ``.npy``, a table in ``.csv``, or texts in
        ``.txt``, one a line.
    name_column : str, optional
        The column of a table that names the items. It is no part of them.

    Returns
    -------
    items : object
        As `Campaign.create` takes them.
    names : list of str or None

    Raises
    ------
    FileNotFoundError
        If there is nothing.
    ValueError
        If the file is of no such kind.
    """
    ending = path.suffix.lower()
    if name_column is not None and ending != ".csv":
        raise ValueError(f"--name-column is for tables in .csv, and {path} is none.")
    if path.is_dir():
        return path, None
    if not path.exists():
        raise FileNotFoundError(f"{path}, the items of the campaign, does not exist.")
    if ending == ".npy":
        # Read from the file while it is written into the database.
        return np.load(path, mmap_mode="r", allow_pickle=False), None
    if ending == ".txt":
        with open(path, encoding="utf-8-sig") as file:  # ends lines as an editor does
            return [line.removesuffix("\n") for line in file], None
    if ending == ".csv":
        return _table(path, name_column)
    raise ValueError(
        "items must be a folder of images, or a file .npy, .csv or .txt, got "
        f"{str(path)!r}."
    )


def _table(path, name_column):
    pandas = require("pandas", "campaign", "A table of items")
    frame = pandas.read_csv(path)
    if name_column is None:
        return frame, None
    if name_column not in frame.columns:
        raise ValueError(
            f"--name-column must be a column of {path}, "
            f"{', '.join(map(repr, frame.columns))}, got {name_column!r}."
        )
    # As written: a name may begin with zeros, be a long number, or be "NA".
    written = pandas.read_csv(path, usecols=[name_column], dtype=str, na_filter=False)
    names = [name or None for name in written[name_column]]
    return frame.drop(columns=name_column), names


def check_answers(text):
    """Return the answers or questions that a user has typed.

    Parameters
    ----------
    text : str
        Answers with commas between them, or the path of a file of JSON.

    Returns
    -------
    answers : list
        Whole numbers if all answers are, and none begins with a zero, such as "01".

    Raises
    ------
    ValueError
        If there are fewer than two answers, or the file is no JSON.

    Examples
    --------
    >>> check_answers("smooth, disc"), check_answers("0,1,2")
    (['smooth', 'disc'], [0, 1, 2])
    """
    if text.lower().endswith(".json"):
        try:
            return json.loads(Path(text).read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{text} is no JSON ({error}).") from None
    answers = [part.strip() for part in text.split(",")]
    if len(answers) < 2 or "" in answers:
        raise ValueError(
            "--answers must be two answers or more with commas between them, such as "
            f"yes,no, or a file that ends in .json, got {text!r:.80}."
        )
    if all(map(_is_number, answers)):
        return [int(answer) for answer in answers]
    return answers


def _is_number(text):
    """Return whether a text is a whole number as Python writes it, unlike "007"."""
    digits = text.removeprefix("-")
    return digits.isdecimal() and str(int(text)) == text


def read_gold(path):
    """Return the right answers in a table with the columns name and answer.

    Parameters
    ----------
    path : pathlib.Path
        A file of CSV. Of several questions, an answer is a dict in JSON.

    Returns
    -------
    gold : dict of str to object
    """
    table = read_table(path, "--gold")
    check_columns(table, ("name", "answer"), path, "--gold")
    return {name: _answer(text) for name, text in zip(table["name"], table["answer"])}


def _answer(text):
    if _is_number(text):
        return int(text)
    return json.loads(text) if text.startswith("{") else text
