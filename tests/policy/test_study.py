"""The study of policies: its tables, its episodes, its oracle and its numbers."""

import json

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression

from benchmarks.studies.policies import _episodes, _results, _tables, report, run
from benchmarks.studies.policies._look_ahead import LookAhead
from skbal.experiments._benchmark._tables import N_ROWS
from skbal.query import Random

SHARES = {"blobs": 0.03, "rare class": 0.05}


@pytest.mark.parametrize("name", _tables.MADE)
def test_tables_have_classes_from_zero_in_the_shares_that_are_said(name):
    X, y = _tables.load(name)
    assert X.shape[0] == len(y) <= N_ROWS
    counts = np.bincount(y)
    assert counts.min() > 0
    if name in SHARES:
        assert counts.min() / len(y) == pytest.approx(SHARES[name], abs=0.005)


def test_a_checkerboard_that_is_turned_back_has_one_colour_in_each_field():
    X, y = _tables.checkerboard(4, 45)
    angle = np.deg2rad(-45)
    turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    fields = np.floor(X @ np.transpose(turn) + 2).astype(int)
    for field in np.unique(fields, axis=0):
        assert len(np.unique(y[(fields == field).all(axis=1)])) == 1
    assert len(np.unique(fields, axis=0)) == 16


def test_an_episode_depends_on_its_number_alone():
    X, y = _tables.load("blobs")
    one, again, other = (_episodes.episode_of(X, y, number) for number in (3, 3, 4))
    np.testing.assert_array_equal(one.X, again.X)
    np.testing.assert_array_equal(one.first, again.first)
    assert not np.array_equal(one.first, other.first)
    assert one.X.shape == one.X_test.shape == (1000, 4)
    np.testing.assert_allclose(one.X.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(one.X.std(axis=0), 1)
    assert sorted(one.y[one.first]) == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(np.bincount(one.y), np.bincount(one.y_test), atol=1)


def test_what_is_played_is_what_a_loop_by_hand_gives():
    episode = _episodes.episode_of(*_tables.load("iris"), 0)
    n_right, rows, _ = _episodes.played(
        episode, "logistic", Random(random_state=0), n_queries=4
    )
    known = list(episode.first)
    for n, row in zip(n_right, [*rows, None]):
        model = LogisticRegression(max_iter=1000).fit(
            episode.X[known], episode.y[known]
        )
        assert n == (model.predict(episode.X_test) == episode.y_test).sum()
        known.append(row)
    assert len(set(known[:-1])) == 7
    assert _episodes.area([30, 60], 75) == pytest.approx(0.6)


def test_the_oracle_takes_the_candidate_after_which_most_test_rows_are_right():
    episode = _episodes.episode_of(*_tables.load("wine"), 1)
    learner = _episodes.learner_of(episode, "logistic")
    left = np.setdiff1d(np.arange(len(episode.y)), episode.first)
    left = left[:20]
    chosen = LookAhead(1, n_candidates=20)(learner, episode, left)

    def accuracy(row):
        known = [*episode.first, row]
        model = LogisticRegression(max_iter=1000)
        model.fit(episode.X[known], episode.y[known])
        return model.score(episode.X_test, episode.y_test)

    every = [accuracy(row) for row in left]
    assert accuracy(chosen) == max(every) > np.median(every)
    assert len(learner.y_training) == 3


def test_runs_go_on_and_are_kept_in_short(tmp_path, monkeypatch, capsys):
    path, short = tmp_path / "runs.jsonl", tmp_path / "areas.jsonl"
    command = ["run", str(path), "--tables", "iris", "--models", "logistic"]
    for n_episodes in ("1", "2"):
        monkeypatch.setattr("sys.argv", [*command, "--episodes", n_episodes])
        run.main()
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(records) == len({run.key_of(record) for record in records}) == 4
    for record in records:
        accuracies = np.array(record["n_right"]) / record["n_test"]
        assert record["area"] == pytest.approx(accuracies.mean(), abs=1e-6)
        assert len(accuracies) == 51
    monkeypatch.setattr("sys.argv", ["report", str(path), "--keep", str(short)])
    report.main()
    printed = capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["report", str(short)])
    report.main()
    assert capsys.readouterr().out == printed
    assert _results.areas_of([path]).keys() == _results.areas_of([short]).keys()


def test_differences_are_paired_by_the_number_of_the_episode():
    areas = {
        ("forest", "margin", "iris"): {0: 0.9, 1: 0.8, 2: 0.7},
        ("forest", "random", "iris"): {2: 0.5, 1: 0.7},
    }
    found = _results.paired(areas, "forest", "margin", "random", "iris")
    assert found == pytest.approx([0.1, 0.2])


def test_intervals_are_those_of_scipy_and_of_the_normal_limit():
    values = np.random.default_rng(0).normal(1, 2, size=12)
    result = stats.ttest_1samp(values, 0).confidence_interval()
    assert report.half_width(values) == pytest.approx((result.high - result.low) / 2)
    sets = list(np.random.default_rng(1).normal(0, 1, size=(18, 20)))
    low, high = report.resampled(sets)
    # The variance of a mean of 18 means, and that of the mean in each set of 20.
    of_means = (
        np.var([of.mean() for of in sets]) + np.mean([of.var() for of in sets]) / 20
    )
    width = 2 * 1.96 * np.sqrt(of_means / 18)
    assert high - low == pytest.approx(width, rel=0.06)
    assert report.signs([np.array([1.0, 1.1]), np.array([-1.0, 3.0])]) == (
        "2 (1*)",
        "0 (0*)",
    )
