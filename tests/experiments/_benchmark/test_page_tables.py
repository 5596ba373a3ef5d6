import pytest

from skbal.experiments import BenchmarkResult
from skbal.experiments._benchmark._page_tables import (
    best_table,
    strategies_table,
    tables_table,
)
from tests.experiments._benchmark.toy import result, units


def test_a_table_says_where_random_and_margin_are_best():
    _, rows = best_table({"forest": result()})
    role, none = ":class:`~skbal.query.{}`".format, "no table"
    random = ["forest", role("Random"), "2 of 3", "heart", none, none]
    margin = ["forest", role("Margin"), "1 of 3", "iris, moons, blobs", "heart", none]
    assert rows == [[*random, "0.150 (moons)"], [*margin, "0.005 (heart)"]]


def test_a_row_of_a_strategy_has_its_numbers():
    header, rows = strategies_table(result())
    assert header[3] == "better on (surely)"
    margin, random, bald = rows
    assert float(margin[2]) == pytest.approx((5 + 15 - 0.5 + 14) / 4, abs=0.006)
    assert [margin[1], *margin[3:5]] == ["1.2", "3 (0)", "1 (0)"]
    assert margin[5:] == ["open", "0.5 (heart)", "10.0"]
    assert random[2:6] == ["", "", "", ""]
    assert bald[1] == "2.5"


def test_a_row_of_a_table_has_its_best_strategy_and_what_margin_gains():
    header, rows = tables_table(result(), "classification")
    assert len(rows[0]) == len(header)
    heart = rows[2]
    assert heart[:5] == ["heart", "file", "4", "0.655", "-0.5"]
    assert heart[5:] == [":class:`~skbal.query.Random`", "", "0 (0)", "2 (0)"]
    assert rows[0][2] == "6"  # two of each of three classes


def test_one_repeat_has_no_intervals():
    one = BenchmarkResult.from_units(units(1))
    assert "surely" not in "".join(strategies_table(one)[0])
    assert tables_table(one, "classification")[1][1][-2:] == ["2", "0"]
