import numpy as np
import pytest

from skbal.votes._retirement import Retirement, check_retire, reached


def test_limits_are_reached_as_worked_by_hand():
    limits = {"max_votes": 5, "chance_wrong": 0.1, "min_votes": 2}
    n_votes = np.array([1, 2, 4, 5, 5])
    chance = np.array([0.01, 0.1, 0.2, 0.3, 0.01])
    expected = ["", "chance_wrong", "", "max_votes", "max_votes"]
    assert reached(limits, n_votes, chance).tolist() == expected
    assert reached({}, n_votes, chance).tolist() == [""] * 5


def test_one_vote_is_needed_unless_none_is_asked_for():
    chance = np.zeros(2)
    n_votes = np.array([0, 1])
    assert reached({"chance_wrong": 0.1}, n_votes, chance)[0] == ""
    limits = {"chance_wrong": 0.1, "min_votes": 0}
    assert (reached(limits, n_votes, chance) == "chance_wrong").all()


def test_the_reason_names_both_numbers():
    assert Retirement(3, "max_votes", 40, 40).reason == "40 votes, and the limit is 40"
    reason = Retirement(3, "chance_wrong", 0.00423, 0.01).reason
    assert "0.00423" in reason
    assert "0.01" in reason


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ([5], TypeError, "must be a dict"),
        ({"votes": 5}, ValueError, "'votes'"),
        ({"max_votes": 0}, ValueError, "max_votes in retire of Owner"),
        ({"max_votes": 2.5}, TypeError, "max_votes in retire of Owner"),
        ({"chance_wrong": -0.1}, ValueError, "chance_wrong in retire of Owner"),
        ({"chance_wrong": 2.0}, ValueError, "chance_wrong in retire of Owner"),
    ],
)
def test_wrong_limits_are_named(wrong, error, words):
    with pytest.raises(error, match=words):
        check_retire(wrong, "retire", "Owner")
