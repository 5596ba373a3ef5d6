import numpy as np

from skbal.experiments import ExperimentUnit, Reproduction, load_experiment
from skbal.experiments._catalogue._deterministic import points_above_off
from skbal.query import BALD

GAL, OFF = load_experiment("gal2017"), load_experiment("deterministic")


def test_arms_with_dropout_are_units_of_gal2017():
    shared = [arm for arm in OFF.arms if arm in GAL.arms]
    assert shared == ["BALD", "Variation ratios", "Max entropy"]
    assert all(OFF.arms[arm] == (GAL.arms[arm], False) for arm in shared)
    assert OFF.shares == "gal2017"
    for quick in (False, True):
        assert OFF.sized(quick) == GAL.sized(quick)
        assert set(OFF.seeds(quick)) <= set(GAL.seeds(quick))


def test_such_a_unit_is_the_same_in_both_and_the_other_is_not():
    rng = np.random.default_rng(0)
    y = np.arange(120) % 10
    X = rng.random((120, 784), dtype=np.float32)
    X[np.arange(120), y] += 5
    settings = {
        **GAL.sized(quick=True), "n_labels": 40, "max_epochs": 2, "n_draws": 5,
        "pool_subsample": 50,
    }  # fmt: skip
    data = X[:100], y[:100], X[100:], y[100:]

    def result(experiment, arm, part):
        found = experiment.run(ExperimentUnit(arm, part, 1, settings, data))
        return {k: v for k, v in found.items() if k != "seconds"}

    with_draws = result(OFF, "BALD", OFF.arms["BALD"])
    assert result(GAL, "BALD", BALD) == with_draws
    without = result(OFF, "BALD, dropout off", OFF.arms["BALD, dropout off"])
    assert without["queried"][0] == with_draws["queried"][0]
    assert without["queried"][1] != with_draws["queried"][1]


def unit(arm, seed, scores):
    n_labels = [20 + 10 * step for step in range(len(scores))]
    return {
        "arm": arm,
        "seed": seed,
        "result": {"n_labels": n_labels, "score": scores},
    }


def test_accuracies_are_compared_seed_by_seed_with_as_many_labels():
    short = unit("BALD", 0, [0.5, 0.7, 0.96])  # ends early, and keeps 0.96
    long = unit("BALD, dropout off", 0, [0.5, 0.6, 0.7, 0.8])
    alone = unit("BALD", 1, [0.5, 0.7, 0.9])
    found = Reproduction(OFF, [short, long, alone], [])
    for n_acquired, points in (((10,), 10), ((20,), 26), ((30,), 16), ((10, 20), 18)):
        np.testing.assert_allclose(points_above_off("BALD", n_acquired, found), points)
    assert points_above_off("Max entropy", (10,), found).size == 0


def test_the_claims_are_judged_by_the_intervals():
    units = [
        unit(f"BALD{', dropout off' * off}", seed, [0.5 + seed / 100 - off / 10] * 21)
        for off in (0, 1)
        for seed in range(3)
    ]
    _, rows = Reproduction(OFF, units, []).claims()
    verdicts = [row[1] for row in rows if row[0]]
    assert verdicts == ["reproduced", "not run", "not run"]
