"""``skbal benchmark`` as people type it."""

import json

import pytest

from skbal.__main__ import _command_line
from tests.experiments._benchmark.toy import HEADER, units

testing = pytest.importorskip("typer.testing")


def run(*arguments, code=0):
    """Run a command, and return what it printed."""
    given = ["benchmark", *map(str, arguments)]
    result = testing.CliRunner().invoke(_command_line(), given)
    assert result.exit_code == code, result.output
    return result.output + str(result.exception or "")


def test_the_quick_version_prints_ranks_and_draws(tmp_path):
    out = run("fourier", "--quick", "--strategy", "LCMD", "--output", tmp_path)
    assert "2 strategies on 2 tables, 2 repeats" in out
    assert "LCMD" in out
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["benchmark-fourier-quick.jsonl", "benchmark-fourier-quick.png"]


def test_it_lists_strategies_and_tables():
    out = run("--list")
    assert "forest: a random forest" in out
    assert "iris (scikit-learn), wine (scikit-learn)" in out
    assert "left out: VoteBALD, since a label is votes" in out


def test_a_page_is_made_without_a_run(tmp_path):
    results = tmp_path / "results"
    results.mkdir()
    lines = [json.dumps(line) for line in (HEADER, *units())]
    (results / "benchmark-forest.jsonl").write_text("\n".join(lines) + "\n")
    assert "Page:" in run("--page", tmp_path)
    assert (tmp_path / "index.rst").exists()


def test_errors_are_one_line(tmp_path):
    out = run("tree", "--output", tmp_path, code=1)
    assert "model of benchmark must be 'forest', 'logistic' or 'fourier', got" in out
    out = run("--table", "heart", "--output", tmp_path, code=1)
    assert "lal_uci.npz, which holds the table 'heart' of benchmark" in out
    assert "Traceback" not in out
