import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import joblib
import pytest

from skbal.experiments import reproduce
from skbal.experiments._declared import _running
from tests.experiments._declared.toy import COINS

ROOT = Path(__file__).parents[3]


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_unit_is_run_with_its_arm_seed_and_settings():
    found = reproduce(COINS)
    assert [(u["arm"], u["seed"]) for u in found.units] == [
        ("fair", 0), ("bent", 0), ("fair", 1), ("bent", 1), ("fair", 2), ("bent", 2),
    ]  # fmt: skip
    assert found.values("heads", "fair").tolist() == [50, 51, 52]
    assert found.values("heads", "bent").tolist() == [80, 81, 82]
    assert found.missing == []


def test_the_quick_size_has_its_settings_and_a_file_of_its_own(tmp_path):
    reproduce(COINS, output=tmp_path)
    found = reproduce(COINS, quick=True, output=tmp_path)
    assert found.values("heads", "bent").tolist() == [8, 9]
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["coins-quick.jsonl", "coins.jsonl"]


def test_a_file_says_what_its_units_are_and_names_no_folder(tmp_path):
    reproduce(COINS, data=tmp_path, output=tmp_path)
    header, *units = lines_of(tmp_path / "coins.jsonl")
    assert header["command"] == "skbal reproduce coins"
    assert header["settings"] == {"n_throws": 100, "odd": [1, 3]}
    assert {"skbal", "python", "numpy", "scikit-learn"} <= set(header["versions"])
    assert str(tmp_path) not in (tmp_path / "coins.jsonl").read_text()
    assert units[0]["result"] == {"heads": 50, "unit": ["fair", 0]}
    assert set(units[0]) == {"arm", "seed", "seconds", "device", "result"}


def test_only_missing_units_are_run(tmp_path):
    first = reproduce(COINS, output=tmp_path)
    path = tmp_path / "coins.jsonl"
    text = path.read_text().splitlines(keepends=True)
    del text[2]
    path.write_text("".join(text))
    made = []
    counted = replace(COINS, run=lambda unit: made.append(unit.arm) or COINS.run(unit))
    second = reproduce(counted, output=tmp_path)
    assert made == ["bent"]
    assert second.table() == first.table()
    # One more seed makes only its own units.
    made.clear()
    reproduce(replace(counted, n_seeds=4), output=tmp_path)
    assert made == ["fair", "bent"]


def test_some_arms_are_run_now_and_the_others_later(tmp_path):
    found = reproduce(COINS, arms=["bent"], output=tmp_path)
    assert {unit["arm"] for unit in found.units} == {"bent"}
    assert found.missing == [("fair", 0), ("fair", 1), ("fair", 2)]
    assert len(reproduce(COINS, arms="bent", output=tmp_path).units) == 3
    assert reproduce(COINS, output=tmp_path).table() == reproduce(COINS).table()


def test_an_unknown_arm_is_refused():
    text = (
        "arms of reproduce must be of coins, which has 'fair', 'bent', got 'straight'"
    )
    with pytest.raises(ValueError, match=text):
        reproduce(COINS, arms=["fair", "straight"])


def test_data_are_loaded_once_and_not_at_all_if_nothing_is_missing(tmp_path):
    folders = []

    def load(folder, settings):
        folders.append(folder)
        return 7

    found = reproduce(replace(COINS, load=load), data="here", output=tmp_path)
    assert folders == ["here"]
    assert found.values("heads", "fair").tolist() == [3.5, 4.5, 5.5]
    reproduce(replace(COINS, load=load), data="here", output=tmp_path)
    assert folders == ["here"]


def test_results_do_not_depend_on_the_number_of_workers(tmp_path):
    with joblib.parallel_config(backend="threading"):
        found = reproduce(COINS, output=tmp_path, n_jobs=3)
    assert found.table() == reproduce(COINS).table()
    assert len(lines_of(tmp_path / "coins.jsonl")) == 7


