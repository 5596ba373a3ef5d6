"""The main job: its parts on a small scale, and the command as a user types it."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from skbal import __version__, _demo
from skbal.__main__ import _command_line, main
from skbal._demo import (
    FIELD,
    Settings,
    explanation,
    introduction,
    results_table,
    run_demo,
    run_field,
    verdicts,
)
from skbal.datasets import load_mnist_5k
from skbal.experiments import Comparison
from skbal.loop import History, Record

testing = pytest.importorskip("typer.testing")
SMALL = {"n_repeats": 2, "n_draws": 3, "max_steps": 4, "pool_subsample": 50}
TINY = Settings(**SMALL, n_queries=1, n_jobs=1)
TINY_QUICK = replace(_demo.QUICK, **SMALL, n_queries=2)


@pytest.fixture(autouse=True, scope="module")
def few_digits():
    """Every fifth of the 5,000 digits, so that graphs and tests take little time."""

    def some_digits(return_X_y):
        X, y = load_mnist_5k(return_X_y=return_X_y)
        return X[::5], y[::5]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_demo, "load_mnist_5k", some_digits)
        yield patch


@pytest.fixture(scope="module")
def comparison(few_digits):
    return run_demo(TINY_QUICK, seed=0, verbose=False)


def by_hand():
    def run(middle, last):
        return History([Record(0, 20, 0.5), Record(1, 40, middle), Record(2, 60, last)])

    runs = {
        "Margin": [run(0.72, 0.8), run(0.7, 0.82), run(0.71, 0.84)],
        "BALD": [run(0.5, 0.6), run(0.7, 0.82), run(0.4, 0.6)],
        "Random": [run(0.5, 0.6), run(0.52, 0.62), run(0.5, 0.7)],
    }
    return Comparison(runs, target_score=[0.7, 0.81])


def field_by_hand():
    scores = [(0.7, 0.8), (0.6, 0.9), (0.6, 0.7)]
    return [History([Record(0, 12, a), Record(1, 16, b)]) for a, b in scores]


def test_every_strategy_of_a_repeat_starts_from_the_same_labels(comparison):
    assert list(comparison.histories) == ["Margin", "Random"]
    for runs in zip(*comparison.histories.values()):
        assert len({run[0].indices for run in runs}) == 1
        # And from the same model, so from the same score.
        assert len({run.scores[0] for run in runs}) == 1
        assert [run.n_labels.tolist() for run in runs] == [[20, 60, 100]] * 2


def test_a_demo_repeats_with_its_seed(comparison):
    again = run_demo(TINY_QUICK, seed=0, verbose=False)
    assert again.histories == comparison.histories


@pytest.mark.slow
def test_a_model_that_looks_at_the_pool_needs_few_labels(few_digits):
    with few_digits.context() as patch:
        patch.setattr(_demo, "load_mnist_5k", load_mnist_5k)
        (run,) = run_field(Settings(n_repeats=1), seed=0)
    assert run.n_labels.tolist() == list(range(12, 61, 4))
    assert run.scores[0] > 0.93
    assert run.scores[-1] > 0.96


def test_its_runs_differ_and_repeat_with_their_seed(monkeypatch):
    monkeypatch.setattr(_demo, "N_QUERIES_OF_FIELD", 2)
    runs = run_field(Settings(n_repeats=2), seed=0)
    assert runs[0].scores.tolist() != runs[1].scores.tolist()
    again = run_field(Settings(n_repeats=1), seed=0)
    assert again[0].scores.tolist() == runs[0].scores.tolist()


@pytest.mark.slow
def test_the_full_demo_repeats_with_its_seed_for_any_number_of_processes():
    one = run_demo(TINY, seed=0, verbose=False)
    assert list(one.histories) == ["BALD", "Variation ratios", "Random"]
    two = run_demo(replace(TINY, n_jobs=2), seed=0, verbose=False)
    assert one.histories == two.histories


def test_the_table_says_how_many_labels_were_needed_and_what_was_gained():
    header, rows = results_table(by_hand(), field_by_hand())
    assert header[1:4] == ["to 70%", "to 81%", "at 60"]
    margin, bald, random, field = (dict(zip(header, row)) for row in rows)
    assert (margin["to 70%"], margin["to 81%"], margin["at 60"]) == (
        "40",
        "60",
        "82.0%",
    )
    assert (bald["to 70%"], random["to 70%"]) == ("> 60", "> 60")
    # Half of the differences at 40 labels, and a quarter of those at 60.
    gain = 100 * (0.5 * (0.22 + 0.18 + 0.21) + 0.25 * (0.2 + 0.2 + 0.14)) / 3
    assert margin["minus random"] == f"+{gain:.1f} points"
    assert random["minus random"] == random["95% interval"] == ""
    assert list(field.values()) == [FIELD, "16", "> 16", "at 16: 80.0%", "", ""]


def test_the_verdicts_are_those_of_the_comparison_with_numbers():
    compared = by_hand()
    margin, bald = verdicts(compared)
    assert compared.verdicts["Margin"] == "better than random"
    assert margin.startswith("Margin: better than random (ahead in 3 of 3 pairs of")
    assert bald.startswith("BALD: not distinguishable on 3 repeats (ahead in 1 of 3")
    assert "“to 70%”" in explanation(compared)
    assert repr(FIELD) in explanation(compared)


@pytest.mark.parametrize("settings", [Settings(), _demo.QUICK])
def test_the_introduction_names_the_model_and_the_strategies(settings):
    text = introduction(settings)
    assert ("CNN" in text) == settings.with_network
    assert all(name in text for name in (*settings.strategies, "Random", FIELD))
    assert f"up to {settings.n_labels}" in text


@pytest.mark.parametrize("options", [["--quick"], []])
@pytest.mark.slow
def test_the_command_draws_a_figure_and_says_where(options, tmp_path, monkeypatch):
    monkeypatch.setattr(_demo, "QUICK", TINY_QUICK)
    monkeypatch.setattr(_demo, "Settings", lambda: TINY)
    monkeypatch.setattr(_demo, "N_QUERIES_OF_FIELD", 1)
    command = ["demo", *options, "--report", "--output", str(tmp_path / "new")]
    result = testing.CliRunner().invoke(_command_line(), command)
    assert result.exit_code == 0, result.output
    words = " ".join(result.output.split())
    assert "ahead in" in words
    assert "pairs of runs" in words
    picture = tmp_path / "new" / "learning_curves.png"
    assert str(picture.resolve()) in result.output.replace("\n", "")
    assert picture.read_bytes().startswith(b"\x89PNG")
    page = tmp_path / "new" / "report.html"
    assert str(page.resolve()) in result.output.replace("\n", "")
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    data = json.loads((tmp_path / "new" / "report.json").read_text("utf-8"))
    assert data["facts"]["n_pool"] == 800
    assert data["results"]["against random"]["n_repeats"] == 2


def test_the_quick_demo_loads_no_torch():
    code = (
        "import sys; from dataclasses import replace; from skbal import _demo;"
        "X, y = _demo.load_mnist_5k(return_X_y=True);"
        "_demo.load_mnist_5k = lambda return_X_y: (X[::5], y[::5]);"
        "s = replace(_demo.QUICK, n_repeats=1, n_queries=1, n_draws=2);"
        "_demo.N_QUERIES_OF_FIELD = 1; _demo.run_demo(s, verbose=False);"
        "_demo.run_field(s); print('torch' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"


def test_the_command_line_answers_plainly():
    run = testing.CliRunner().invoke
    assert run(_command_line(), ["version"]).output.strip() == __version__
    assert "demo" in run(_command_line(), ["--help"]).output
    told = run(_command_line(), ["demo", "--help"], env={"COLUMNS": "300"}).output
    assert "report.html and report.json into the output directory" in told
    wrong = run(_command_line(), ["demo", "--seed", "x"])
    assert wrong.exit_code == 2
    assert "--seed" in wrong.output


def test_a_missing_extra_is_a_message_and_not_a_traceback(monkeypatch):
    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit, match=r"skbal: The command line needs typer.*pip"):
        main()


@pytest.mark.parametrize("settings", [Settings(), _demo.QUICK])
def test_settings_fit_the_pool_and_allow_a_verdict(settings):
    assert settings.n_labels < 4000
    assert settings.n_repeats >= 3
