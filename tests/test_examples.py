"""The examples run with small numbers, and their pages show full runs of them."""

import ast
import importlib
import re
import sys
import tomllib
import types
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("plot_*.py"))

pytestmark = pytest.mark.skipif(
    not EXAMPLES.exists(), reason="no examples beside tests"
)


@pytest.fixture(scope="module")
def pages():
    """The module of the docs that shows what full runs have stored."""
    pytest.importorskip("sphinx")
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        return importlib.import_module("gallery_pages")
    finally:
        sys.path.remove(str(ROOT / "docs"))


def quick_settings():
    return tomllib.loads((EXAMPLES / "quick.toml").read_text(encoding="utf-8"))


def quick_code(name):
    """Return the code of an example with the smaller numbers of quick.toml."""
    code = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    for full, quick in quick_settings().get(name, {}).items():
        # Not a part of a longer number.
        pattern = re.escape(full) + (r"(?![\d_.])" if full[-1].isdigit() else "")
        code, n_replaced = re.subn(pattern, lambda _, quick=quick: quick, code)
        assert n_replaced, f"examples/quick.toml: {name} has no {full!r}"
    return code


def test_the_small_numbers_fit_the_code_of_the_examples():
    assert set(quick_settings()) <= set(NAMES)
    for name in NAMES:
        ast.parse(quick_code(name))


def test_readers_of_an_example_see_one_set_of_numbers():
    for name in NAMES:
        code = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
        assert "QUICK" not in code, f"{name}: its small numbers belong into quick.toml"


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_it_runs_with_small_numbers(name, monkeypatch, tmp_path):
    module = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", module)
    monkeypatch.chdir(tmp_path)
    shown = []
    monkeypatch.setattr(plt, "show", lambda: shown.extend(plt.get_fignums()))
    with plt.rc_context():
        exec(compile(quick_code(name), f"{name}.py", "exec"), module.__dict__)
    assert shown or plt.get_fignums(), "it draws no figure"
    plt.close("all")


def test_the_page_of_all_examples_lists_each_once():
    text = (EXAMPLES / "index.rst").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\.\./examples/(\w+)\.py", text)) == NAMES
    assert sorted(re.findall(r"^   (plot_\w+)$", text, flags=re.M)) == NAMES


def test_stored_results_are_of_the_code_that_their_pages_show(pages):
    stored = {path.stem for path in pages.STORE.glob("*.json")}
    stale = {name for name in stored if pages.read_run(name) is None}
    command = "python docs/gallery_run.py " + " ".join(sorted(stale))
    assert not stale, f"The code of examples has changed. Run them in full: {command}"


def test_stored_figures_are_small_and_each_has_a_page_and_a_text(pages):
    runs = [pages.read_run(path.stem) for path in pages.STORE.glob("*.json")]
    figures = [
        figure
        for run in runs
        for output in run["outputs"]
        for figure in output["figures"]
    ]
    assert {path.name for path in pages.STORE.glob("*.png")} == {
        figure["file"] for figure in figures
    }
    assert all(figure["alt"].strip() for figure in figures)
    sizes = {path.name: path.stat().st_size for path in pages.STORE.glob("*.png")}
    assert {name: size for name, size in sizes.items() if size > 150_000} == {}


def test_a_hash_is_that_of_the_code_alone(pages, tmp_path):
    def hash_of(text):
        path = tmp_path / "plot_it.py"
        path.write_text(text, encoding="utf-8")
        return pages.code_hash(path)

    before = hash_of('"""Title"""\n\n# %%\n# Text.\n\nx = 1\n')
    assert hash_of('"""Another\n\ntitle"""\n# %%\n# Words.\nx = 1\n\n') == before
    assert hash_of('"""Title"""\n\n# %%\n# Text.\n\nx = 2\n') != before


def test_a_time_is_said_roughly(pages):
    said = [pages.say_time(seconds) for seconds in (3, 44, 89, 100, 3700, 7300)]
    assert said[:3] == ["a few seconds", "40 seconds", "90 seconds"]
    assert said[3:] == ["2 minutes", "62 minutes", "2.0 hours"]


@pytest.mark.parametrize("stored", [True, False])
def test_the_page_of_an_example_shows_what_is_stored(pages, stored, monkeypatch):
    output = {
        "text": "1 < 2\n",
        "html": "<b>bold</b>",
        "figures": [{"file": "plot_it_01.png", "alt": "y against x"}],
    }
    empty = {"text": "", "html": "", "figures": []}
    run = {"seconds": 120, "version": "0.1", "date": "2026-11-30"}
    run["outputs"] = [empty, output]
    monkeypatch.setattr(pages, "read_run", lambda name: run if stored else None)
    head = ".. GENERATED FROM PYTHON SOURCE LINES"
    cells = [
        f"{head} {i}-{i}\n\n.. code-block:: Python\n\n    f({i})\n\n\n" for i in "12"
    ]
    source = [f"Intro.\n\n{head} 1-1\n\nText.\n\n" + "".join(cells) + "The end.\n"]
    pages.add_results(None, "auto_examples/plot_it", source)
    page = source[0]
    if not stored:
        assert "python docs/gallery_run.py plot_it" in page
        return
    assert "on 30 November 2026. It took 2 minutes on one core." in page
    order = ["Intro.", "full run", "f(1)", "f(2)", "plot_it_01.png", "1 < 2", "<b>"]
    places = [page.index(part) for part in order + ["The end."]]
    assert places == sorted(places)
    assert ":alt: y against x" in page


def test_notebooks_name_pages_by_their_titles(pages, tmp_path):
    (tmp_path / "a.rst").write_text(".. _two_votes:\n\nTwo votes\n=========\n")
    (tmp_path / "b.rst").write_text(".. _pool:\n\n====\nPool\n====\n")
    titles = pages.find_titles(tmp_path)
    text = "See `two_votes`, ``fit`` and :func:`~skbal.datasets.make_ising`, not `x`."
    assert titles == {"two_votes": "Two votes", "pool": "Pool"}
    plain = 'See "Two votes", ``fit`` and `make_ising`, not `x`.'
    assert pages.tidy(text, titles) == plain


def test_each_example_has_a_full_run(pages):
    missing = [name for name in NAMES if pages.read_run(name) is None]
    assert not missing, f"python docs/gallery_run.py {' '.join(missing)}"
