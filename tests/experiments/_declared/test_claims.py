from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from skbal.experiments import Claim, Statement, reproduce
from skbal.experiments._declared._claims import (
    claims_counted,
    claims_summary,
    in_words,
)
from tests.experiments._declared.toy import COINS


def verdict(values, rule="above", bound=0.0, **options):
    statement = Statement("it", lambda found: np.array(values, float), rule, bound)
    return replace(statement, **options).judge(None)[0]


def test_above_and_below_ask_for_the_whole_interval():
    values = [50.0, 51.0, 52.0]
    # Student's interval: 51 ± 4.303 / sqrt(3).
    low, high = stats.t.interval(0.95, 2, 51, 1 / np.sqrt(3))
    for rule, better in (("above", -1), ("below", 1)):
        near, far = (low, high) if rule == "above" else (high, low)
        assert verdict(values, rule, near + 0.01 * better) == "yes"
        assert verdict(values, rule, near - 0.01 * better) == "open"
        assert verdict(values, rule, far + 0.01 * better) == "open"
        assert verdict(values, rule, far - 0.01 * better) == "no"


@settings(max_examples=20)
@given(
    values=st.lists(st.integers(-100, 100), min_size=2, max_size=6),
    bound=st.integers(-100, 100),
)
def test_below_is_above_of_the_opposite(values, bound):
    opposite = [-value for value in values]
    assert verdict(values, "above", bound) == verdict(opposite, "below", -bound)


def test_near_asks_whether_the_published_mean_may_be_one_of_runs_like_ours():
    # 51 ± 4.303 sqrt(1/3 + 1/3) is 51 ± 3.51, and with one run of theirs ± 4.97.
    assert verdict([50, 51, 52], "near", 54.4) == "yes"
    assert verdict([50, 51, 52], "near", 54.6) == "no"
    assert verdict([50, 51, 52], "near", 54.6, n_published=1) == "yes"
    assert verdict([51], "near", 51) == "open"


def test_one_seed_tells_nothing_and_no_seed_is_not_run():
    assert verdict([7]) == "open"
    assert verdict([]) == "not run"


def test_seeds_that_are_alike_count_as_they_are():
    assert verdict([2, 2, 2]) == "yes"
    assert verdict([0, 0, 0]) == "no"  # not above, and nothing scatters
    assert verdict([-2, -2]) == "no"


def test_where_runs_never_got_there_all_must_be_on_one_side():
    inf = np.inf
    assert verdict([inf, 3, 5]) == "yes"
    assert verdict([inf, -3, 5]) == "open"
    assert verdict([-inf, -3, -5]) == "no"
    assert verdict([np.nan, 3, 5]) == "open"  # neither of two got there


def test_equal_compares_exact_numbers():
    assert verdict([390.0], "equal", 390, n_digits=0) == "yes"
    assert verdict([265.0], "equal", 390, n_digits=0) == "no"
    statement = Statement("it", lambda found: np.array([2.449]), "equal", 2.4)
    assert statement.judge(None) == ("yes", "2.4")


def test_numbers_in_words():
    assert in_words(np.array([np.inf, 7.0]), 0) == "7 to inf (each seed)"
    assert in_words(np.array([np.nan, 7.0]), 0) == "not reached"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (([1, 1], [1, 1]), "reproduced"),
        (([1, 1], [-1, -1]), "partly"),
        (([1, 1], [-1, 1]), "partly"),
        (([-1, -1], [-1, 1]), "not reproduced"),
        (([-1, 1], [-1, 1]), "open"),
        (([1, 1], []), "not run"),
    ],
)
def test_a_claim_sums_up_its_statements(values, expected):
    statements = tuple(
        Statement("it", lambda found, some=some: np.array(some, float))
        for some in values
    )
    claim = Claim("It is so.", "section 1", statements)
    assert claim.judge(object())[0] == expected
    assert claim.judge(None)[0] == "not run"  # no units at all


def heads_above(bound):
    return Statement("heads", lambda found: found.values("heads", "fair"), bound=bound)


CLAIMING = replace(
    COINS,
    claims=(
        Claim("Heads are more than 40", "section 1", (heads_above(40),)),
        Claim(
            "Dice, too",
            "section 2",
            (heads_above(51), heads_above(90)),
            experiment="dice",
        ),
    ),
)


def test_the_table_has_a_row_for_each_statement():
    found = reproduce(CLAIMING)
    header, rows = found.claims({"dice": found})
    assert header[:2] == ["the paper says", "verdict"]
    assert rows == [
        ["Heads are more than 40 (section 1)", "reproduced", "heads",
         "51.0 (48.5 to 53.5)", "above 40.0: yes"],
        ["Dice, too (section 2)", "not reproduced", "heads",
         "51.0 (48.5 to 53.5)", "above 51.0: open"],
        ["", "", "heads", "51.0 (48.5 to 53.5)", "above 90.0: no"],
    ]  # fmt: skip
    # Without the units of the other experiment its claims are not run.
    assert [row[1] for row in found.claims()[1]] == ["reproduced", "not run", ""]
    assert claims_counted(found.claims()[1]) == "Of 2 claims: 1 not run, 1 reproduced."
    lines = claims_summary(found).split("\n")
    assert lines[1:3] == [
        "- reproduced: Heads are more than 40 (section 1)",
        "- not run: Dice, too (section 2)",
    ]


def test_an_unknown_rule_is_named():
    with pytest.raises(ValueError, match=r"must be one of 'above', .*got 'over'"):
        Statement("it", len, "over")


@pytest.mark.parametrize("wrong", [3.0, [[1.0, 2.0]]])
def test_numbers_that_are_not_one_for_each_seed_are_named(wrong):
    with pytest.raises(ValueError, match=r"of of Statement 'it' must return .* seed"):
        Statement("it", lambda found: wrong).judge(None)


def test_a_statement_without_a_tuple_is_named():
    with pytest.raises(TypeError, match="statements of Claim 'More' must be a tuple"):
        Claim("More", "section 1", heads_above(40))
