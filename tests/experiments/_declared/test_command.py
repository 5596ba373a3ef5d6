"""``skbal reproduce`` as people type it."""

import pytest

from skbal.__main__ import _command_line
from skbal.experiments import list_experiments
from skbal.experiments._catalogue import NAMES
from tests.experiments._declared.toy import COINS

testing = pytest.importorskip("typer.testing")
_command = pytest.importorskip("skbal.experiments._declared._command")


def run(*arguments, code=0):
    """Run a command, and return what it printed."""
    given = ["reproduce", *map(str, arguments)]
    result = testing.CliRunner().invoke(_command_line(), given)
    assert result.exit_code == code, result.output
    return result.output + str(result.exception or "")


@pytest.fixture
def coins(monkeypatch):
    monkeypatch.setattr(_command, "load_experiment", lambda name: COINS)


def test_it_prints_the_table_and_what_differs_and_draws(coins, tmp_path):
    out = run("coins", "--output", tmp_path)
    assert "51.0 (48.5 to 53.5)" in out
    assert "- The coins are not those of the paper." in out
    assert (tmp_path / "coins.jsonl").exists()
    assert (tmp_path / "coins.png").stat().st_size > 1000


def test_the_quick_version_has_files_of_its_own(coins, tmp_path):
    assert "cannot be compared" in run("coins", "--quick", "--output", tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["coins-quick.jsonl", "coins-quick.png"]


def test_it_lists_all_experiments():
    for out in (run("--list"), run()):
        assert [line.split()[0] for line in out.splitlines()] == list(
            list_experiments()
        )


def test_errors_are_one_line():
    out = run("gal2018", code=1)
    assert f"must be one of {', '.join(NAMES)}, got 'gal2018'" in out
    assert "Traceback" not in out


def test_some_arms_are_run(coins, tmp_path):
    out = run("coins", "--arm", "bent", "--output", tmp_path)
    text = (tmp_path / "coins.jsonl").read_text()
    assert '"bent"' in text
    assert '"arm": "fair"' not in text
    assert "Units" in out


def test_a_page_is_made_without_a_run(coins, tmp_path):
    run("coins", "--output", tmp_path / "results")
    before = (tmp_path / "results" / "coins.jsonl").read_text()
    assert "Page:" in run("coins", "--page", tmp_path)
    assert (tmp_path / "coins.rst").exists()
    assert (tmp_path / "results" / "coins.jsonl").read_text() == before


def test_missing_data_say_where_they_are_looked_for(tmp_path, monkeypatch):
    from skbal.experiments._catalogue import _digits

    def no_network(**options):
        raise OSError("no network")

    monkeypatch.setattr(_digits, "fetch_mnist", no_network)
    out = run("gal2017", "--data", tmp_path, "--output", tmp_path / "out", code=1)
    assert f"MNIST is not in {tmp_path / 'mnist.npz'}" in out
    assert not (tmp_path / "out").exists()
