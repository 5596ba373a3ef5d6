"""What students get of a lesson, what teachers get, and how it becomes slides."""

import re

import pytest

from skbal._course._notebook import notebook_of

jupytext = pytest.importorskip("jupytext")

LESSON = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# Lesson 0: small

Text.

## Exercise 1

```{code-cell} ipython3
answer = ...
```

## Solution 1

Why it is 2.

### A detail

```{code-cell} ipython3
:tags: [solution, hide-cell]

assert 1 + 1 == 2
```

## Then

An example of Markdown:

```
## no heading
```

+++ {"slideshow": {"slide_type": "fragment"}}

A fragment.

```{code-cell} ipython3
:tags: [teacher]

"only for the teacher"
```

## For the teacher

Five minutes.
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "00_small.md"
    path.write_text(LESSON, encoding="utf-8")
    return path


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def slides(notebook):
    return [c.metadata.get("slideshow", {}).get("slide_type") for c in notebook.cells]


def test_students_get_neither_solutions_nor_notes(path):
    assert sources(notebook_of(path)) == [
        "# Lesson 0: small\n\nText.",
        "## Exercise 1",
        "answer = ...",
        "## Then\n\nAn example of Markdown:\n\n```\n## no heading\n```",
        "A fragment.",
    ]


def test_teachers_get_all_with_the_code_of_solutions_folded(path):
    notebook = notebook_of(path, teacher=True)
    assert "\n\n".join(sources(notebook)).count("\n## ") == 5  # one in a block of code
    [solution] = [c for c in notebook.cells if c.source == "assert 1 + 1 == 2"]
    assert solution.metadata["jupyter"] == {"source_hidden": True}
    tags = {c.source.partition("\n")[0]: c.metadata.get("tags") for c in notebook.cells}
    assert tags["## Solution 1"] == tags["### A detail"] == ["solution"]
    assert tags["## For the teacher"] == ["teacher"]
    assert tags["## Then"] is None


def test_a_heading_begins_a_slide_unless_the_text_says_otherwise(path):
    assert slides(notebook_of(path)) == ["slide", "slide", None, "slide", "fragment"]
    assert slides(notebook_of(path, teacher=True)) == [
        "slide", "slide", None, "skip", "skip", "skip", "slide", "fragment",
        "notes", "notes",
    ]  # fmt: skip


def test_a_notebook_is_the_same_each_time_and_valid(path):
    first, second = (jupytext.writes(notebook_of(path), fmt="ipynb") for _ in range(2))
    assert first == second
    pytest.importorskip("nbformat").validate(notebook_of(path))


@pytest.mark.slow  # nbconvert takes long to load
def test_slides_have_notes_for_the_speaker_and_no_solutions(path):
    exporter = pytest.importorskip("nbconvert").SlidesExporter()
    notebook = notebook_of(path, teacher=True)
    page, _ = exporter.from_notebook_node(notebook)
    slides = page.partition('<div class="slides">')[2]
    assert slides.count('<aside class="notes">') == 2
    assert "Five minutes." in slides
    assert "Exercise 1" in slides
    assert "Why it is 2." not in slides
    assert "1 + 1" not in re.sub(r"<[^>]+>", "", slides)
