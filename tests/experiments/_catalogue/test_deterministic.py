import numpy as np

from skbal.experiments import ExperimentUnit, load_experiment
from skbal.query import BALD

GAL, OFF = load_experiment("gal2017"), load_experiment("deterministic")


def test_arms_with_dropout_are_units_of_gal2017():
    shared = [arm for arm in OFF.arms if arm in GAL.arms]
    assert shared == ["BALD", "Variation ratios", "Max entropy"]
    assert all(OFF.arms[arm] == (GAL.arms[arm], False) for arm in shared)
    assert OFF.shares == "gal2017"
    for quick in (False, True):
        assert OFF.sized(quick) == GAL.sized(quick)
        assert OFF.seeds(quick) == GAL.seeds(quick)


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
