"""How many people gave each answer, as a table: one line for each item."""

import hashlib
from collections import Counter

import numpy as np
import sqlalchemy as sa

from skbal.campaign._formats._columns import column_names, item_names
from skbal.campaign._formats._importing import Collected, checked_dict
from skbal.campaign._formats._names import ItemNames
from skbal.campaign._formats._tables import check_columns, read_table, write_table
from skbal.campaign._people import UNNAMED, clean_name
from skbal.campaign._questions import to_json
from skbal.campaign._tables import annotator, answer

_MOST = 1_000_000  # people, of whom each gets a name
_LONGEST = 150  # characters of an answer in the name of somebody nameless


def export_counts(campaign, path):
    """Write how many people gave each answer to each item.

    Parameters
    ----------
    campaign : Campaign
        The campaign.
    path : str or os.PathLike
        A file that ends in ".csv" or ".parquet". It is written whole or not at all.

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
    The columns are "name" and one for each answer, with the name of the answer or, with
    several questions, "question_answer". Answers about gold items are not counted.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skbal.campaign import Campaign, export_counts
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name, "counts.csv")
    >>> with Campaign.create(
    ...     Path(folder.name, "votes.db"), ["a star", "a disc"], ["yes", "no"]
    ... ) as campaign:
    ...     told = campaign.tell("1", "yes", "ann")
    ...     export_counts(campaign, path)
    >>> print(path.read_text().strip())
    "name","yes","no"
    "0",0,0
    "1",1,0
    >>> folder.cleanup()
    """
    columns = {"name": item_names(campaign)}
    counts = campaign.counts()
    questions = campaign.settings.questions
    for name, column in zip(column_names(questions, {"name"}), counts.T):
        columns[name] = column
    write_table(path, columns, "export_counts")


def import_counts(campaign, path, *, name=None, columns=None, verbose=False):
    """Tell a campaign counts of answers, as if nameless people had given them.

    Counts do not say who answered. So each answer is told by a person with a name such
    as "unnamed: smooth 3", the third who says so. If a file with higher counts is
    imported later, only the difference is told.

    Parameters
    ----------
    campaign : Campaign
        The campaign.
    path : str or os.PathLike
        A table in CSV or Parquet with a line for each item.
    name : str, optional
        The column with the names of items. ``None`` is the first.
    columns : dict, optional
        The column of each answer: {answer: column}. Of several questions, an answer is
        "question: answer". ``None`` uses the names that `export_counts` writes.
    verbose : bool, default=False
        Whether to show a progress bar.

    Returns
    -------
    imported : Imported
        How many answers are new, were already known, or could not be imported.

    Raises
    ------
    TypeError
        If ``columns`` is no dict.
    FileNotFoundError
        If there is no such file.
    ValueError
        If a column is missing, a count is no whole number >= 0, two rows are about one
        item, or the counts of a question are not those of the answer that leads to it.
        Nothing was told then.

    Notes
    -----
    Such a table does not say which answers to several questions come from the same
    person. So the first answers to each question are taken together as one person's,
    then the second ones, and so on.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skbal.campaign import Campaign, import_counts
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name, "counts.csv")
    >>> _ = path.write_text("name,yes,no\\n0,2,1\\n1,0,3\\n")
    >>> with Campaign.create(
    ...     Path(folder.name, "votes.db"), ["a star", "a disc"], ["yes", "no"]
    ... ) as campaign:
    ...     imported = import_counts(campaign, path)
    ...     print(imported.n_new, campaign.counts().tolist())
    6 [[2, 1], [0, 3]]
    >>> folder.cleanup()
    """
    owner, questions = "import_counts", campaign.settings.questions
    table = read_table(path, owner)
    name = next(iter(table)) if name is None else name
    wanted = _columns(questions, columns, owner)
    check_columns(table, (name, *wanted), path, owner)
    if name in wanted:
        raise ValueError(
            f"name of {owner} must be the column of {path} that names the items, got "
            f"{name!r:.80}, which has counts."
        )
    counts = np.stack([_numbers(table[c], c, path, owner) for c in wanted], axis=1)
    names, collected = ItemNames(campaign), Collected(campaign, "counts")
    earlier, row_of = campaign.store.read(_unnamed), {}
    for row, (text, of_item) in enumerate(zip(table[name], counts.tolist()), start=1):
        number, where = names.find(text), f"{owner}: row {row} of {path}"
        if number is None:
            collected.add_other_item(text)
            continue
        if row_of.setdefault(number, row) != row:
            raise ValueError(
                f"{where}, {text!r:.80}, is about the same item as row "
                f"{row_of[number]}. Add up its counts in one row."
            )
        contents = _contents(questions, of_item, where)
        people = _people(questions, contents)
        if earlier.get(number, set()) - set(people):
            raise ValueError(
                f"{where}, {text!r:.80}, has fewer answers than were imported before, "
                "or other ones. Only more of them can be imported."
            )
        for person, content in zip(people, contents):
            collected.add(number, person, "answer", content)
    return collected.tell(names, path, owner, verbose)


