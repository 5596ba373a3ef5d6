"""Tasks with annotations and predictions, in the JSON of Label Studio."""

import json
import math
import re
from datetime import UTC, datetime
from itertools import groupby

import sqlalchemy as sa

from skbal._utils.whole_files import whole_file
from skbal.campaign._formats._answer_tables import add_content
from skbal.campaign._formats._importing import Collected, Labels
from skbal.campaign._formats._names import ItemNames
from skbal.campaign._items import contents_of
from skbal.campaign._models import NEWEST_VERSION
from skbal.campaign._tables import annotator, answer, item, prediction

_AT_ONCE = 500  # items read together
_KINDS = ("answer", "cannot_tell", "skip")
# Where the name of an item may stand in the data of a task, in this order.
_NAME_KEYS = ("name", "image", "img", "url", "file", "text")
_UPLOAD = re.compile(r"^[0-9a-f]{8}-")  # what Label Studio puts before file names


def export_label_studio(campaign, path):
    """Write items, answers and predictions as tasks of Label Studio.

    Parameters
    ----------
    campaign : Campaign
        The campaign.
    path : str or os.PathLike
        The file of JSON. It is written whole or not at all.

    Raises
    ------
    OSError
        If the file cannot be written.

    See Also
    --------
    import_label_studio : Tell a campaign the annotations of such a file.

    Notes
    -----
    Each question is one of ``Choices`` whose ``name`` is that of the question, or
    "answer" if there is only one, and whose ``toName`` is "image" for files, "text" for
    texts and "item" for anything else. So a project whose labelling interface has these
    names shows the answers. A skipped item is a cancelled annotation. An annotation
    without a result says that somebody could not tell.

    ``data`` has the name of an item, its number ("item"), and the path of its image,
    its text, or its row. Other arrays than files are left out. ``completed_by`` has the
    name of a person as "email". Label Studio refuses an email that it does not know,
    unless it is set to allow them (``ALLOW_IMPORT_TASKS_WITH_UNKNOWN_EMAILS``).

    The score of a prediction is the share of people who would give the answer.

    Examples
    --------
    >>> import json
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skbal.campaign import Campaign, export_label_studio
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name, "tasks.json")
    >>> with Campaign.create(
    ...     Path(folder.name, "votes.db"), ["a star", "a disc"], ["yes", "no"]
    ... ) as campaign:
    ...     told = campaign.tell("1", "yes", "ann")
    ...     export_label_studio(campaign, path)
    >>> tasks = json.loads(path.read_text())
    >>> [len(task["annotations"]) for task in tasks]
    [0, 1]
    >>> tasks[1]["annotations"][0]["result"][0]["value"]
    {'choices': ['yes']}
    >>> folder.cleanup()
    """
    settings, is_first = campaign.settings, True
    with (
        whole_file(path) as unfinished,
        open(unfinished, "w", encoding="utf-8") as file,
    ):
        file.write("[")
        for start in range(0, settings.n_items, _AT_ONCE):
            tasks = campaign.store.read(
                lambda connection, start=start: _tasks(connection, settings, start)
            )
            for task in tasks:
                file.write("\n" if is_first else ",\n")
                # dumps is written in C, and dump is not.
                file.write(json.dumps(task, ensure_ascii=False, default=str))
                is_first = False
        file.write("\n]\n")


