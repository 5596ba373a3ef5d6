"""The main job: its parts on a small scale, and the command as a user types it."""

import sys

import numpy as np
import pytest

from skbal import __version__, _demo
from skbal.__main__ import _command_line, main
from skbal._demo import STRATEGIES, Settings, results_table, run_demo
from skbal.loop import History, Record

testing = pytest.importorskip("typer.testing")
TINY = Settings(n_queries=2, n_draws=3, max_steps=4, pool_subsample=50, n_test=100)


@pytest.fixture(scope="module")
def histories():
    return run_demo(TINY, seed=0, verbose=False)


def test_every_strategy_starts_from_the_same_labels(histories):
    assert list(histories) == list(STRATEGIES)
    first = {history[0].indices for history in histories.values()}
    assert len(first) == 1
    assert [h.n_labels.tolist() for h in histories.values()] == [[20, 30, 40]] * 3
    # And from the same model, so from the same score.
    assert len({history.scores[0] for history in histories.values()}) == 1


@pytest.mark.slow
def test_a_demo_repeats_with_its_seed(histories):
    assert run_demo(TINY, seed=0, verbose=False) == histories


def test_the_table_says_when_a_target_was_reached():
    history = History(
        [
            Record(0, 20, 0.7, seconds_training=1.2, seconds_querying=0.4),
            Record(1, 30, 0.91, seconds_training=2.3, seconds_querying=0.3),
        ]
    )
    header, [row] = results_table({"BALD": history})
    assert dict(zip(header, row)) == {
        "strategy": "BALD",
        "to 90%": "30",
        "to 95%": "> 30",
        "at the end": "91.0%",
        "training [s]": "4",
        "querying [s]": "1",
    }


@pytest.mark.slow
def test_the_command_draws_a_figure_and_says_where(tmp_path, monkeypatch):
    monkeypatch.setattr(_demo, "QUICK", TINY)
    command = ["demo", "--quick", "--output", str(tmp_path / "new")]
    result = testing.CliRunner().invoke(_command_line(), command)
    assert result.exit_code == 0, result.output
    assert "Variation ratios" in result.output
    assert "to 90%" in result.output
    assert "does not tell which strategy is better" in " ".join(result.output.split())
    picture = tmp_path / "new" / "learning_curves.png"
    assert str(picture.resolve()) in result.output.replace("\n", "")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_command_line_answers_plainly():
    run = testing.CliRunner().invoke
    assert run(_command_line(), ["version"]).output.strip() == __version__
    assert "demo" in run(_command_line(), ["--help"]).output
    wrong = run(_command_line(), ["demo", "--seed", "x"])
    assert wrong.exit_code == 2
    assert "--seed" in wrong.output


def test_a_missing_extra_is_a_message_and_not_a_traceback(monkeypatch):
    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit, match=r"skbal: The command line needs typer.*pip"):
        main()


def test_settings_fit_the_pool():
    for settings in (Settings(), _demo.QUICK):
        last = 20 + settings.n_queries * settings.n_instances
        assert last < 5000 - settings.n_test
        assert np.isfinite(settings.max_steps)
