"""Classifications of Zooniverse as answers in a campaign."""

from skbal.campaign._formats._answer_tables import add_content
from skbal.campaign._formats._importing import Collected, Labels
from skbal.campaign._formats._names import ItemNames
from skbal.campaign._formats._panoptes import read_classifications, subject_name


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
        The entry in the metadata of a subject that names the item. ``None`` takes the
        first that is called "filename", "file", "image", "image_name" or "name", else
        the number of the subject.
    answers : dict, optional
        What texts of the file mean: {text: answer}, with None for "I cannot tell".
    verbose : bool, default=False
        Whether to show a progress bar.

    Returns
    -------
    imported : Imported
        How many classifications are new, were known, or could not be told. Incomplete
        are those without an answer to each question that applies.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no such export, lacks a task, has several workflows, has unknown
        answers, or is about no item of the campaign. Nothing was told then.
    """
    owner, questions = "import_zooniverse", campaign.settings.questions
    wanted = _tasks(questions, tasks, owner)
    names, labels = ItemNames(campaign), Labels(questions, answers)
    collected = Collected(campaign, "zooniverse")
    workflows, there = set(), set()  # there: the tasks that somebody answered
    for one in read_classifications(path, owner):
        if workflow is not None and one.workflow != str(workflow):
            continue
        workflows.add(one.workflow)
        there.update(map(str, one.values))
        text = subject_name(one, name)
        number = names.find(text)
        if number is None:
            collected.add_other_item(text)
            continue
        texts = [_text(one.values.get(task)) for task in wanted]
        if texts[0] is None or _SEVERAL in texts:
            collected.n_incomplete += 1
            continue
        add_content(collected, questions, labels, number, one.person, texts, one.at)
    if len(workflows) > 1:
        raise ValueError(
            f"{owner}: {path} has the workflows {', '.join(sorted(workflows))}. Choose "
            "one by workflow=..."
        )
    if workflow is not None and not workflows:
        raise ValueError(f"{owner}: {path} has no classifications of {workflow=}.")
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
