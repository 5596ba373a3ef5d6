import numpy as np
import pytest
from scipy import stats

from skbal.experiments import BenchmarkResult
from skbal.experiments._benchmark._findings import (
    alike,
    behind_best,
    findings_of,
    on_tables,
    within_critical_difference,
)
from tests.experiments._benchmark.toy import result


def test_where_a_strategy_is_best_or_near_is_read_from_the_means():
    margin = findings_of(result(), "Margin")
    assert margin.place == 1
    assert margin.best_on == ["iris", "moons", "blobs"]
    assert margin.near_on == ["heart"]  # 0.005 below
    assert margin.most_behind == pytest.approx(0.005)
    assert margin.most_behind_on == "heart"
    random = findings_of(result(), "Random")
    assert random.best_on == ["heart"]
    assert random.near_on == []
    assert random.most_behind_on == "moons"


def test_an_interval_that_beats_a_strategy_allows_for_the_number_of_others():
    rng = np.random.default_rng(3)
    random = rng.uniform(size=(4, 1))
    gains = np.array([[0.10], [0.12], [0.09], [0.15]])
    curves = {"A": random + gains, "B": random - 0.5, "Random": random}
    statistic = gains.mean() / (gains.std(ddof=1) / 2)
    assert stats.t.ppf(1 - 0.05 / (2 * 2), 3) < statistic  # of two others
    assert findings_of(BenchmarkResult({"t": curves}), "Random").beaten_on == ["t"]
    many = {f"B{k}": curves["B"] for k in range(200)} | curves
    assert stats.t.ppf(1 - 0.05 / (2 * 202), 3) > statistic
    assert findings_of(BenchmarkResult({"t": many}), "Random").beaten_on == []


def test_the_distance_from_the_best_is_that_of_the_table():
    np.testing.assert_allclose(behind_best(result(), "BALD"), [0.1, 0.05, 0.155, 0.05])


def test_few_tables_tell_no_strategy_from_the_best():
    found = result()
    assert found.critical_difference == pytest.approx(2.343 * np.sqrt(12 / 24), 1e-3)
    assert within_critical_difference(found) == ["Random", "BALD"]


def test_strategies_with_the_same_scores_are_named_together():
    curves = {"A": [[0.1, 0.2]], "B": [[0.1, 0.2]], "Random": [[0.1, 0.3]]}
    other = {"A": [[0.4, 0.2]], "B": [[0.4, 0.3]], "Random": [[0.1, 0.3]]}
    assert alike(BenchmarkResult({"t": curves})) == [["A", "B"]]
    both = BenchmarkResult({"t": curves, "u": other})
    assert alike(both) == []
    assert alike(on_tables(both, ["t"])) == [["A", "B"]]
