"""All answers as a table: one line for each answer of a person."""

import math

from skbal.campaign._formats._importing import Collected, Labels
from skbal.campaign._formats._names import ItemNames
from skbal.campaign._formats._tables import check_columns, read_table, write_table

_OTHERS = ("annotator", "kind", "queue", "at", "late")


def export_answers(campaign, path):
    """Write all answers that were not taken back as a table.

    Parameters
    ----------
    campaign : Campaign
        The campaign.
    path : str or os.PathLike
        A file that ends in ".csv" or ".parquet". It is written whole or not at all.
        Strings that a spreadsheet would run as a formula have an apostrophe in front.

    Raises
    ------
    ValueError
        If ``path`` has another ending.
    ImportError
        If a Parquet file is wanted and polars is missing;
        ``pip install 'skbal[parquet]'`` installs it.
    OSError
        If the file cannot be written.

    Notes
    -----
    The columns are those of `Campaign.answers`. With several questions, each has a
    column such as "answer: bar", which is empty where the question was not asked.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skbal.campaign import Campaign, export_answers
    >>> folder = tempfile.TemporaryDirectory()
    >>> votes = Path(folder.name, "votes.db")
    >>> with Campaign.create(votes, ["a star", "a disc"], ["yes", "no"]) as campaign:
    ...     told = campaign.tell("1", "yes", "ann")
    ...     export_answers(campaign, Path(folder.name, "answers.csv"))
    >>> print(Path(folder.name, "answers.csv").read_text().splitlines()[0])
    "item","name","answer","annotator","kind","queue","at","late"
    >>> folder.cleanup()
    """
    frame = campaign.answers()
    columns = {"item": frame["item"].tolist(), "name": frame["name"].tolist()}
    answers, questions = frame["answer"].tolist(), campaign.settings.questions
    for ask, header in zip(questions.asked, _headers(questions)):
        columns[header] = [_part(one, questions, ask.name) for one in answers]
    for name in _OTHERS:
        columns[name] = frame[name].tolist()
    columns["late"] = [bool(late) for late in columns["late"]]
    queues = columns["queue"]  # pandas writes a missing text as NaN
    columns["queue"] = [one if isinstance(one, str) else None for one in queues]
    write_table(path, columns, "export_answers")


def import_answers(campaign, path, *, answers=None, verbose=False):
    """Tell a campaign the answers in a table, such as `export_answers` writes.

    The same file again changes nothing.

    Parameters
    ----------
    campaign : Campaign
        The campaign.
    path : str or os.PathLike
        A table in CSV or Parquet with the columns "name" (of the item), "annotator",
        and "answer" or, of several questions, "answer: ..." with each question's name.
        An empty answer means "I cannot tell". "at", in seconds since 1970, is optional.
    answers : dict, optional
        What strings in the file mean: {string: answer}, with None for "I cannot tell".
    verbose : bool, default=False
        Whether to show a progress bar.

    Returns
    -------
    imported : Imported
        How many answers are new, were already known, or could not be imported.

    Raises
    ------
    TypeError
        If ``answers`` is no dict.
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no such table, has unknown answers, or is about no item of the
        campaign. Nothing was told then.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skbal.campaign import Campaign, import_answers
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name, "answers.csv")
    >>> _ = path.write_text("name,annotator,answer\\n0,ann,yes\\n1,ann,Nope\\n")
    >>> with Campaign.create(
    ...     Path(folder.name, "votes.db"), ["a star", "a disc"], ["yes", "no"]
    ... ) as campaign:
    ...     imported = import_answers(campaign, path, answers={"Nope": "no"})
    ...     print(imported.n_new, campaign.counts().tolist())
    2 [[1, 0], [0, 1]]
    >>> folder.cleanup()
    """
    owner, questions = "import_answers", campaign.settings.questions
    table = read_table(path, owner)
    headers = _headers(questions)
    check_columns(table, ("name", "annotator", *headers), path, owner)
    names, labels = ItemNames(campaign), Labels(questions, answers, owner)
    collected = Collected(campaign, "answers")
    times = table.get("at", [None] * len(table["name"]))
    cells = zip(*(table[header] for header in headers))
    for name, person, at, texts in zip(
        table["name"], table["annotator"], times, cells, strict=True
    ):
        number = names.find(name)
        if number is None:
            collected.add_other_item(name)
            continue
        add_content(collected, questions, labels, number, person, texts, _time(at))
    labels.check(path, owner)
    return collected.tell(names, path, owner, verbose)


def add_content(collected, questions, labels, number, person, texts, at=None):
    """Note the answers of one person about one item.

    Parameters
    ----------
    collected : Collected
        Where they are noted.
    questions : Questions
        Those of the campaign.
    labels : Labels
        What texts mean.
    number : int
        The item.
    person : str
        The annotator.
    texts : sequence of str or number
        A text for each question, "" or None where there is none.
    at : float, optional
        When, in seconds since 1970.
    """
    found = {
        ask.name: labels.find(place, text)
        for place, (ask, text) in enumerate(zip(questions.asked, texts))
        if text not in ("", None)
    }
    content = {name: label for name, label in found.items() if label is not None}
    if not content:
        collected.add(number, person, "cannot_tell", None, at)
        return
    if questions.is_one:
        (content,) = content.values()
    try:
        content = questions.check(content)
    except ValueError:  # a question is missing, or does not apply
        collected.n_incomplete += 1
        return
    collected.add(number, person, "answer", content, at)


def _headers(questions):
    if questions.is_one:
        return ["answer"]
    return [f"answer: {ask.name}" for ask in questions.asked]


def _part(answer, questions, name):
    if answer is None or questions.is_one:
        return answer
    return answer.get(name)


def _time(text):
    """Return seconds since 1970, or None if there is no such number."""
    try:
        at = float(text)
    except (TypeError, ValueError):
        return None
    return at if math.isfinite(at) else None
