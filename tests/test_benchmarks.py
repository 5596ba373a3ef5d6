"""Every benchmark that a page names exists, is listed, and answers ``--help``."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"

pytestmark = pytest.mark.skipif(
    not BENCHMARKS.exists(), reason="no benchmarks beside tests"
)

COMMANDS = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for pattern in (
        "speed/bench_*.py",
        "studies/*/run.py",
        "studies/*/report.py",
        "peers/facts.py",
    )
    for path in BENCHMARKS.glob(pattern)
)
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.rst", "skbal/**/*.py", "benchmarks/**/*.py")
    for path in (*ROOT.glob(pattern), *BENCHMARKS.glob("**/*.md"))
    if not {"generated", "auto_examples", "_build"} & set(path.parts)
)


def named(page):
    """Return what a page names, by its path or as a module, as paths of the root."""
    text = page.read_text(encoding="utf-8")
    modules = re.findall(r"python\s+-m\s+(benchmarks(?:\.\w+)+)", text)
    paths = re.findall(r"\bbenchmarks(?:/[\w.]*\w)+", text)
    return {module.replace(".", "/") + ".py" for module in modules} | set(paths)


def test_what_pages_name_exists():
    missing = {
        f"{page.relative_to(ROOT)}: {name}"
        for page in PAGES
        for name in named(page)
        if not (ROOT / name).exists()
    }
    assert not missing


def test_the_readme_lists_every_benchmark():
    text = (BENCHMARKS / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`python -m (\S+?)[` ]", text))
    # A report beside a run is named with it.
    beside = {f"{name[:-3]}report" for name in COMMANDS if name.endswith(".run")}
    assert listed == set(COMMANDS) - beside


@pytest.mark.parametrize("name", COMMANDS)
def test_it_answers_help(name, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", [name, "--help"])
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(name).main()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("usage:")
