"""Classifications of Zooniverse as answers in a campaign."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from skbal._utils.csv_lines import lines_of
from skbal._utils.zooniverse import (
    DamagedLine,
    check_whole,
    entries_of,
    find_entry,
    subject_of,
    values_of,
)
from skbal.campaign._formats._answer_tables import add_content
from skbal.campaign._formats._importing import Collected, Labels
from skbal.campaign._formats._names import ItemNames

_COLUMNS = ("user_name", "workflow_id", "created_at", "annotations", "subject_data")
_COLUMNS += ("subject_ids",)
# Entries that may name the image of a subject, in this order.
_NAME_KEYS = ("filename", "file", "image", "image_name", "name")


def import_zooniverse(
    campaign, path, tasks, *, workflow=None, name=None, answers=None, verbose=False
):
    """Tell a campaign the classifications of an export of Zooniverse.

    The same file again changes nothing, and one that was exported later adds what is
    new. If a person classified a subject several times, the first time counts.

    Parameters
    ----------
    campaign : Campaign
        The campaign.
    path : str or os.PathLike
        An export of classifications, a file of CSV.
    tasks : str or dict
        The task that asks the campaign's question, such as "T0". If it has several
        questions, a dict {question: task}.
    workflow : int, optional
        The number of the workflow. It must be given if the file has several, since
        their tasks differ.
    name : str, optional
        The entry of a subject's data that names the item, such as "filename". Upper and
        lower case, and marks such as "#" or "!" in front, do not matter. ``None`` takes
        the first that is called "filename", "file", "image", "image_name" or "name".
        Where there is none, the item is named by the number of the subject.
    answers : dict, optional
        What strings in the file mean: {string: answer}, with None for "I cannot tell".
    verbose : bool, default=False
        Whether to show a progress bar.

    Returns
    -------
    imported : Imported
        How many classifications are new, were already known, or could not be imported.
        Incomplete are those without an answer to each question that applies.

    Raises
    ------
    TypeError
        If ``answers`` is no dict.
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no such export, a line cannot be read (the message has its
        number), there are several workflows and none is chosen, a task is missing, an
        answer is unknown, or no line is about an item of the campaign. Nothing was told
        then.

    Examples
    --------
    >>> import csv
    >>> import json
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skbal.campaign import Campaign, import_zooniverse
    >>> line = {
    ...     "user_name": "ann",
    ...     "workflow_id": "7",
    ...     "created_at": "2026-03-01 12:00:00 UTC",
    ...     "annotations": json.dumps([{"task": "T0", "value": "Smooth"}]),
    ...     "subject_data": json.dumps({"301": {"#filename": "b.png"}}),
    ...     "subject_ids": "301",
    ... }
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name, "classifications.csv")
    >>> with open(path, "w", newline="") as file:
    ...     csv.writer(file).writerows([line, line.values()])
    >>> with Campaign.create(
    ...     Path(folder.name, "votes.db"), ["one", "two"], ["smooth", "featured"],
    ...     names=["a.png", "b.png"],
    ... ) as campaign:
    ...     imported = import_zooniverse(
    ...         campaign, path, tasks="T0", answers={"Smooth": "smooth"})
    ...     print(imported.n_new, campaign.counts().tolist())
    1 [[0, 0], [1, 0]]
    >>> folder.cleanup()
    """
    owner, questions = "import_zooniverse", campaign.settings.questions
    wanted = _tasks(questions, tasks, owner)
    names, labels = ItemNames(campaign), Labels(questions, answers, owner)
    collected = Collected(campaign, "zooniverse")
    there = set()  # the tasks that somebody answered
    for text, person, at, values in _read(path, workflow, name, owner):
        there.update(map(str, values))
        number = names.find(text)
        if number is None:
            collected.add_other_item(text)
            continue
        texts = [_text(values.get(task)) for task in wanted]
        if texts[0] is None or _SEVERAL in texts:
            collected.n_incomplete += 1
            continue
        add_content(collected, questions, labels, number, person, texts, at)
    if there and wanted[0] not in there:  # nobody may have come to a later question
        raise ValueError(
            f"tasks of {owner} must be among those of {path}, "
            f"{', '.join(map(repr, sorted(there)))}, got {wanted[0]!r:.80}."
        )
    labels.check(path, owner)
    return collected.tell(names, path, owner, verbose)


_SEVERAL = object()  # in place of an answer that has several parts


def _tasks(questions, tasks, owner):
    """Return the task of each question."""
    shown = [ask.name for ask in questions.asked]
    if isinstance(tasks, str) and questions.is_one:
        return [tasks]
    if not isinstance(tasks, dict) or tasks.keys() != set(shown):
        raise ValueError(
            f"tasks of {owner} must be a dict with a task for each of the questions "
            f"{', '.join(map(repr, shown))}, got {tasks!r:.80}."
        )
    return [tasks[question] for question in shown]


def _text(value):
    """Return an answer as a text, or None if there is none."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None or value == [] or value == "":
        return None
    return str(value) if isinstance(value, (str, int, float)) else _SEVERAL


def _read(path, workflow, name, owner):
    """Yield an item's name, the person, the time and the values of the tasks."""
    seen, where = {}, f"path of {owner}"
    with closing(lines_of(Path(path), _COLUMNS, where)) as lines:
        for number, line in lines:
            try:
                check_whole(line, _COLUMNS)
                its = line["workflow_id"].strip()
                seen.setdefault(its)
                if workflow is None and len(seen) > 1:
                    raise ValueError(
                        f"{owner}: {path} has several workflows, among them "
                        f"{' and '.join(seen)}. Choose one by workflow=..."
                    )
                if workflow is None or its == str(workflow):
                    yield _said(line, name)
            except DamagedLine as error:
                raise ValueError(
                    f"{where}: line {number} of {path}: {error}."
                ) from error
    if workflow is not None and str(workflow) not in seen:
        raise ValueError(f"{owner}: {path} has no classifications of {workflow=}.")


def _said(line, name):
    entries = entries_of(line)
    item = find_entry(entries, _NAME_KEYS if name is None else [name])
    at = _time(line["created_at"])
    return item or subject_of(line), line["user_name"], at, values_of(line)


def _time(text):
    """Return seconds since 1970, or None if there is no such time."""
    try:
        at = datetime.fromisoformat(text.replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
