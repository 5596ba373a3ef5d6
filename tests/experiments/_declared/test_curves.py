from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

from skbal.experiments import ExperimentUnit, Reproduction, compare
from skbal.experiments._declared._curves import (
    acquired_to,
    draw_curves,
    history_of,
    learning_curve,
    times_fewer,
)
from skbal.loop import ActiveLearningLoop
from skbal.query import MaxEntropy, Random
from skbal.seeding import BalancedSeed
from tests.experiments._declared.toy import COINS

SIZE = {"n_per_class": 2, "n_instances": 5, "n_labels": 40, "stop_at": None}


def unit_of(arm="MaxEntropy", seed=0, unfinished=None, **size):
    X, y = load_iris(return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(y))
    pool, test = rows[:100], rows[100:]
    data = X[pool], y[pool], X[test], y[test]
    return ExperimentUnit(arm, None, seed, {**SIZE, **size}, data, "cpu", unfinished)


def curve(strategy=None, **unit):
    return learning_curve(unit_of(**unit), GaussianNB(), strategy or MaxEntropy())


def test_a_curve_has_a_score_at_each_step():
    result = curve()
    assert result["n_labels"] == [6, 11, 16, 21, 26, 31, 36]
    assert len(result["score"]) == 7
    rows = [row for step in result["queried"] for row in step]
    assert len(set(rows)) == len(rows) == 36
    # The last score in another way.
    X, y, X_test, y_test = unit_of().data
    score = GaussianNB().fit(X[rows], y[rows]).score(X_test, y_test)
    assert result["score"][-1] == pytest.approx(score, abs=1e-5)


def test_first_labels_may_be_those_of_random_rows():
    result = curve(n_first=7)
    assert result["n_labels"] == [7, 12, 17, 22, 27, 32, 37]
    # The seed decides which ones, and not the arm.
    first = result["queried"][0]
    assert curve(Random(), n_first=7)["queried"][0] == first
    assert curve(seed=1, n_first=7)["queried"][0] != first


def test_it_is_the_run_of_a_comparison():
    X, y, X_test, y_test = unit_of().data
    comparison = compare(
        [MaxEntropy(), Random()], GaussianNB(), X, y, n_repeats=2, n_queries=6,
        n_instances=5, initial=BalancedSeed(2), X_test=X_test, y_test=y_test,
        random_state=0,
    )  # fmt: skip
    for seed, history in enumerate(comparison.histories["MaxEntropy"]):
        own = curve(seed=seed)
        assert own["queried"] == [list(record.indices) for record in history]


def test_arms_of_a_seed_begin_alike_and_seeds_differ():
    one, other = curve(), curve(Random())
    assert one["queried"][0] == other["queried"][0]
    assert one["queried"][1] != other["queried"][1]
    assert one["queried"][0] != curve(seed=1)["queried"][0]


def test_it_stops_at_the_score():
    whole = curve()
    score = whole["score"][3]
    stopped = curve(stop_at=score)
    first = next(i for i, s in enumerate(whole["score"]) if s >= score)
    assert stopped["score"] == whole["score"][: first + 1]


def test_a_run_that_was_killed_goes_on_after_its_last_step(tmp_path, monkeypatch):
    path = tmp_path / "unit.unfinished"
    saved = []

    def save_and_be_killed(loop, to):
        save(loop, to)
        saved.append(len(loop.history_))
        if len(saved) == 3:
            raise KeyboardInterrupt

    save = ActiveLearningLoop.save
    monkeypatch.setattr(ActiveLearningLoop, "save", save_and_be_killed)
    with pytest.raises(KeyboardInterrupt):
        curve(unfinished=path, seed=1)
    assert curve(unfinished=path, seed=1) | {"seconds": 0} == (
        curve(seed=1) | {"seconds": 0}
    )
    assert saved == [1, 2, 3, 4, 5, 6, 7]  # no step was made twice


def test_a_result_is_a_history_again():
    result = curve()
    history = history_of(result)
    assert history.n_labels.tolist() == result["n_labels"]
    assert history.scores.tolist() == result["score"]
    assert list(history[1].indices) == result["queried"][1]


def test_labels_are_counted_without_the_first_ones():
    result = {"n_labels": [20, 30, 40], "score": [0.5, 0.91, 0.9]}
    assert acquired_to(0.9)(result) == 10
    assert acquired_to(0.4)(result) == 0
    assert acquired_to(0.92)(result) == np.inf
    random = {"n_labels": [20, 30, 40, 50], "score": [0.5, 0.6, 0.7, 0.9]}
    assert times_fewer(0.9)(random, result) == 3
    assert times_fewer(0.99)(random, result) == np.inf
    assert times_fewer(0.5)(random, result) == np.inf  # both need none: no ratio


def test_curves_are_drawn_over_acquired_labels_up_to_the_first_end():
    results = [
        {"n_labels": [20, 30, 40], "score": [0.5, 0.6, 0.7], "queried": [[], [], []]},
        {"n_labels": [20, 30], "score": [0.7, 0.8], "queried": [[], []]},
    ]
    units = [
        {"arm": "fair", "seed": seed, "result": result}
        for seed, result in enumerate(results)
    ]
    figure = pytest.importorskip("matplotlib.figure").Figure()
    lines = draw_curves(figure.subplots(), Reproduction(COINS, units, []), COINS.arms)
    assert list(lines) == ["fair"]  # the other arm was not run
    assert lines["fair"].get_xdata().tolist() == [0, 10]
    assert lines["fair"].get_ydata().round(6).tolist() == [0.6, 0.7]
    empty = SimpleNamespace(results=lambda arm: {})
    assert draw_curves(figure.subplots(), empty, ["fair"]) == {}