def import_label_studio(campaign, path, *, name=None, answers=None, verbose=False):
    """Tell a campaign the annotations in a file of Label Studio.

    The same file again changes nothing. Predictions are not read.

    Parameters
    ----------
    campaign : Campaign
        The campaign.
    path : str or os.PathLike
        An export in the format "JSON", a list of tasks.
    name : str, optional
        The entry in the data of a task that names the item. ``None`` takes the first of
        "name", "image", "img", "url", "file" and "text" that names one; of a path or
        an address, the last part.
    answers : dict, optional
        What choices mean: {choice: answer}, with None for "I cannot tell".
    verbose : bool, default=False
        Whether to show a progress bar.

    Returns
    -------
    imported : Imported
        How many annotations are new, were already known, or could not be imported.
        Incomplete are those with several choices for one question, and those whose
        choices are all for questions that the campaign does not have.

    Raises
    ------
    TypeError
        If ``answers`` is no dict.
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no such list, has unknown answers, or is about no item of the
        campaign. Nothing was told then.

    Examples
    --------
    >>> import json
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skbal.campaign import Campaign, import_label_studio
    >>> chosen = {"choices": ["yes"]}
    >>> result = {"from_name": "answer", "type": "choices", "value": chosen}
    >>> annotation = {"completed_by": {"email": "ann"}, "result": [result]}
    >>> tasks = [{"data": {"name": "1"}, "annotations": [annotation]}]
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name, "tasks.json")
    >>> _ = path.write_text(json.dumps(tasks))
    >>> with Campaign.create(
    ...     Path(folder.name, "votes.db"), ["a star", "a disc"], ["yes", "no"]
    ... ) as campaign:
    ...     imported = import_label_studio(campaign, path)
    ...     print(imported.n_new, campaign.counts().tolist())
    1 [[0, 0], [1, 0]]
    >>> folder.cleanup()
    """
    owner, questions = "import_label_studio", campaign.settings.questions
    names, labels = ItemNames(campaign), Labels(questions, answers, owner)
    collected = Collected(campaign, "label-studio")
    for task in _read_tasks(path, owner):
        number = _number(task, names, name)
        for annotation in task["annotations"]:
            if number is None:
                collected.add_other_item(_shown(task, name))
                continue
            try:
                _collect(collected, questions, labels, number, annotation)
            except (KeyError, TypeError, AttributeError) as error:
                raise ValueError(
                    f"{owner}: an annotation of the task {task.get('id')} in {path} is "
                    f"not as Label Studio writes it ({error!r})."
                ) from None
    labels.check(path, owner)
    return collected.tell(names, path, owner, verbose)


def _tasks(connection, settings, start):
    """Return the tasks of some items, as plain data."""
    ids = range(start, min(start + _AT_ONCE, settings.n_items))
    query = sa.select(item).where(item.c.id.in_(ids)).order_by(item.c.id)
    rows = connection.execute(query).all()
    said = _annotations(connection, settings, ids)
    expected = _predictions(connection, settings, ids)
    return [
        {
            "id": row.id,
            "data": data,
            "annotations": said.get(row.id, []),
            "predictions": expected.get(row.id, []),
        }
        for row, data in zip(rows, _data(connection, settings, rows))
    ]


def _data(connection, settings, rows):
    kind = settings.items["kind"]
    shown = [{} for _ in rows]
    if kind != "array":
        contents = contents_of(connection, settings.items, rows)
        if kind == "frame":
            contents = [_finite(one) for one in contents]
        key = {"files": "image", "text": "text"}.get(kind)
        shown = contents if key is None else [{key: str(one)} for one in contents]
    return [{**one, "item": row.id, "name": row.name} for one, row in zip(shown, rows)]


def _finite(cells):
    """Return cells without infinity, for which JSON has no number."""
    return {
        name: str(cell) if cell in (math.inf, -math.inf) else cell
        for name, cell in cells.items()
    }


def _annotations(connection, settings, ids):
    query = (
        sa.select(answer, annotator.c.name)
        .join_from(answer, annotator, answer.c.annotator_id == annotator.c.id)
        .where(
            answer.c.item_id.in_(ids),
            answer.c.undone_at.is_(None),
            answer.c.kind.in_(_KINDS),
        )
        .order_by(answer.c.item_id, answer.c.id)
    )
    rows = connection.execute(query).all()
    return {
        number: [_annotation(settings, row) for row in group]
        for number, group in groupby(rows, key=lambda row: row.item_id)
    }


def _annotation(settings, row):
    content = None if row.content is None else json.loads(row.content)
    at = datetime.fromtimestamp(row.at, UTC).isoformat().replace("+00:00", "Z")
    return {
        "id": row.id,
        "completed_by": {"email": row.name},
        "result": _result(settings, content, f"a{row.id}"),
        "was_cancelled": row.kind == "skip",
        "ground_truth": False,
        "created_at": at,
        "updated_at": at,
    }


