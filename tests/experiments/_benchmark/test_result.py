import numpy as np
import pytest
from scipy import stats

from skbal.experiments import BenchmarkResult
from tests.experiments._benchmark.toy import HEADER, result, unit, units


def test_areas_are_those_of_the_trapezoidal_rule():
    curves = {"BALD": [[0.2, 0.8, 0.4]], "Random": [[0.1, 0.1, 0.1]]}
    found = BenchmarkResult({"iris": curves})
    assert found.areas["iris"]["BALD"] == pytest.approx([(0.2 / 2 + 0.8 + 0.4 / 2) / 2])
    by_numpy = np.trapezoid([0.2, 0.8, 0.4], dx=0.5)
    assert found.areas["iris"]["BALD"] == pytest.approx([by_numpy])


def test_ranks_and_gains_are_those_worked_by_hand():
    found = result()
    assert found.strategies == ["BALD", "Margin", "Random"]
    assert found.ranks["Random"].tolist() == [2, 3, 1, 3]
    assert found.mean_ranks == {"Margin": 1.25, "Random": 2.25, "BALD": 2.5}
    gain = found.gains["moons"]["Margin"]
    assert gain.mean == pytest.approx(0.15)
    # Differences of repeats are equal but for rounding, which tells no scatter.
    assert np.isnan(gain.low) or gain.low == pytest.approx(0.15)


def test_an_interval_of_a_gain_is_that_of_scipy():
    rng = np.random.default_rng(0)
    curves = {name: rng.uniform(size=(5, 3)) for name in ("BALD", "Random")}
    found = BenchmarkResult({"iris": curves}, confidence=0.9)
    gain = found.gains["iris"]["BALD"]
    theirs = stats.ttest_rel(found.areas["iris"]["BALD"], found.areas["iris"]["Random"])
    interval = theirs.confidence_interval(0.9)
    assert [gain.low, gain.high] == pytest.approx([interval.low, interval.high])
    one = BenchmarkResult({"iris": {n: c[:1] for n, c in curves.items()}})
    assert np.isnan(one.gains["iris"]["BALD"].low)


def test_cost_is_the_time_of_a_query():
    assert result().seconds_per_query == pytest.approx(
        dict.fromkeys(["BALD", "Margin", "Random"], 0.01)  # 0.02 s for two queries
    )
    assert BenchmarkResult({"a": {"Random": [[1.0]]}}).seconds_per_query == {}


def test_a_strategy_that_wins_everywhere_is_better_in_words():
    rng = np.random.default_rng(0)
    scores = {}
    for number in range(12):
        base = rng.uniform(0.5, 0.8)
        scores[f"t{number}"] = {
            "good": [[base + 0.1 + 0.001 * number]],
            "bad": [[base - 0.1 - 0.002 * number]],
            "same": [[base + rng.normal(scale=0.001)]],
            "Random": [[base]],
        }
    found = BenchmarkResult(scores)
    assert found.verdicts == {
        "good": "better than random",
        "bad": "worse than random",
        "same": "not distinguishable on 12 tables",
    }
    assert found.p_values["good"] == pytest.approx(3 * 2 / 2**12)  # all signs alike
    assert found.with_reference("good").verdicts["Random"] == "worse than good"
    assert found.friedman.p_value < 1e-6


def test_strategies_with_missing_runs_are_left_out_and_named():
    runs = units() + [unit("iris", "new", seed, 0.9) for seed in range(3)]
    found = BenchmarkResult.from_units(runs, [HEADER])
    assert found.incomplete == ("new",)
    assert "new" not in found.strategies
    assert "Left out, since runs are missing: new." in found.summary()


def test_a_repeat_counts_only_if_the_reference_is_complete():
    runs = [u for u in units() if (u["arm"], u["seed"]) != ("blobs | Random", 2)]
    found = BenchmarkResult.from_units(runs)
    assert found.n_repeats == 2
    assert found.strategies == ["BALD", "Margin", "Random"]
    with pytest.raises(ValueError, match="'Random' on all tables in 3 repeats"):
        BenchmarkResult.from_units(runs, n_repeats=3)
    with pytest.raises(ValueError, match="'EPIG' on all tables in 1 repeats"):
        BenchmarkResult.from_units(runs, reference="EPIG")


def test_the_first_of_two_runs_of_the_same_unit_counts():
    again = [unit("iris", "BALD", 0, 0.123)]
    found = BenchmarkResult.from_units(units() + again)
    np.testing.assert_array_equal(found.mean_areas, result().mean_areas)


def test_the_summary_has_each_strategy_in_the_order_of_ranks():
    lines = str(result()).splitlines()
    assert lines[0] == "3 strategies on 4 tables, 3 repeats"
    assert [line.split()[0] for line in lines[3:6]] == ["Margin", "Random", "BALD"]
    assert "+8.3" in lines[3]  # (5 + 15 - 0.5 + 14) / 4 = 8.375
    assert "(reference)" in lines[4]
    assert "F = " in str(result())


def test_the_frame_has_a_row_for_each_run():
    pytest.importorskip("pandas")
    frame = result().to_frame()
    assert frame.shape == (4 * 3 * 3, 4)
    row = frame.query("table == 'moons' and strategy == 'BALD' and repeat == 2")
    assert row["area"].item() == pytest.approx(0.71)


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.jsonl"):
        BenchmarkResult.load(tmp_path / "nothing.jsonl")


@pytest.mark.parametrize(("scores", "error", "message"), [
    ({}, TypeError, "scores of BenchmarkResult must be a dict of tables"),
    ({"a": {"R": [[1.0]]}, "b": {"Q": [[1.0]]}}, ValueError, "the same strategies"),
    ({"a": {"R": [1.0]}}, ValueError, r"for 'a' must have one shape"),
    ({"a": {"R": [[1.0]], "Q": [[1.0], [2.0]]}}, ValueError, "must have one shape"),
    ({"a": {"R": [[1.0]]}, "b": {"R": [[1.0], [2.0]]}}, ValueError, "for 'b'"),
    ({"a": {"R": [[1.0]]}}, ValueError, "reference of BenchmarkResult must be one"),
])  # fmt: skip
def test_errors_name_what_is_wrong(scores, error, message):
    with pytest.raises(error, match=message):
        BenchmarkResult(scores)
