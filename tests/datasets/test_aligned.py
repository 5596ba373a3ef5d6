import numpy as np
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skbal.datasets import align_votes


@given(
    st.lists(st.text(max_size=2), min_size=1, unique=True),
    st.dictionaries(st.text(max_size=2), st.tuples(*[st.integers(0, 9)] * 2)),
)
def test_each_id_has_its_votes_and_others_none(ids, votes):
    # NumPy drops zero bytes at the end of strings.
    ids = [each for each in ids if "\0" not in each] or ["a"]
    votes = {key: value for key, value in votes.items() if "\0" not in key}
    if not votes.keys() & set(ids):
        votes[ids[0]] = (1, 2)
    aligned = align_votes(ids, list(votes), list(votes.values()))
    assert aligned.dtype == np.int64
    assert aligned.tolist() == [list(votes.get(each, (0, 0))) for each in ids]


def test_integers_are_the_strings_of_their_digits():
    expected = [[3], [0], [2]]
    for ids in (
        [5, 6, 7],
        np.array([5, 6, 7]),
        ["5", "6", "7"],
        pandas.Series([5, 6, 7]),
    ):
        assert align_votes(ids, ["7", "5"], [[2], [3]]).tolist() == expected
        assert align_votes(ids, [7, 5], [[2], [3]]).tolist() == expected


@pytest.mark.parametrize(("given", "error", "match"), [
    ((["a", "a"], ["a"], [[1]]), ValueError, "ids of align_votes must all differ.*'a'"),
    ((["a"], ["a", "a"], [[1], [2]]), ValueError, "vote_ids of align_votes must all"),
    ((["a"], ["a"], [[1], [2]]), ValueError, "a row for each of 1 vote_ids, got 2"),
    ((["a.png", "b"], ["a", "c"], [[1], [2]]), ValueError,
     "'a', 'c' and 'a.png', 'b' have nothing in common"),
    (([1.5], ["a"], [[1]]), TypeError, "strings or integers, got 1.5"),
    (([None], ["a"], [[1]]), TypeError, "got None"),
    (([True], ["a"], [[1]]), TypeError, "got True"),
    (("a", ["a"], [[1]]), ValueError, "ids of align_votes must be a list of ids"),
    (([["a"]], ["a"], [[1]]), ValueError, r"got shape \(1, 1\)"),
    (([], ["a"], [[1]]), ValueError, "at least one id"),
    ((["a"], ["a"], [1]), ValueError, "votes given to align_votes must be a table"),
    ((["a"], ["a"], [[0.5]]), ValueError, "whole numbers of votes"),
])  # fmt: skip
def test_what_does_not_fit_is_named(given, error, match):
    with pytest.raises(error, match=match):
        align_votes(*given)
