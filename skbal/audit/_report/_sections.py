"""The sections of a report that no check fills: what was labelled and chosen."""

import numpy as np

from skbal._utils.provenance import described
from skbal.audit._report._check import Picture
from skbal.audit._report._words import counted, listed, shown
from skbal.plotting import AcquisitionCurveDisplay

SECTIONS = {
    "labelled": "What was labelled, and by whom",
    "chosen": "How the rows were chosen",
    "score": "How good the model is",
    "curve": "Learning curve",
    "calibration": "Can its probabilities be trusted?",
    "generalisation": "Overfit or overspecialised?",
    "selection": "Labelled rows against all rows",
    "saliency": "What the model looks at",
    "shortcuts": "Did it find a shortcut?",
    "anomalies": "Rows unlike anything labelled",
    "leakage": "Did something leak into the test?",
    "origin": "Versions, seeds and data",
}
_MOST_ROWS = 20  # of a table, in the middle of which others are left out


def table_of(title, header, rows, first=None):
    """Return a table as plain data, shortened.

    Parameters
    ----------
    title : str
        What the table shows.
    header : sequence of str
        Names of the columns.
    rows : sequence of sequence
        Its cells.
    first : int, optional
        How many rows are shown. ``None`` leaves out the middle of more than 20.

    Returns
    -------
    table : dict
        With ``title``, ``header``, ``rows`` of strings, ``numeric`` (whether each
        column has numbers only) and ``n_rows``.

    Examples
    --------
    >>> table_of("Classes", ["class", "n"], [["a", 3]])["rows"]
    [['a', '3']]
    """
    rows, n_rows = list(rows), len(rows)
    kinds = [
        all(_is_number(row[column]) for row in rows) for column in range(len(header))
    ]
    if first is not None:
        rows = rows[:first]
    elif n_rows > _MOST_ROWS:
        half = _MOST_ROWS // 2
        rows = [*rows[:half], ["…"] * len(header), *rows[-half:]]
    return {
        "title": title,
        "header": [str(name) for name in header],
        "rows": [[shown(cell) for cell in row] for row in rows],
        "numeric": kinds,
        "n_rows": n_rows,
    }


def _is_number(cell):
    return isinstance(cell, (int, float, np.number)) and not isinstance(cell, bool)


def labelled_section(source, facts):
    """Return what was labelled: sentences, tables and pictures."""
    if source.campaign is not None:
        return _labelled_by_people(facts)
    words = [f"The model learned from {counted(facts['n_learned'], 'label')}."]
    if facts["n_set_aside"]:
        words.append(
            f"{counted(facts['n_set_aside'], 'answer')} were set aside by the filter "
            f"{described(getattr(source.learner, 'label_filter', None))}."
        )
    if facts["n_unanswered"]:
        words.append(f"{counted(facts['n_unanswered'], 'row')} were left unanswered.")
    paid = facts["n_labels"] - facts["n_set_aside"] - facts["n_unanswered"]
    if paid != facts["n_learned"]:
        words.append(
            f"By the history it should be {paid:,}: labels wait to be taught, or were "
            "taught outside of the loop."
        )
    if source.task in ("numbers",):
        words.append(_range_of(source.y_labelled))
    if facts.get("cost") not in (None, float(facts["n_labels"])):
        words.append(f"They cost {shown(facts['cost'])} in the unit of the oracle.")
    words.append(
        "At which time of day each label was given is not kept by a loop; a campaign "
        "keeps it."
    )
    return words, [], []


def _labelled_by_people(facts):
    words = [
        f"{counted(facts['n_answers'], 'answer')} were given, and "
        f"{counted(facts['n_cannot_tell'], 'time')} somebody could not tell. "
        f"{counted(facts['n_skipped'], 'time')} an item was skipped.",
        f"{counted(facts['n_open'], 'item')} are still open.",
    ]
    if facts["n_since_model"]:
        words.append(
            f"{counted(facts['n_since_model'], 'answer')} came after the newest model "
            "of the campaign; the model of this report learned from them, too."
        )
    return words, [], []


def _range_of(y):
    low, middle, high = np.quantile(np.asarray(y, dtype=np.float64), [0, 0.5, 1])
    return (
        f"The labels are numbers from {low:.4g} to {high:.4g}; half of them are below "
        f"{middle:.4g}."
    )


def chosen_section(source, facts):
    """Return how rows were chosen: sentences, tables and pictures."""
    words = [f"Strategy: {described(source.strategy) or 'not known'}."]
    history = source.history
    if source.campaign is not None:
        share = source.campaign.settings.enhanced
        words.append(
            f"The model chose {share:.0%} of the questions, and chance the others."
            if source.estimator is not None
            else "Without a model, all questions were chosen by chance."
        )
    words.append("The scores by which rows were chosen are not kept.")
    if history is None or not len(history):
        return words, [], []
    if facts.get("stop_reason"):
        words.append(f"It ended because: {facts['stop_reason']}.")
    header = ["step", "labels so far", "score", "asked", "set aside", "unanswered"]
    rows = [
        (r.step, r.n_labels, r.score, len(r.indices), len(r.rejected), len(r.skipped))
        for r in history
    ]
    if source.campaign is not None:
        header = ["model", "items with an answer", "score", "answers"]
        rows = [(r.step + 1, r.n_labels, r.score, int(r.cost)) for r in history]
    return words, [table_of("Steps", header, rows)], []


def curve_section(source, facts):
    """Return the learning curve: sentences, tables and pictures."""
    history = source.history
    if history is None or len(history) < 2 or not np.isfinite(history.scores).all():
        return (
            ["There is no learning curve: fewer than two steps have a score."],
            [],
            [],
        )
    words = [
        f"The score went from {facts['first_score']:.4f} at {facts['n_first']:,} "
        f"labels to {facts['last_score']:.4f} at {facts['n_labels']:,}."
        if source.campaign is None
        else "The score of a model is the share of the next answers that it expected."
    ]
    if source.options.get("compare_random") not in (None, False):
        return words, [], []  # the check draws it with random choice beside it

    def draw(figure):
        name = type(source.strategy).__name__
        AcquisitionCurveDisplay.from_histories({name: history}, ax=figure.subplots())

    alt = "A line: the score against the number of labels."
    return words, [], [Picture("Learning curve", alt, draw)]


def origin_section(origin):
    """Return what the run is made of: sentences, tables and pictures."""
    rows = [(name, str(value)) for name, value in origin["made_of"].items()]
    tables = [_full_table("Parts", ["part", "value"], rows)]
    of_run, now = origin["versions"] or {}, origin["versions_now"]
    names = list(dict.fromkeys([*of_run, *now]))
    tables.append(
        table_of(
            "Versions",
            ["library", "of the run", "of this report"],
            [
                (name, of_run.get(name, "not noted"), now.get(name, ""))
                for name in names
            ],
        )
    )
    data = [
        (name, known["n_rows"], known["row_shape"], known["digest"])
        for name, known in origin["data"].items()
    ]
    if data:
        header = ["rows", "number", "shape of one", "fingerprint"]
        tables.append(table_of("Data", header, data))
    words = [
        "A fingerprint is a digest of some of the rows: equal rows have equal "
        "fingerprints, so you can tell whether data are those of this report."
    ]
    words += [
        f"From step {change['step']} on, this was another: "
        f"{listed(name for name in change if name != 'step')}."
        for change in origin["changes"]
    ]
    return words, tables, []


def _full_table(title, header, rows):
    """Return a table whose long cells are not cut."""
    return {**table_of(title, header, rows), "rows": [list(row) for row in rows]}
