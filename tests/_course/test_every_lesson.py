"""What holds for the text of each lesson; the pages of the documentation run them."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from fractions import Fraction
from importlib.metadata import packages_distributions
from pathlib import Path

import numpy as np
import pytest

from skbal._course import copy_lessons, lesson_paths, notebook_of
from skbal._course._notebook import heading_of

pytest.importorskip("jupytext")

ROOT = Path(__file__).parents[2]
PATHS = lesson_paths()
FIRST, LAST = ["Goals", "Before"], ["Questions for the board", "For the teacher"]
NO_TORCH = ("01", "04", "05")


@pytest.fixture(scope="module")
def lessons():
    """The notebooks of teachers, with the tags that say what students do not get."""
    return {path.stem: notebook_of(path, teacher=True) for path in PATHS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    copy_lessons(folder, teacher=True)
    return folder


def sections(notebook):
    """Return the texts of the headings of sections, in their order."""
    headings = filter(None, map(heading_of, notebook.cells))
    return [text for marks, text in headings if marks == "##"]


def code_cells(notebook):
    """Give the source of each cell of code, and whether it is of a solution."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield cell.source, "solution" in cell.metadata.get("tags", [])


def names_in(source, kind):
    """Return the names that code loads or stores, also those of functions."""
    source = re.sub(r"^[%!].*$", "", source, flags=re.M)
    nodes = list(ast.walk(ast.parse(source)))
    names = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, kind)}
    if kind is ast.Store:
        names |= {
            n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)
        }
    return names


def used_from_solutions(notebook):
    """Return the names of solutions that a cell which students keep makes use of."""
    found, of_solutions = set(), set()
    for source, is_solution in code_cells(notebook):
        if is_solution:
            of_solutions |= names_in(source, ast.Store)
            continue
        found |= of_solutions & names_in(source, ast.Load)
        of_solutions -= names_in(source, ast.Store)
    return found


def test_each_has_the_sections_of_a_lesson_in_their_order(lessons):
    wrong = []
    for name, notebook in lessons.items():
        titles = sections(notebook)
        exercises = [t for t in titles if re.fullmatch(r"Exercise \d+", t)]
        solutions = [t for t in titles if re.fullmatch(r"Solution \d+", t)]
        numbers = [str(k) for k in range(1, len(exercises) + 1)]
        if titles[:2] != FIRST or titles[-2:] != LAST or len(exercises) < 2:
            wrong.append((name, titles))
        if [t.split()[1] for t in exercises] != numbers:
            wrong.append((name, exercises))
        if [t.split()[1] for t in solutions] != numbers:
            wrong.append((name, solutions))
    assert not wrong


def test_each_has_the_title_of_its_number(lessons):
    for name, notebook in lessons.items():
        marks, text = heading_of(notebook.cells[0])
        assert marks == "#"
        assert text.startswith(f"Lesson {int(name[:2])}: ")


def test_each_solution_is_checked_and_hidden_behind_a_button(lessons):
    for name, notebook in lessons.items():
        solved, title = set(), None
        for cell in notebook.cells:
            title = (heading_of(cell) or (None, title))[1]
            if cell.cell_type == "code" and title.startswith("Solution"):
                assert "hide-cell" in cell.metadata["tags"], (name, title)
                if re.search(r"^\s*assert ", cell.source, flags=re.M):
                    solved.add(title)
        assert solved == {t for t in sections(notebook) if t.startswith("Solution")}


def test_no_cell_that_students_keep_uses_a_solution(lessons):
    assert {name: used_from_solutions(n) for name, n in lessons.items()} == {
        name: set() for name in lessons
    }


@pytest.mark.parametrize(("later", "used"), [
    ("print(answer)", {"answer"}),
    ("answer = 1\nprint(0)", set()),
    ("def f():\n    return helper(1)", {"helper"}),
])  # fmt: skip
def test_the_rule_sees_what_a_solution_leaves_behind(later, used, tmp_path):
    path = tmp_path / "00_small.md"
    solution = ":tags: [solution]\n\nanswer = 2\ndef helper(x): return x"
    path.write_text(lesson_of("answer = ...", solution, later))
    assert used_from_solutions(notebook_of(path, teacher=True)) == used


def lesson_of(*cells):
    """Return the text of a lesson with these cells of code."""
    header = "---\nkernelspec:\n  name: python3\n  display_name: Python 3\n---\n\n"
    return header + "\n".join(
        f"```{{code-cell}} ipython3\n{cell}\n```\n" for cell in cells
    )


def test_cells_are_short_and_read_no_settings_of_tests(lessons):
    long = [
        (name, source)
        for name, notebook in lessons.items()
        for source, is_solution in code_cells(notebook)
        if len(source.splitlines()) > 20 or "SKBAL_QUICK" in source
    ]
    assert not long


