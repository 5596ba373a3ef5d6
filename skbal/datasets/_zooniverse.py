"""Votes of volunteers, from the file of classifications that Zooniverse exports."""

from collections import Counter
from collections.abc import Mapping
from contextlib import closing

import numpy as np
from sklearn.utils import Bunch

from skbal._utils.archives import check_path
from skbal._utils.csv_lines import lines_of
from skbal._utils.validation import check_option
from skbal._utils.warn import warn
from skbal._utils.zooniverse import (
    DamagedLine,
    check_whole,
    entries_of,
    find_entry,
    subject_of,
    values_of,
)
from skbal.exceptions import VotesWarning

_OWNER = "read_zooniverse_votes"
_COLUMNS = ("user_name", "workflow_id", "workflow_version", "annotations")
_COLUMNS += ("subject_data", "subject_ids")
_FEW = 5


def read_zooniverse_votes(
    path,
    task,
    answers=None,
    *,
    id_key=None,
    workflow=None,
    versions=None,
    repeats="first",
    damaged="raise",
):
    """Return how many volunteers gave each answer, from an export of Zooniverse.

    The file is the "classification export" of a project or a workflow: CSV with one
    line per classification.

    Parameters
    ----------
    path : str or path-like
        The file.
    task : str
        The task whose answers count, such as "T0". It must be a question with one
        answer.
    answers : list of str or dict of str to str, optional
        The answers, in the order of the columns of the result. A dict says what each
        answer in the file is to be called: two that have one name, for instance in two
        versions of a workflow, count as one, and None leaves an answer out. Answers
        that are not among them are an error. ``None`` takes all answers of the file, in
        the order in which they first appear.
    id_key : str, optional
        The entry of a subject's data that is its id, such as "filename". Upper and
        lower case, and marks such as "#" or "!" in front, do not matter. ``None`` takes
        the number that Zooniverse gave the subject.
    workflow : int or str, optional
        The number of the workflow to read. Needed if there are several in the file.
    versions : list of str, optional
        The versions of the workflow to read: "12.34", or "12" for all that begin with
        it. ``None`` reads all.
    repeats : {"first", "last", "all"}, default="first"
        Which answers of a volunteer count who answered about a subject more than once,
        in the order of the file.
    damaged : {"raise", "skip"}, default="raise"
        Whether a line that cannot be read is an error, or is left out with a warning.

    Returns
    -------
    table : sklearn.utils.Bunch
        With the entries

        votes : ndarray of shape (n_subjects, n_answers), dtype=int64
            Number of volunteers who gave each answer.
        ids : list of str
            The ids of the subjects, in the order in which they first appear.
        answer_names : list of str
            The names of the columns.
        n_lines : int
            Number of classifications in the file.
        n_repeats, n_unanswered, n_elsewhere, n_damaged : int
            Number of those that were left out: repeats; classifications in which the
            task was not answered, or by an answer that is left out; those of other
            workflows and versions; and lines that could not be read.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a column is missing, a line cannot be read (the message has its number), an
        answer is not among ``answers``, the task allows several answers or does not
        occur, or there are several workflows and none is chosen.
    TypeError
        If an argument is of the wrong kind.

    Warns
    -----
    VotesWarning
        If lines were left out by ``damaged="skip"``. The first of them are named.

    See Also
    --------
    align_votes : Put the votes in the order of the images.
    count_votes : Turn answers into yes votes and all votes.

    Notes
    -----
    A volunteer is known by ``user_name``, which for people who are not logged in is
    made from their address. Lines are read one after the other: memory grows with the
    number of answers, by some 200 bytes each, and not with the size of the file.

    Examples
    --------
    >>> import csv, json, tempfile
    >>> from skbal.datasets import read_zooniverse_votes
    >>> folder = tempfile.TemporaryDirectory()
    >>> columns = ["user_name", "workflow_id", "workflow_version", "annotations",
    ...            "subject_data", "subject_ids"]
    >>> with open(f"{folder.name}/export.csv", "w", newline="") as file:
    ...     lines = csv.writer(file)
    ...     _ = lines.writerow(columns)
    ...     for user, answer in (("ada", "Smooth"), ("bob", "Bar"), ("bob", "Bar")):
    ...         said = json.dumps([{"task": "T0", "value": answer}])
    ...         data = json.dumps({"7": {"filename": "m31.png"}})
    ...         _ = lines.writerow([user, 1, "3.4", said, data, 7])
    >>> table = read_zooniverse_votes(
    ...     f"{folder.name}/export.csv", "T0", id_key="filename")
    >>> table.ids, table.answer_names, table.votes.tolist(), table.n_repeats
    (['m31.png'], ['Smooth', 'Bar'], [[1, 1]], 1)
    >>> folder.cleanup()
    """
    path = check_path(path, "path", _OWNER)
    if not path.is_file():
        raise FileNotFoundError(f"path of {_OWNER}: there is no file {path}.")
    check_option(repeats, "repeats", ("first", "last", "all"), _OWNER)
    check_option(damaged, "damaged", ("raise", "skip"), _OWNER)
    _check_string(task, "task")
    if id_key is not None:
        _check_string(id_key, "id_key")
    names = _checked_answers(answers)
    chosen = _checked_workflow(workflow), _checked_versions(versions)
    reader = _Reader(path, task, names, id_key, damaged == "skip")
    said = reader.read(*chosen)
    if not said:
        raise ValueError(reader.why_nothing())
    counted = _without_repeats(said, repeats)
    return _as_table(counted, names, reader.counts(len(said) - len(counted)))


