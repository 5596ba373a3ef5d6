"""Rules that count stop at their number, not before."""

import pytest

from skbal.stopping import MaxCost, MaxLabels, MaxQueries
from tests.stopping.loops import loop_with


@pytest.mark.parametrize(("steps", "stops"), [(1, False), (3, False), (4, True)])
def test_the_first_model_is_no_query(steps, stops):
    reason = MaxQueries(n_queries=3)(loop_with([0.5] * steps))
    assert reason == ("3 queries made, at most 3 wanted" if stops else None)


def test_no_query_at_all_can_be_wanted():
    assert MaxQueries(n_queries=0)(loop_with([0.5])).startswith("0 queries made")


@pytest.mark.parametrize(("paid", "stops"), [(99, False), (100, True), (104, True)])
def test_labels_are_counted_as_they_are_paid(paid, stops):
    reason = MaxLabels(n_labels=100)(loop_with([0.5], n_labels=[paid]))
    assert reason == (f"{paid} labels paid for, at most 100 wanted" if stops else None)


@pytest.mark.parametrize(("cost", "stops"), [(7.4, False), (7.5, True), (9.0, True)])
def test_money_is_counted_in_the_oracles_unit(cost, stops):
    reason = MaxCost(cost=7.5)(loop_with([0.5], cost=[cost]))
    text = f"answers have cost {cost:g}, at most 7.5 wanted"
    assert reason == (text if stops else None)


def test_an_oracle_without_an_account_costs_one_a_label():
    reason = MaxCost(cost=30)(loop_with([0.5], n_labels=[30], cost=[None]))
    assert reason == "answers have cost 30, at most 30 wanted"


@pytest.mark.parametrize(
    ("rule", "error", "message"),
    [
        (MaxQueries(-1), ValueError, "n_queries of MaxQueries .* >= 0, got -1"),
        (MaxQueries(2.0), TypeError, "n_queries of MaxQueries .* got 2.0"),
        (MaxLabels(0), ValueError, "n_labels of MaxLabels .* >= 1, got 0"),
        (MaxCost("10"), TypeError, "cost of MaxCost .* got '10'"),
        (MaxCost(float("nan")), ValueError, "cost of MaxCost .* got nan"),
    ],
)
def test_wrong_limits_are_refused_when_they_are_used(rule, error, message):
    with pytest.raises(error, match=message):
        rule(loop_with([0.5], cost=[1.0]))
