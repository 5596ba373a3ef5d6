"""A rubric for a project or a course: six heads, four levels, and the checks."""

from dataclasses import dataclass
from html import escape

from skbal._utils.optional import require
from skbal._utils.validation import check_option
from skbal.audit._report._rubric_lines import INSTRUCTION, LEVELS, LINES, OVERALL


@dataclass(frozen=True)
class RubricLine:
    """One head of a rubric.

    Parameters
    ----------
    head, question : str
        Its name, and what it asks.
    levels : dict of str to str
        A description for each level, the lowest first.
    checks : tuple of str
        The checks of `skbal.audit` that help to answer.
    """

    head: str
    question: str
    levels: dict
    checks: tuple


@dataclass(frozen=True, repr=False)
class Rubric:
    """A holistic rubric, the result of `rubric`.

    Parameters
    ----------
    purpose : {"project", "course"}
        What it is for.
    instruction : str
        How to use it.
    overall : dict of str to str
        What work of each level is like as a whole.
    lines : tuple of RubricLine
        The six heads, each with ``head``, ``question``, ``levels`` and ``checks``.

    Examples
    --------
    >>> from skbal.audit import rubric
    >>> rubric()
    Rubric(for a project: 6 heads, 4 levels)
    >>> rubric().lines[2].head
    'Scrutiny'
    """

    purpose: str
    instruction: str
    overall: dict
    lines: tuple

    def __repr__(self):
        return (
            f"Rubric(for a {self.purpose}: {len(self.lines)} heads, "
            f"{len(self.overall)} levels)"
        )

    def to_dict(self):
        """Return the rubric as plain data.

        Returns
        -------
        data : dict
            Made of dicts, lists and strings.
        """
        lines = [
            {
                "head": line.head,
                "question": line.question,
                **line.levels,
                "checks": list(line.checks),
            }
            for line in self.lines
        ]
        return {
            "purpose": self.purpose,
            "instruction": self.instruction,
            "levels": list(self.overall),
            "overall": dict(self.overall),
            "lines": lines,
        }

    def to_frame(self):
        """Return the rubric as a table with one row per head.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``head``, ``question``, one for each level, and
            ``checks``.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "Rubric.to_frame")
        rows = [
            {**line, "checks": ", ".join(line["checks"])}
            for line in self.to_dict()["lines"]
        ]
        return pandas.DataFrame(rows)

    def to_markdown(self):
        """Return the rubric as text in Markdown, one table per head.

        Returns
        -------
        text : str
        """
        parts = [f"# Rubric for a {self.purpose}", self.instruction]
        parts += [_markdown_table(self.overall)]
        for line in self.lines:
            parts += [f"## {line.head}", line.question, _markdown_table(line.levels)]
            names = ", ".join(f"`{name}`" for name in line.checks)
            parts.append(f"Checks that help to answer: {names}.")
        return "\n\n".join(parts) + "\n"

    def _repr_html_(self):
        header = "".join(f"<th>{level}</th>" for level in ("", *self.overall, "checks"))
        rows = [_html_row("As a whole", self.overall, ())]
        rows += [_html_row(line.head, line.levels, line.checks) for line in self.lines]
        return (
            f"<div><p>{escape(self.instruction)}</p><table><thead><tr>{header}</tr>"
            f"</thead><tbody>{''.join(rows)}</tbody></table></div>"
        )


def rubric(purpose="project"):
    """Return a rubric that asks whether machine learning was used well.

    The six heads are those of Ntampaka [1]_: interpretation, concise language,
    scrutiny, awareness of sources of bias, transparency and fairness, appropriate tool.
    A rubric that is handed out in advance improves the work [2]_. It is holistic: each
    head is judged as a whole by the description that fits best, and so is the work.

    Parameters
    ----------
    purpose : {"project", "course"}, default="project"
        Whether a project judges itself or a teacher judges what students handed in.
        The descriptions are the same, the instructions are not.

    Returns
    -------
    rubric : Rubric
        With `Rubric.to_frame`, `Rubric.to_markdown` and `Rubric.to_dict`.

    Raises
    ------
    ValueError
        If ``purpose`` is another string.

    See Also
    --------
    audit_report : Shows beside each head what the checks found.

    References
    ----------
    .. [1] M. Ntampaka (2022), ML for astronomy: cautionary tales for the community,
       STScI Newsletter 39(1).
    .. [2] J. Arter and J. McTighe (2001), Scoring rubrics in the classroom, Corwin.

    Examples
    --------
    >>> from skbal.audit import rubric
    >>> for line in rubric("course").lines:
    ...     print(f"{line.head}: {', '.join(line.checks[:2])}")
    Interpretation: saliency, uncertainty_saliency
    Concise language: score, generalisation_report
    Scrutiny: shortcut_test, invariance_report
    Awareness of sources of bias: labelled classes, people
    Transparency and fairness: audit_report, repeatable
    Appropriate tool: against random, too_good_check
    >>> print(rubric().lines[2].levels["developing"])
    The result was compared with a simple baseline, and then believed.
    """
    check_option(purpose, "purpose", tuple(INSTRUCTION), "rubric")
    lines = (
        RubricLine(head, question, dict(zip(LEVELS, texts)), checks)
        for head, question, *texts, checks in LINES
    )
    return Rubric(purpose, INSTRUCTION[purpose], dict(OVERALL), tuple(lines))


def _markdown_table(levels):
    rows = [f"| {level} | {text} |" for level, text in levels.items()]
    return "\n".join(["| level | description |", "| --- | --- |", *rows])


def _html_row(head, levels, checks):
    cells = [*levels.values(), ", ".join(checks)]
    inside = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f"<tr><th>{escape(head)}</th>{inside}</tr>"
