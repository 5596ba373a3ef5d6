"""The command ``skbal course``, from a checkout and from an installed wheel."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from skbal.__main__ import _command_line, main
from skbal._course import _lessons as lessons
from skbal._course import copy_lessons, lesson_paths, notebook_of

ROOT = Path(__file__).parents[2]
NAMES = [path.stem for path in lesson_paths()]

pytest.importorskip("jupytext")


def run(*arguments):
    testing = pytest.importorskip("typer.testing")
    return testing.CliRunner().invoke(_command_line(), ["course", *arguments])


def test_the_command_writes_all_lessons_without_solutions(tmp_path):
    folder = tmp_path / "new" / "lessons"
    result = run(str(folder))
    assert result.exit_code == 0, result.output
    assert sorted(p.stem for p in folder.iterdir()) == NAMES
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "## Exercise 1" in text
        assert "## Solution" not in text
        assert "## For the teacher" not in text
    assert f"jupyter lab {folder}" in result.output


def test_teachers_get_everything(tmp_path):
    run(str(tmp_path), "--teacher")
    for path in tmp_path.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "## Solution 1" in text
        assert "## For the teacher" in text


def test_a_notebook_that_is_there_stays_as_it_is(tmp_path):
    answers = tmp_path / f"{NAMES[0]}.ipynb"
    answers.write_text("my answers")
    result = run(str(tmp_path))
    assert answers.read_text() == "my answers"
    assert f"{answers} was there and stays as it is" in result.output
    assert copy_lessons(tmp_path) == {
        tmp_path / f"{name}.ipynb": False for name in NAMES
    }


def test_a_folder_that_is_a_file_is_a_message(tmp_path, monkeypatch):
    (tmp_path / "taken").write_text("")
    monkeypatch.setattr(sys, "argv", ["skbal", "course", str(tmp_path / "taken")])
    with pytest.raises(SystemExit, match=r"skbal: .*taken"):
        main()


def test_without_jupytext_the_command_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    monkeypatch.setattr(sys, "argv", ["skbal", "course", str(tmp_path / "new")])
    with pytest.raises(SystemExit, match=r"pip install 'skbal\[course\]'"):
        main()
    assert not (tmp_path / "new").exists()


def test_an_installation_without_lessons_says_where_it_looked(monkeypatch, tmp_path):
    monkeypatch.setattr(lessons, "INSTALLED", tmp_path / "a")
    monkeypatch.setattr(lessons, "CHECKOUT", tmp_path / "b")
    with pytest.raises(FileNotFoundError, match=r"neither in .*a nor in .*b"):
        lesson_paths()


@pytest.mark.slow
def test_a_wheel_has_the_lessons(tmp_path):
    if int(version("setuptools").partition(".")[0]) < 77:
        pytest.skip("pyproject.toml asks for setuptools 77")
    wheel = build_wheel(tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "target")
    code = (
        "import json, skbal._course as course, skbal; from pathlib import Path;"
        "print(json.dumps([skbal.__file__, *map(str, course.lesson_paths())]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, text=True, check=True,
        capture_output=True, env={**os.environ, "PYTHONPATH": str(tmp_path / "target")},
    )  # fmt: skip
    package, *paths = map(Path, json.loads(run.stdout))
    assert package.parent == tmp_path / "target" / "skbal"
    assert [path.stem for path in paths] == NAMES
    for path, own in zip(paths, lesson_paths()):
        assert path.parent == package.parent / "_course" / "lessons"
        assert path.read_text(encoding="utf-8") == own.read_text(encoding="utf-8")


def build_wheel(folder):
    """Build a wheel as ``python -m build`` does, from a part of the checkout."""
    tree = folder / "tree"
    tree.mkdir()
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        if not (ROOT / name).exists():
            pytest.skip(f"no {name} beside the tests")
        shutil.copy(ROOT / name, tree)
    shutil.copytree(ROOT / "docs" / "course", tree / "docs" / "course")
    # One room is enough, and quick to copy.
    for part in ("_course", "_utils"):
        shutil.copytree(ROOT / "skbal" / part, tree / "skbal" / part)
    for path in (ROOT / "skbal").glob("*.py"):
        shutil.copy(path, tree / "skbal")
    build("sdist", tree)
    [archive] = folder.glob("*.tar.gz")
    shutil.unpack_archive(archive, folder / "unpacked", filter="data")
    [tree] = (folder / "unpacked").iterdir()
    build("wheel", tree)
    [wheel] = (folder / "unpacked").glob("*.whl")
    return wheel


def build(kind, tree):
    code = f"from setuptools import build_meta; build_meta.build_{kind}('..')"
    subprocess.run(
        [sys.executable, "-c", code], cwd=tree, check=True, capture_output=True
    )


@pytest.mark.slow
def test_the_notebook_of_students_runs_with_no_exercise_solved(monkeypatch):
    # The pages of the documentation run the whole of each lesson.
    nbclient = pytest.importorskip("nbclient")
    monkeypatch.delenv("MPLBACKEND", raising=False)  # or no figures are shown
    notebook = notebook_of(lesson_paths()[0])
    nbclient.NotebookClient(notebook, timeout=180, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = [o["text"] for o in outputs if o["output_type"] == "stream"]
    assert "Not yet.\nNot yet.\n" in printed
    assert not any("Right." in text for text in printed)
    assert sum("image/png" in o.get("data", {}) for o in outputs) == 3
