"""All that a report says, as plain data. The page shows this and nothing else."""

from skbal._utils.result_files import strict
from skbal._version import __version__
from skbal.audit._report._answers import answered_rubric
from skbal.audit._report._check import Outcome, outcome_of
from skbal.audit._report._checks import CHECKS
from skbal.audit._report._drawing import drawn
from skbal.audit._report._facts import facts_of, origin_of
from skbal.audit._report._sections import (
    SECTIONS,
    chosen_section,
    curve_section,
    labelled_section,
    origin_section,
    table_of,
)
from skbal.audit._report._summary import summary_of

_FIRST = 12  # rows of the table of a check, which puts what matters first
_MOST = 5_000  # numbers of one field of a result
# What no check can tell, whatever it finds.
LIMITS = (
    "Whether the labels are right where only one person or one source gave them.",
    "Whether the test rows are like the rows on which the model will be used.",
    "Whether the question is worth asking, and who is hurt by a wrong answer.",
)


def content_of(source, settings):
    """Run the checks, and return what the report says.

    Parameters
    ----------
    source : Source
        What the report is of.
    settings : Settings
        Which checks are made, and how.

    Returns
    -------
    content : dict
        Plain data.
    results : dict of str to AuditResult
        The results of the checks that ran.
    images : dict of str to str
        The figures as data URIs, by their ``key`` in the content.
    """
    outcomes = [_outcome(check, source, settings) for check in CHECKS]
    facts, origin = facts_of(source), origin_of(source)
    images = {}
    sections = [
        _section(key, source, facts, origin, outcomes, images) for key in SECTIONS
    ]
    content = {
        "title": settings.title,
        "date": settings.date,
        "summary": summary_of(facts, outcomes),
        "facts": facts,
        "sections": sections,
        "limits": list(LIMITS),
        "not_checked": _of_status(outcomes, "not checked"),
        "does_not_apply": _of_status(outcomes, "does not apply"),
        "results": {o.check.name: _plain(o.result) for o in outcomes if o.result},
        "rubric": answered_rubric(outcomes),
        "origin": origin,
        "skbal_version": __version__,
    }
    results = {o.check.name: o.result for o in outcomes if o.result is not None}
    return strict(content), results, images


def _plain(result):
    """Return the fields of a result, without arrays that nobody reads as text."""
    return {
        name: f"{_count(value):,} numbers, left out" if _count(value) > _MOST else value
        for name, value in result.to_dict().items()
    }


def _count(value):
    if isinstance(value, dict):
        return sum(map(_count, value.values()))
    return sum(map(_count, value)) if isinstance(value, list) else 1


def _outcome(check, source, settings):
    given = settings.results.get(check.name)
    if given is not None:
        return Outcome(check, "ran", given)
    if settings.checks is not None and check.name not in settings.checks:
        reason, remedy = "It was not asked for.", f"Name {check.name!r} in checks."
        return Outcome(check, "not checked", reason=reason, remedy=remedy)
    if check.costs and not settings.names(check.name):
        remedy = f"To make it all the same, give check_params={{{check.name!r}: {{}}}}."
        return Outcome(check, "not checked", reason=check.costs, remedy=remedy)
    return outcome_of(check, source, settings.check_params.get(check.name, {}))


def _section(key, source, facts, origin, outcomes, images):
    """Return a section: its own words first, then the checks that belong to it."""
    own = {
        "labelled": lambda: labelled_section(source, facts),
        "chosen": lambda: chosen_section(source, facts),
        "curve": lambda: curve_section(source, facts),
        "origin": lambda: origin_section(origin),
    }
    words, tables, pictures = own[key]() if key in own else ([], [], [])
    return {
        "key": key,
        "title": SECTIONS[key],
        "paragraphs": words,
        "tables": tables,
        "figures": _figures(key, pictures, images),
        "checks": [
            _check(outcome, source, images)
            for outcome in outcomes
            if outcome.check.section == key
        ],
    }


def _check(outcome, source, images):
    check = outcome.check
    shown = {
        "name": check.name,
        "title": check.title,
        "question": check.question,
        "status": outcome.status,
        "concern": outcome.concern,
        "judged": check.judged or outcome.concern is not None,
        "verdict": outcome.result.verdict if outcome.result else outcome.reason,
        "remedy": outcome.remedy,
        "meaning": check.meaning if outcome.concern is True else "",
        "notes": [f"Warning: {text}" for text in outcome.warned],
        "tables": [],
        "figures": [],
    }
    if outcome.result is None:
        return shown
    shown["tables"], notes = _table(outcome)
    shown["notes"] += notes
    try:
        pictures = list(check.pictures(outcome.result, source))
    # As with the check itself, an error must not end the report.
    except Exception as error:
        pictures = []
        shown["notes"].append(f"There is no figure: {type(error).__name__}: {error}")
    shown["figures"] = _figures(check.name, pictures, images)
    return shown


def _table(outcome):
    try:
        frame = outcome.result.to_frame()
        if frame.index.name is not None:  # such as the columns of a table
            frame = frame.reset_index()
        columns = [frame[name].tolist() for name in frame.columns]
    except Exception as error:  # pandas is missing, or the check has a fault
        return [], [f"There is no table: {type(error).__name__}: {error}"]
    if not len(frame):
        return [], []
    header = [str(name).replace("_", " ") for name in frame.columns]
    title = f"Details: {outcome.check.title}"
    return [table_of(title, header, list(zip(*columns)), first=_FIRST)], []


def _figures(owner, pictures, images):
    """Draw pictures into ``images``, and return what the page says about them."""
    figures = []
    for number, picture in enumerate(pictures):
        key = f"{owner}-{number}".replace(" ", "-").replace("_", "-")
        figure = {"key": key, "title": picture.title, "alt": picture.alt, "why_not": ""}
        try:
            images[key] = drawn(picture)
        except Exception as error:  # matplotlib is missing, or the data cannot be drawn
            figure["why_not"] = f"It could not be drawn: {error}"
        figures.append(figure)
    return figures


def _of_status(outcomes, status):
    return [
        {
            "name": outcome.check.name,
            "title": outcome.check.title,
            "question": outcome.check.question,
            "reason": outcome.reason,
            "remedy": outcome.remedy,
        }
        for outcome in outcomes
        if outcome.status == status
    ]
