"""From the text of a lesson to a notebook: sections, slides, and what students get."""

import re

from skbal._utils.optional import require

# How the headings of sections begin that students do not get, and their tags.
_HIDDEN = {"Solution": "solution", "For the teacher": "teacher"}
_HEADING = re.compile(r"^(#{1,3}) (.+)$")
_FENCE = re.compile(r"^(```|~~~)")
_SLIDES = {"#": "slide", "##": "slide", "###": "subslide"}


def notebook_of(path, teacher=False):
    """Return a lesson as a notebook without outputs.

    A cell of text begins at each heading, and with it a new slide.

    Parameters
    ----------
    path : pathlib.Path
        Its text, in MyST Markdown.
    teacher : bool, default=False
        Whether it has the solutions, whose code is folded, and the notes for the
        teacher, which are the speaker's notes of the slides. Otherwise these sections,
        and cells with the tag ``solution`` or ``teacher``, are left out.

    Returns
    -------
    notebook : nbformat.NotebookNode
        The notebook, version 4.5. The identifiers of its cells are always the same.

    Raises
    ------
    ImportError
        If jupytext is not installed.
    """
    jupytext = require("jupytext", "course", "The course")
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="md:myst")
    cells = []
    hidden = None
    for cell in _split_at_headings(notebook.cells):
        hidden = _hidden_as(cell, hidden)
        kind = hidden or next((t for t in _tags(cell) if t in _HIDDEN.values()), None)
        if teacher or kind is None:
            cells.append(_prepared(cell, kind))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    notebook.cells = cells
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def heading_of(cell):
    """Return the marks and the text of the heading that a cell begins with, or None."""
    if cell.cell_type != "markdown":
        return None
    found = _HEADING.match(cell.source.partition("\n")[0])
    return found and found.groups()


def _split_at_headings(cells):
    for cell in cells:
        if cell.cell_type != "markdown":
            yield cell
            continue
        for text in _parts(cell.source.splitlines()):
            part = cell.copy()
            part["source"] = text
            part["metadata"] = cell.metadata.copy()
            yield part


def _parts(lines):
    """Give the texts that begin with a heading; in a block of code there is none."""
    part, in_block = [], False
    for line in lines:
        if _FENCE.match(line):
            in_block = not in_block
        if _HEADING.match(line) and not in_block and part:
            yield "\n".join(part).strip()
            part = []
        part.append(line)
    yield "\n".join(part).strip()


def _hidden_as(cell, before):
    """Return "solution", "teacher" or None: what the section of a cell is."""
    heading = heading_of(cell)
    if heading is None or heading[0] == "###":
        return before
    found = (kind for name, kind in _HIDDEN.items() if heading[1].startswith(name))
    return next(found, None)


def _tags(cell):
    return cell.metadata.get("tags", [])


def _prepared(cell, kind):
    """Return the cell with its place among the slides, and folded if it is hidden."""
    metadata = cell.metadata
    if kind is not None and kind not in _tags(cell):
        metadata["tags"] = [*_tags(cell), kind]
    if kind is not None and cell.cell_type == "code":
        metadata["jupyter"] = {"source_hidden": True}
    slide = {"solution": "skip", "teacher": "notes"}.get(kind)
    if heading := heading_of(cell):
        slide = slide or _SLIDES[heading[0]]
    if slide is not None:
        metadata.setdefault("slideshow", {"slide_type": slide})
    return cell