def _columns(questions, columns, owner):
    """Return the column of each answer."""
    if columns is None:
        return column_names(questions, {"name"})
    shown = questions.columns
    if questions.is_one:
        shown = [str(label) for label in questions.labels[0]]
    columns = checked_dict(columns, f"columns of {owner}")
    given = {str(answer): column for answer, column in columns.items()}
    if given.keys() != set(shown):
        raise ValueError(
            f"columns of {owner} must have a column for each of "
            f"{', '.join(map(repr, shown))}, got {', '.join(map(repr, given))}."
        )
    return [given[answer] for answer in shown]


def _numbers(cells, column, path, owner):
    try:
        numbers = np.array([float(cell) for cell in cells])
    except (TypeError, ValueError):
        numbers = np.array([np.nan])
    # NaN is in no range.
    if not ((numbers >= 0) & (numbers <= _MOST) & (numbers == np.floor(numbers))).all():
        raise ValueError(
            f"{owner}: the column {column!r} of {path} must have whole numbers >= 0, "
            f"counts of answers of at most {_MOST:,} people."
        )
    return numbers.astype(np.int64)


def _contents(questions, counts, where):
    """Return answers of single people that have these counts."""
    contents = None
    for ask, labels in zip(questions.asked, questions.labels):
        given = [
            label
            for label, count in zip(labels, counts[ask.columns])
            for _ in range(count)
        ]
        if contents is None:
            contents = [{} for _ in given]
        asked = [one for one in contents if _applies(ask, questions, one)]
        if len(asked) != len(given):
            raise ValueError(
                f"{where} has {len(given)} answers to {ask.name!r}, which was asked "
                f"{len(asked)} times."
            )
        for one, label in zip(asked, given):
            one[ask.name] = label
    if questions.is_one:
        return [next(iter(one.values())) for one in contents]
    return contents


def _applies(ask, questions, content):
    if ask.parent is None:
        return True
    parent = next(a for a in questions.asked if _has(a, ask.parent))
    place = parent.columns.start
    label = questions.labels[questions.asked.index(parent)][ask.parent - place]
    return parent.name in content and content[parent.name] == label


def _has(ask, column):
    return ask.columns.start <= column < ask.columns.stop


def _people(questions, contents):
    """Return the names of people: what they say, and a number."""
    seen, people = Counter(), []
    for content in contents:
        text = to_json(content)
        seen[text] += 1
        said = content if questions.is_one else ", ".join(map(str, content.values()))
        people.append(f"{UNNAMED}{_short(str(said))} {seen[text]}")
    return people


def _short(said):
    """Return an answer as a part of a name: short, printable, and like no other."""
    plain = clean_name(said)[:_LONGEST]
    if plain == said:
        return said
    return f"{plain} ~{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def _unnamed(connection):
    """Return the names of those who are only known as counts, for each item."""
    query = (
        sa.select(answer.c.item_id, annotator.c.name)
        .join_from(answer, annotator, answer.c.annotator_id == annotator.c.id)
        .where(annotator.c.name.startswith(UNNAMED))
    )
    found = {}
    for number, name in connection.execute(query):
        found.setdefault(number, set()).add(name)
    return found
