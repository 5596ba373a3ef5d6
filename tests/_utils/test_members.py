import pytest
from sklearn.ensemble import RandomForestClassifier

from skbal._utils.members import choose_members, number_of_draws

MEMBERS = list("abcdefgh")


def test_none_is_one_draw_per_member():
    assert number_of_draws(None, MEMBERS, RandomForestClassifier()) == 8


def test_too_many_draws_are_refused_with_both_numbers():
    with pytest.raises(ValueError, match="9, but this RandomForestClassifier has 8"):
        number_of_draws(9, MEMBERS, RandomForestClassifier())


def test_all_members_keep_their_order():
    assert choose_members(MEMBERS, 8, seed=0) == MEMBERS


def test_some_members_are_different_ones_in_their_order():
    chosen = choose_members(MEMBERS, 5, seed=0)
    assert len(set(chosen)) == 5
    assert chosen == sorted(chosen)


def test_the_seed_determines_the_choice():
    choices = {tuple(choose_members(MEMBERS, 3, seed)) for seed in range(40)}
    assert choose_members(MEMBERS, 3, 1) == choose_members(MEMBERS, 3, 1)
    assert len(choices) > 10
    assert {member for choice in choices for member in choice} == set(MEMBERS)
