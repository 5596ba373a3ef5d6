"""Names and references of what is compared."""

import numpy as np
import pytest

from skbal.experiments._strategies import check_strategies
from skbal.query import BALD, MaxEntropy, Random


def first_rows(learner, X, n_instances=1):
    return np.arange(n_instances)


def test_random_is_added_as_the_reference():
    named, reference = check_strategies([BALD(), MaxEntropy()], None)
    assert list(named) == ["BALD", "MaxEntropy", "Random"]
    assert reference == "Random"
    assert isinstance(named["Random"], Random)


def test_a_random_of_any_name_is_the_reference():
    strategies = {"guess": Random(), "BALD": BALD()}
    assert check_strategies(strategies, None) == (strategies, "guess")


def test_random_may_be_named_as_the_reference_without_being_given():
    named, reference = check_strategies([BALD()], "Random")
    assert list(named) == ["BALD", "Random"]
    assert reference == "Random"
    strategies = {"guess": Random(), "BALD": BALD()}
    assert check_strategies(strategies, "Random") == (strategies, "guess")


def test_a_given_reference_needs_no_random():
    named, reference = check_strategies([BALD(), MaxEntropy()], "MaxEntropy")
    assert list(named) == ["BALD", "MaxEntropy"]
    assert reference == "MaxEntropy"


def test_names_in_a_list_are_made_unique_and_functions_have_theirs():
    named, _ = check_strategies([BALD(), BALD(n_draws=3), BALD(), first_rows], None)
    assert list(named) == ["BALD", "BALD 2", "BALD 3", "first_rows", "Random"]
    assert named["BALD 2"].n_draws == 3


def test_the_users_dict_stays_as_it_is():
    strategies = {"BALD": BALD(), "Random": MaxEntropy()}
    named, reference = check_strategies(strategies, None)
    assert list(strategies) == ["BALD", "Random"]
    assert reference == "Random 2"
    assert isinstance(named["Random 2"], Random)


@pytest.mark.parametrize(
    ("strategies", "reference", "error", "message"),
    [
        (BALD(), None, TypeError, r"must be a dict of names .*, got BALD\(\)"),
        ([BALD], None, TypeError, "for 'BALD' must be a query strategy .* got <class"),
        ({"BALD": "BALD"}, None, TypeError, "for 'BALD' must be .* got 'BALD'"),
        ({1: BALD()}, None, TypeError, "strings as names, got 1"),
        ([BALD()], "random", ValueError, "one of the strategies 'BALD', got 'random'"),
        ([Random()], None, ValueError, "only the reference 'Random'"),
        ([BALD()], "BALD", ValueError, "only the reference 'BALD'"),
    ],
)
def test_what_is_no_strategy_is_named(strategies, reference, error, message):
    with pytest.raises(error, match=message):
        check_strategies(strategies, reference)