class _Reader:
    """Reads who answered what about which subject, and counts what it leaves out."""

    def __init__(self, path, task, names, id_key, skips):
        self.path, self.task, self.names = path, task, names
        self.id_key, self.skips = id_key, skips
        self.left_out, self.n_lines, self.damage = Counter(), 0, []
        self.workflows, self.tasks = {}, set()

    def read(self, workflow, versions):
        """Return a list of (volunteer, subject, answer)."""
        said = []
        with closing(lines_of(self.path, _COLUMNS, f"path of {_OWNER}")) as lines:
            for number, line in lines:
                self.n_lines += 1
                try:
                    said += self._said(number, line, workflow, versions)
                except DamagedLine as error:
                    self._note(number, error)
        self._warn_of_damage()
        return said

    def _said(self, number, line, workflow, versions):
        """Return what a line says that counts: one entry, or none."""
        check_whole(line, _COLUMNS)
        if not self._is_chosen(line, workflow, versions):
            self.left_out["elsewhere"] += 1
            return []
        answer = self._answer(line)
        if answer is None:
            self.left_out["unanswered"] += 1
            return []
        # Who has no name cannot be told from others.
        user = line["user_name"].strip() or number
        return [(user, self._subject(line), answer)]

    def _is_chosen(self, line, workflow, versions):
        number, version = line["workflow_id"].strip(), line["workflow_version"].strip()
        self.workflows.setdefault(number)
        if workflow is None and len(self.workflows) > 1:
            raise _Wrong(
                f"workflow is needed, since there are {' and '.join(self.workflows)}, "
                f"and {self.task} may be another question in each"
            )
        if workflow not in (None, number):
            return False
        if versions is None:
            return True
        return version in versions or version.partition(".")[0] in versions

    def _answer(self, line):
        """Return the answer by its name, or None if there is none that counts."""
        values = values_of(line)
        self.tasks.update(values)
        value = values.get(self.task)
        if value is None:
            return None
        if isinstance(value, list):
            raise _Wrong(
                f"task {self.task} allows several answers, but one volunteer must give "
                "one"
            )
        if not isinstance(value, str):
            raise _Wrong(
                f"the value of task {self.task} must be the name of an answer, got "
                f"{value!r:.60}"
            )
        return self._named(value.strip())

    def _named(self, value):
        if self.names is None:
            return value
        if value not in self.names:
            raise _Wrong(
                f"the answer {value!r:.60} to {self.task} is not among answers, "
                f"{', '.join(map(repr, self.names))}"
            )
        return self.names[value]

    def _subject(self, line):
        if self.id_key is None:
            return subject_of(line)
        entries = entries_of(line)
        found = find_entry(entries, [self.id_key])
        if found is None:
            raise DamagedLine(
                f"the data of subject {subject_of(line)} have no {self.id_key!r}, they "
                f"have {', '.join(map(repr, entries))}"
            )
        return found

    def _note(self, number, error):
        if not self.skips or isinstance(error, _Wrong):
            raise ValueError(
                f"path of {_OWNER}: line {number} of {self.path}: {error}."
            ) from error
        self.damage.append((number, str(error)))

    def _warn_of_damage(self):
        if self.damage:
            few = "; ".join(f"line {n}: {why}" for n, why in self.damage[:_FEW])
            more = len(self.damage) - _FEW
            warn(
                f"{_OWNER} left out {len(self.damage)} of the {self.n_lines} lines of "
                f"{self.path}, which cannot be read: {few}"
                f"{f'; and {more} more' if more > 0 else ''}.",
                VotesWarning,
            )

    def why_nothing(self):
        """Return the message for a file without an answer."""
        if not self.n_lines:
            return f"path of {_OWNER}: {self.path} holds no classifications."
        tasks = ", ".join(sorted(self.tasks)) or "no tasks"
        return (
            f"task of {_OWNER}: {self.path} holds no answer to {self.task}. Of its "
            f"{self.n_lines} lines, {self.left_out['elsewhere']} are of other "
            f"workflows or versions, {len(self.damage)} damaged, others with {tasks}."
        )

    def counts(self, n_repeats):
        """Return what was read and left out, by name."""
        return {
            "n_lines": self.n_lines,
            "n_repeats": n_repeats,
            "n_unanswered": self.left_out["unanswered"],
            "n_elsewhere": self.left_out["elsewhere"],
            "n_damaged": len(self.damage),
        }


