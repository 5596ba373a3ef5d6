"""Runs from the units of an experiment: a list, or a file of JSON lines.

A unit is a dict with its ``arm`` and its ``result``, in which ``n_labels`` and
``score`` have one number for each step. Lines of a file without an ``arm`` say what the
units are of, and a last line that was cut off belongs to a unit that is not done.
"""

import json

from skbal._utils.archives import check_path
from skbal.loop import History, Record


def units_of_file(path, owner):
    """Return the units in a file of JSON lines.

    Parameters
    ----------
    path : str or os.PathLike
        The file.
    owner : str
        Name of the display, for messages.

    Returns
    -------
    units : list of dict

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a line is no JSON object. The message names the file and the line.
    """
    path = check_path(path, "runs", owner)
    if not path.is_file():
        raise FileNotFoundError(f"runs of {owner}: there is no file {path}.")
    *whole, last = path.read_bytes().split(b"\n")
    if _is_json(last):  # a file need not end with the end of a line
        whole.append(last)
    lines = enumerate(whole, start=1)
    records = [_parsed(line, n, path, owner) for n, line in lines if line.strip()]
    return [record for record in records if "arm" in record]


def _is_json(line):
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _parsed(line, number, path, owner):
    try:
        record = json.loads(line)
    except ValueError as error:
        record, why = None, f": {error}"
    else:
        why = ""
    if not isinstance(record, dict):
        raise ValueError(
            f"runs of {owner}: line {number} of {path} is no JSON object{why}."
        )
    return record


def histories_of_units(units, owner):
    """Return the histories of units by their arm.

    Parameters
    ----------
    units : list of dict
        The units. The first of an arm and a seed counts.
    owner : str
        Name of the display, for messages.

    Returns
    -------
    histories : dict of str to list of History

    Raises
    ------
    ValueError
        If a unit has no learning curve.
    """
    found = {}
    for number, unit in enumerate(units):
        found.setdefault((unit.get("arm"), unit.get("seed", number)), unit)
    named = {}
    for (arm, seed), unit in found.items():
        named.setdefault(arm, []).append(_history(unit, arm, seed, owner))
    return named


def _history(unit, arm, seed, owner):
    try:
        curve = unit["result"]["n_labels"], unit["result"]["score"]
        steps = list(zip(*curve, strict=True))
        missing = float("nan")
        return History(
            Record(step, n, missing if score is None else score)
            for step, (n, score) in enumerate(steps)
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"runs of {owner}: the unit {arm!r} with seed {seed} has no learning "
            "curve: its result must have a list n_labels and a list score of the same "
            "length."
        ) from error