def test_a_process_that_is_killed_loses_the_unit_being_run_and_no_other(tmp_path):
    program = [sys.executable, "-m", "tests.experiments._declared.toy", str(tmp_path)]
    process = subprocess.Popen(program, cwd=ROOT)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("*.unfinished")) and time.monotonic() < deadline:
        time.sleep(0.02)
    [sign] = tmp_path.glob("coins-fair-1-*.unfinished")
    process.kill()  # kill -9
    assert process.wait() == -9
    path = tmp_path / "coins.jsonl"
    assert [(u["arm"], u["seed"]) for u in lines_of(path)[1:]] == [
        ("fair", 0), ("bent", 0),
    ]  # fmt: skip
    with path.open("a") as file:  # as if it had been killed while it wrote a line
        file.write('{"arm": "fair", "se')
    made = []
    counted = replace(COINS, run=lambda unit: made.append(unit.seed) or COINS.run(unit))
    found = reproduce(counted, output=tmp_path)
    assert made == [1, 1, 2, 2]
    assert found.table() == reproduce(COINS).table()
    # One more header if this process has loaded torch, which the other had not.
    assert sum("arm" in line for line in lines_of(path)) == 6
    assert not sign.exists()  # the progress of a unit that is done


def test_progress_of_other_settings_is_not_gone_on_with(tmp_path):
    places = []

    def run(unit):
        places.append(unit.unfinished)
        return COINS.run(unit)

    for n_throws in (100, 101):
        other = {"n_throws": n_throws, "odd": [1, 3]}
        name = f"coins-{n_throws}"
        reproduce(replace(COINS, run=run, settings=other, name=name), output=tmp_path)
    digests = {path.stem.rpartition("-")[2] for path in places}
    assert len(digests) == 4  # of two arms
    assert len(set(places)) == 12


def test_arms_whose_names_differ_by_signs_only_keep_their_own_progress(tmp_path):
    begun = {}

    def run(unit):
        assert not unit.unfinished.exists()
        unit.unfinished.write_text(unit.arm)
        begun[unit.arm] = unit.unfinished.name
        return COINS.run(unit)

    parts = {"p<0.5": 0.4, "p>0.5": 0.6, "p 0.5": 0.5, "P-0.5": 0.5}
    coins = replace(COINS, run=run, arms=parts, measures=(), published=(), n_seeds=1)
    reproduce(coins, output=tmp_path)
    assert len({name.lower() for name in begun.values()}) == len(parts)


@pytest.mark.parametrize("wrong", [None, 0.5, {"heads": {1: 50}}, {"heads": object()}])
def test_a_result_that_a_file_would_not_give_back_is_refused(wrong, tmp_path):
    message = "What run of Experiment 'coins' returns must be a dict of plain data"
    for output in (None, tmp_path):
        with pytest.raises(TypeError, match=message) as caught:
            reproduce(replace(COINS, run=lambda unit: wrong), output=output)
        assert caught.value.__notes__ == ["coins: in arm 'fair', seed 0."]


def test_an_error_in_a_unit_keeps_those_before_and_says_where(tmp_path):
    def run(unit):
        if unit.seed == 1:
            raise RuntimeError("the coin is lost")
        return COINS.run(unit)

    with pytest.raises(RuntimeError, match="lost") as caught:
        reproduce(replace(COINS, run=run), output=tmp_path)
    assert caught.value.__notes__ == ["coins: in arm 'fair', seed 1."]
    assert len(lines_of(tmp_path / "coins.jsonl")) == 3


def test_units_that_two_experiments_share_are_run_once(tmp_path, monkeypatch):
    monkeypatch.setattr(_running, "load_experiment", lambda name: COINS)
    reproduce(COINS, output=tmp_path)
    made = []
    both = replace(
        COINS,
        name="more-coins",
        arms={"fair": 0.5, "two heads": 1},
        shares="coins",
        measures=COINS.measures[:1],
        published=(),
        run=lambda unit: made.append(unit.arm) or COINS.run(unit),
    )
    found = reproduce(both, output=tmp_path)
    assert set(made) == {"two heads"}
    assert found.values("heads", "fair").tolist() == [50, 51, 52]
    # Not with other settings, and not without a folder.
    made.clear()
    reproduce(both)
    assert set(made) == {"fair", "two heads"}
    other = replace(both, settings={"n_throws": 2}, name="few-coins", quick={})
    made.clear()
    reproduce(other, output=tmp_path)
    assert set(made) == {"fair", "two heads"}