class _Wrong(DamagedLine):
    """A line can be read, but an argument does not fit to it."""


def _without_repeats(said, repeats):
    """Return answers in their order, of each volunteer and subject one."""
    if repeats == "all":
        return said
    kept = {}
    for number, (user, subject, _) in enumerate(said):
        if repeats == "last" or (user, subject) not in kept:
            kept[user, subject] = number
    return [said[number] for number in sorted(kept.values())]


def _as_table(said, names, counts):
    subjects = {subject: None for _, subject, _ in said}
    rows = {subject: row for row, subject in enumerate(subjects)}
    if names is None:
        columns = dict.fromkeys(answer for _, _, answer in said)
    else:
        columns = dict.fromkeys(name for name in names.values() if name is not None)
    places = {name: column for column, name in enumerate(columns)}
    votes = np.zeros((len(rows), len(places)), dtype=np.int64)
    for _, subject, answer in said:
        votes[rows[subject], places[answer]] += 1
    return Bunch(votes=votes, ids=list(rows), answer_names=list(places), **counts)


# ------------------------------------------------------------------------ arguments


def _check_string(value, name):
    if not isinstance(value, str) or not value.strip():
        raise TypeError(f"{name} of {_OWNER} must be a string, got {value!r}.")


def _checked_answers(answers):
    """Return the name of each answer in the file, or None for all as they are."""
    if answers is None:
        return None
    is_list = not isinstance(answers, (str, bytes)) and np.iterable(answers)
    pairs = dict(answers) if isinstance(answers, Mapping) else None
    if pairs is None and is_list:
        pairs = {answer: answer for answer in answers}
        if len(pairs) < len(list(answers)):
            raise ValueError(f"answers of {_OWNER} must all differ, got {answers!r}.")
    strings = (str,)
    if not pairs or not all(isinstance(key, strings) for key in pairs):
        raise TypeError(
            f"answers of {_OWNER} must be a list of strings, or a dict with them as "
            f"keys, got {answers!r:.80}."
        )
    if not all(name is None or isinstance(name, strings) for name in pairs.values()):
        raise TypeError(
            f"answers of {_OWNER} must have strings or None as values, got "
            f"{answers!r:.80}."
        )
    if all(name is None for name in pairs.values()):
        raise ValueError(f"answers of {_OWNER} leave out every answer.")
    return {key.strip(): name for key, name in pairs.items()}


def _checked_workflow(workflow):
    if workflow is None:
        return None
    text = str(workflow).strip()
    if isinstance(workflow, bool) or not text.isdecimal():
        raise TypeError(
            f"workflow of {_OWNER} must be the number of a workflow, got {workflow!r}."
        )
    return text


def _checked_versions(versions):
    if versions is None:
        return None
    is_list = not isinstance(versions, (str, bytes)) and np.iterable(versions)
    if not is_list or not all(isinstance(version, str) for version in versions):
        raise TypeError(
            f"versions of {_OWNER} must be a list of strings such as '12.34', since "
            f"12.3 and 12.30 are one number, got {versions!r:.80}."
        )
    return {version.strip() for version in versions}
