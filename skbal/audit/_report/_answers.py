"""The rubric inside of a report: beside each head, what the checks found."""

from skbal.audit._report._rubric import rubric

_FOUND = {True: "A reason for doubt", False: "Nothing found", None: "Cannot be told"}


def answered_rubric(outcomes):
    """Return the rubric of a project with what each check found.

    Parameters
    ----------
    outcomes : sequence of Outcome
        What came of each check.

    Returns
    -------
    rubric : dict
        That of `Rubric.to_dict`, with a ``title``. Each line has ``answers``: dicts
        with the ``name`` of a check and what it found in ``words``.
    """
    found = {outcome.check.name: _words(outcome) for outcome in outcomes}
    found["audit_report"] = "This page."
    plain = rubric().to_dict()
    for line in plain["lines"]:
        line["answers"] = [
            {"name": name, "words": found.get(name, "Not part of this report.")}
            for name in line["checks"]
        ]
    return {"title": "A rubric, and what the checks say to it", **plain}


def _words(outcome):
    if outcome.status == "not checked":
        return f"Not checked. {outcome.reason}"
    if outcome.status == "does not apply":
        return f"Does not apply. {outcome.reason}"
    if outcome.concern is None and not outcome.check.judged:
        return f"For you to judge. {outcome.result.verdict}"
    return f"{_FOUND[outcome.concern]}. {outcome.result.verdict}"