def test_lessons_for_the_browser_import_no_torch(lessons):
    for name, notebook in lessons.items():
        if name.startswith(NO_TORCH):
            code = "\n".join(source for source, _ in code_cells(notebook))
            assert not re.search(r"torch|skorch|MCDropout|Ensemble\w*\(", code), name


def test_the_notes_for_the_teacher_have_a_table_of_minutes_that_adds_up(lessons):
    for name, notebook in lessons.items():
        tagged = (c for c in notebook.cells if "teacher" in c.metadata.get("tags", []))
        notes = "\n".join(cell.source for cell in tagged)
        minutes = re.findall(r"^\| *(\d+) *\|", notes, flags=re.M)
        total = sum(map(int, minutes))
        assert 20 <= total <= 40, (name, total)
        text = PATHS[list(lessons).index(name)].read_text(encoding="utf-8")
        assert f"{total} minutes in class" in text, (name, total)


@pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="no settings")
def test_their_code_is_linted_and_formatted_as_ours_is(folder):
    # A lesson prints, imports where it needs to, and shows the value of a last line.
    settings = ["--config", str(ROOT / "pyproject.toml"), "--no-cache", str(folder)]
    lint = ["check", "--extend-ignore", "T20,E402,B018", *settings]
    for command in (lint, ["format", "--diff", *settings]):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command], capture_output=True, text=True
        )
        assert run.returncode == 0, run.stdout + run.stderr


def test_the_index_lists_each_lesson(lessons):
    index = PATHS[0].parent / "index.rst"
    if not index.exists():
        pytest.skip("an installed package has no index")
    text = index.read_text(encoding="utf-8")
    for name in lessons:
        assert f":doc:`{name}`" in text
        assert f"\n   {name}\n" in text


def test_every_cell_of_a_written_notebook_has_its_own_identifier(folder):
    for path in folder.glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert len({cell["id"] for cell in cells}) == len(cells)


def test_the_checks_take_an_answer_in_any_form_and_refuse_wrong_ones(lessons):
    right = {
        "fraction": (Fraction(1, 6), 1 / 6),
        "three digits": (0.167, 1 / 6),
        "a number of NumPy": (np.float32(1 / 6), np.array([1 / 6])),
        "a list": ([Fraction(1, 6), 2], np.array([1 / 6, 2])),
    }
    wrong = {
        "dots": (..., 1 / 6),
        "dots in a list": ([..., ...], np.array([1.0, 2.0])),
        "a function without return": (None, 1 / 6),
        "a word": ("left", 1 / 6),
        "nothing": ([], 1 / 6),
        "too few": (1.0, np.ones(4)),
        "not a number": (np.nan, 1 / 6),
        "another number": (0.19, 1 / 6),
    }
    for lesson, notebook in lessons.items():
        check = check_of(notebook)
        exact = lesson.startswith("02")  # its answers are whole numbers
        for name, pair in {} if exact else right.items():
            assert check(*pair), (lesson, name)
        for name, pair in wrong.items():
            assert not check(*pair), (lesson, name)
        assert check([[0, -1], [3.0, 2]], np.array([[0, -1], [3, 2]])), lesson


def check_of(notebook):
    """Return a function that tells whether ``check`` of a lesson says "Right."."""
    [source] = [s for s, _ in code_cells(notebook) if "def check(" in s]
    [function] = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]
    said = []
    names = {"np": np, "print": said.append}
    exec(ast.unparse(function), names)

    def is_right(answer, right):
        names["check"](answer, right)
        return said.pop() == "Right."

    return is_right


@pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="no settings")
def test_the_extra_brings_all_that_lessons_import(lessons):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    brought = installed_with("course", project["project"])
    owners = packages_distributions()
    for name, notebook in lessons.items():
        for source, _ in code_cells(notebook):
            for package in imported(source) - sys.stdlib_module_names:
                assert brought & {o.lower() for o in owners[package]}, (name, package)


def installed_with(extra, project):
    """Return the names of what an extra installs directly, and skbal itself."""
    asked = [*project["dependencies"], *project["optional-dependencies"][extra]]
    names = {re.match(r"[\w-]+", item)[0].lower() for item in asked}
    for others in re.findall(r"skbal\[([\w,]+)\]", " ".join(asked)):
        names |= set().union(*(installed_with(o, project) for o in others.split(",")))
    return names | {"skbal"}


def imported(source):
    """Return the names of the packages that code imports."""
    found = set()
    for node in ast.walk(ast.parse(re.sub(r"^[%!].*$", "", source, flags=re.M))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.partition(".")[0])
    return found
