import numpy as np

from skbal.experiments import ExperimentUnit, load_experiment

REPORT = load_experiment("uncertainty2025")


def result_of(arm):
    rng = np.random.default_rng(0)
    y = np.arange(320) % 10
    X = rng.random((320, 784), dtype=np.float32)
    settings = {
        **REPORT.sized(quick=True), "n_queries_penalty": 2,
        "max_steps_penalty": 2, "n_draws": 5,
    }  # fmt: skip
    data = X[:300], y[:300], X[300:], y[300:]
    part = REPORT.arms[arm]
    return part(ExperimentUnit(arm, part, 0, settings, data))


def test_arms_begin_alike_and_never_ask_twice():
    without, with_penalty = result_of("penalty 0"), result_of("penalty 1")
    assert without["n_labels"] == [20, 30, 40]
    assert without["score"][0] == with_penalty["score"][0]
    assert without["queried"][0] != with_penalty["queried"][0]
    for result in (without, with_penalty):
        rows = [row for step in result["queried"] for row in step]
        assert len(set(rows)) == len(rows) == 30
        assert result["alike"] == [0, 0, 0]  # no image is twice in the pool


def test_a_penalty_keeps_copies_out_of_a_batch():
    together = result_of("penalty -0.3, copies")["alike"]
    apart = result_of("penalty 1, copies")["alike"]
    assert apart == [0, 0, 0]
    assert sum(together) > 0
