"""What a line of a classification export of Zooniverse says.

An export is a file of CSV with a line for each classification [1]_. Two of its columns
hold JSON: ``annotations`` is a list of {"task", "task_label", "value"}, and
``subject_data`` is a dict {number of the subject: {name of an entry: value}}.

References
----------
.. [1] https://help.zooniverse.org/next-steps/data-exports
"""

import json


class DamagedLine(Exception):
    """A line cannot be read."""


def check_whole(line, columns):
    """Raise a DamagedLine if a line lacks one of its columns."""
    if any(line[name] is None for name in columns):
        raise DamagedLine("columns are missing at its end")


def values_of(line):
    """Return what a volunteer said about each task.

    Parameters
    ----------
    line : dict of str to str
        A line by the names of its columns.

    Returns
    -------
    values : dict of str to object
        For each task its value: a string for a question with one answer, a list for one
        with several, None if it was left out. Tasks inside of a combined one are there
        too. A volunteer who goes back and forth ends with the last answer.

    Raises
    ------
    DamagedLine
        If the annotations cannot be read.

    Examples
    --------
    >>> values_of({"annotations": '[{"task": "T0", "value": "Smooth"}]'})
    {'T0': 'Smooth'}
    """
    values = {}
    for part in _parts_of(_json_of(line, "annotations", list)):
        task, value = str(part.get("task")), part.get("value")
        if value is not None or task not in values:
            values[task] = value
    return values


def subject_of(line):
    """Return the number of the subject, as a string.

    Raises
    ------
    DamagedLine
        If there is no such number, or there are several.
    """
    subject = line["subject_ids"].strip()
    if not subject.isdecimal():
        raise DamagedLine(f"subject_ids must be one number, got {subject!r:.40}")
    return subject


def entries_of(line):
    """Return the data of the subject, a dict of the names of entries to values.

    Raises
    ------
    DamagedLine
        If they cannot be read.
    """
    subject = subject_of(line)
    entries = _json_of(line, "subject_data", dict).get(subject)
    if not isinstance(entries, dict):
        raise DamagedLine(f"subject_data has no entry of the subject {subject}")
    return entries


def find_entry(entries, names):
    """Return the first entry of a subject that has one of some names.

    Parameters
    ----------
    entries : dict of str to object
        The data of a subject.
    names : sequence of str
        The names, the best first. Upper and lower case, and marks such as "#" or "!" in
        front, do not matter.

    Returns
    -------
    text : str or None
        None if there is no such entry, or it is empty.

    Examples
    --------
    >>> find_entry({"#Filename": "m31.png", "retired": None}, ["image", "filename"])
    'm31.png'
    """
    plain = {_plain(name): value for name, value in entries.items()}
    for name in names:
        value = plain.get(_plain(name))
        if value is not None and str(value).strip():
            return str(value).strip()
    return None


def _parts_of(annotations):
    """Yield the tasks of a classification, also those inside of a combined one."""
    for part in annotations:
        if not isinstance(part, dict):
            raise DamagedLine("annotations must be a list of tasks with their values")
        yield part
        inside = part.get("value")
        if isinstance(inside, list) and all(isinstance(x, dict) for x in inside):
            yield from _parts_of(x for x in inside if "task" in x)


def _json_of(line, name, kind):
    try:
        value = json.loads(line[name])
    except (ValueError, RecursionError) as error:
        raise DamagedLine(f"{name} are not JSON ({error})") from error
    if not isinstance(value, kind):
        raise DamagedLine(f"{name} must be a {kind.__name__}, got {value!r:.40}")
    return value


def _plain(name):
    return name.strip().lstrip("#!/* ").casefold()