def test_a_file_of_other_settings_is_refused(tmp_path):
    reproduce(COINS, output=tmp_path)
    other = replace(COINS, settings={"n_throws": 99, "odd": [1, 3]})
    message = r"coins\.jsonl holds units of other settings: n_throws was 100 and is 99"
    with pytest.raises(ValueError, match=message):
        reproduce(other, output=tmp_path)


def test_a_file_of_another_experiment_or_format_is_refused(tmp_path):
    reproduce(COINS, output=tmp_path)
    path = tmp_path / "coins.jsonl"
    whole = path.read_text()
    path.rename(tmp_path / "dice.jsonl")
    with pytest.raises(ValueError, match="the experiment 'coins', not of 'dice'"):
        reproduce(replace(COINS, name="dice"), output=tmp_path)
    path.write_text(whole.replace('"format": 1', '"format": 2'))
    with pytest.raises(ValueError, match="has the format 2"):
        reproduce(COINS, output=tmp_path)
    path.write_text(whole.partition("\n")[2])
    with pytest.raises(ValueError, match="no line that says what its units are"):
        reproduce(COINS, output=tmp_path)


def test_other_versions_are_noted_when_the_file_goes_on(tmp_path, monkeypatch):
    reproduce(replace(COINS, n_seeds=1), output=tmp_path)
    monkeypatch.setattr(_running, "versions", lambda: {"skbal": "9"})
    found = reproduce(COINS, output=tmp_path)
    lines = lines_of(tmp_path / "coins.jsonl")
    assert ["versions" in line for line in lines] == [1, 0, 0, 1, 0, 0, 0, 0]
    assert lines[3]["versions"] == {"skbal": "9"}
    assert len(found.headers) == 2


@pytest.mark.parametrize(
    ("wrong", "kind", "message"),
    [
        ({"experiment": "gal2018"}, ValueError, "one of gal2017, .*, got 'gal2018'"),
        ({"experiment": 3}, TypeError, "name of an experiment or an Experiment, got 3"),
        ({"quick": "yes"}, TypeError, "quick of reproduce must be"),
        ({"arms": 3}, TypeError, "arms of reproduce must be a list of names .* got 3"),
        ({"n_jobs": 0}, ValueError, "n_jobs of reproduce"),
        ({"verbose": -1}, ValueError, "verbose of reproduce"),
    ],
)
def test_wrong_arguments_are_named(wrong, kind, message):
    with pytest.raises(kind, match=message):
        reproduce(**{"experiment": COINS, **wrong})


def test_the_bar_counts_units(capsys):
    reproduce(COINS, verbose=1)
    assert re.search(r"coins: 100%.*6/6", capsys.readouterr().err)


def test_an_output_that_is_a_file_is_refused_before_anything_runs(tmp_path):
    path = tmp_path / "units"
    path.touch()

    def run(unit):
        raise AssertionError("it ran")

    for output in (path, path / "results"):
        with pytest.raises(
            NotADirectoryError, match="output of reproduce must be a folder"
        ):
            reproduce(replace(COINS, run=run), output=output)


def test_an_output_that_cannot_be_written_to_is_refused_before_anything_runs(
    tmp_path, monkeypatch
):
    opened = Path.open

    def refuse(path=None, mode="r", **kwargs):
        if mode.startswith("r"):
            return opened(path, mode, **kwargs)
        raise PermissionError(13, "Permission denied", "a name that nobody gave")

    def run(unit):
        raise AssertionError("it ran")

    reproduce(replace(COINS, n_seeds=1), output=tmp_path / "old")
    monkeypatch.setattr(tempfile, "TemporaryFile", partial(refuse, mode="w"))
    monkeypatch.setattr(Path, "open", refuse)
    for folder in ("old", "new"):
        message = rf"output of reproduce must be .* written to, got .*{folder}: Perm"
        with pytest.raises(PermissionError, match=message):
            reproduce(replace(COINS, run=run), output=tmp_path / folder)