def _result(settings, content, name):
    """Return a choice for each answer."""
    if content is None:
        return []
    (ask, *_), kind = settings.questions.asked, settings.items["kind"]
    if settings.questions.is_one:
        content = {ask.name: content}
    return [
        {
            "id": f"{name}-{place}",
            "from_name": question,
            "to_name": {"files": "image", "text": "text"}.get(kind, "item"),
            "type": "choices",
            "value": {"choices": [str(label)]},
        }
        for place, (question, label) in enumerate(content.items())
    ]


def _predictions(connection, settings, ids):
    query = sa.select(prediction).where(
        prediction.c.version == NEWEST_VERSION.scalar_subquery(),
        prediction.c.item_id.in_(ids),
        prediction.c.shares.is_not(None),
    )
    return {
        row.item_id: [_prediction(settings, row)] for row in connection.execute(query)
    }


def _prediction(settings, row):
    mean, questions = json.loads(row.shares)["mean"], settings.questions
    content, given, score = {}, set(), None
    for ask, labels in zip(questions.asked, questions.labels):
        if ask.parent is not None and ask.parent not in given:
            continue
        part = mean[ask.columns]
        if not part:  # a classifier knows the first question only
            break
        place = part.index(max(part))
        content[ask.name] = labels[place]
        given.add(ask.columns.start + place)
        score = part[place] if score is None else score
    content = next(iter(content.values())) if questions.is_one else content
    return {
        "model_version": str(row.version),
        "score": score,
        "result": _result(settings, content, f"p{row.item_id}"),
    }


def _read_tasks(path, owner):
    with open(path, encoding="utf-8-sig") as file:
        try:
            tasks = json.load(file)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{owner}: {path} is no JSON ({error}).") from None
    if not isinstance(tasks, list) or not all(map(_is_task, tasks)):
        raise ValueError(
            f"{owner}: {path} must be a list of tasks with 'data' and 'annotations', "
            "which Label Studio exports in the format JSON (not JSON-MIN)."
        )
    return [{"annotations": [], **task} for task in tasks]


def _is_task(task):
    return (
        isinstance(task, dict)
        and isinstance(task.get("data"), dict)
        and isinstance(task.get("annotations", []), list)
    )


def _number(task, names, key):
    """Return the number of the item that a task is about, or None."""
    data = task["data"]
    values = [data.get(one) for one in ((key,) if key else _NAME_KEYS)]
    if key is None:
        values.append(task.get("file_upload"))
    for value in values:
        if not isinstance(value, (str, int)):
            continue
        for text in (str(value), _UPLOAD.sub("", str(value).split("/")[-1])):
            number = names.find(text)
            if number is not None:
                return number
    return None


def _shown(task, key):
    values = [task["data"].get(one) for one in ((key,) if key else _NAME_KEYS)]
    return next((value for value in values if value is not None), task["data"])


def _collect(collected, questions, labels, number, annotation):
    person = _person(annotation.get("completed_by"))
    at = _time(annotation.get("created_at"))
    if annotation.get("was_cancelled"):
        collected.add(number, person, "skip", None, at)
        return
    given = {}
    for one in annotation["result"]:
        if one.get("type") == "choices":  # of one question, there may be several
            name = one["from_name"]
            given[name] = given.get(name, []) + one["value"]["choices"]
    if any(len(choices) != 1 for choices in given.values()):
        collected.n_incomplete += 1
        return
    texts = [given.get(ask.name, [""])[0] for ask in questions.asked]
    if questions.is_one and len(given) == 1:  # whatever the question was called there
        ((texts[0],),) = given.values()
    if given and all(text == "" for text in texts):  # choices of other questions
        collected.n_incomplete += 1
        return
    add_content(collected, questions, labels, number, person, texts, at)


def _person(completed_by):
    """Return the name of a person, who is a number or has an email."""
    if not isinstance(completed_by, dict):
        return "unnamed" if completed_by is None else str(completed_by)
    return completed_by.get("email") or str(completed_by.get("id", "unnamed"))


def _time(text):
    """Return seconds since 1970, or None."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
