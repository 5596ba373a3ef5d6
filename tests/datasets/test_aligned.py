import warnings

import numpy as np
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skbal.datasets import align_votes
from skbal.exceptions import VotesWarning

NAMES = st.text(st.characters(exclude_characters="0"), max_size=2)


@given(
    st.lists(NAMES, min_size=1, unique=True),
    st.dictionaries(NAMES, st.tuples(*[st.integers(0, 9)] * 2)),
)
def test_each_id_has_its_votes_and_others_none(ids, votes):
    # NumPy drops zero bytes at the end of strings.
    ids = [each for each in ids if "\0" not in each] or ["a"]
    votes = {key: value for key, value in votes.items() if "\0" not in key}
    if not votes.keys() & set(ids):
        votes[ids[0]] = (1, 2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        aligned = align_votes(ids, list(votes), list(votes.values()))
    is_lost = any(any(votes[key]) for key in votes.keys() - set(ids))
    assert [each.category for each in caught] == [VotesWarning] * is_lost
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


def test_ids_that_lost_their_zeros_are_refused():
    votes = [[7, 0], [5, 6], [1, 0]]
    for ids, vote_ids in (
        (["0007", "0056", "1000"], [7, 56, 1000]),
        ([7, 56, 1000], ["0007", "0056", "1000"]),
        (["0000", "0001", "0002"], [0, 1, 2]),
    ):
        with pytest.raises(ValueError, match=r"is not '.*dtype=str"):
            align_votes(ids, vote_ids, votes)
    # Different ids that a reader would have changed are known as they are.
    assert align_votes(["07", "7"], ["7", "07"], [[1], [2]]).tolist() == [[2], [1]]
    assert align_votes(["0x", "y"], ["y"], [[1]]).tolist() == [[0], [1]]


def test_votes_about_other_ids_are_left_out_with_a_warning():
    with pytest.warns(VotesWarning, match=r"votes about 2 of .* ids: 'O056', 'c'\.$"):
        aligned = align_votes(["0007", "0056"], ["0007", "O056", "c"], [[1], [2], [3]])
    assert aligned.tolist() == [[1], [0]]
    # Without votes nothing is left out.
    assert align_votes(["a"], ["a", "b"], [[1], [0]]).tolist() == [[1]]


def test_a_frame_has_its_rows_in_the_order_of_the_ids():
    table = pandas.DataFrame([[5, 0], [1, 2]], index=["c", "a"])
    with pytest.raises(
        ValueError, match=r"order of vote_ids, 'a', 'c', but .* 'c', 'a'"
    ):
        align_votes(["a", "b", "c"], ["a", "c"], table)
    expected = [[1, 2], [0, 0], [5, 0]]
    assert align_votes(["a", "b", "c"], table.index, table).tolist() == expected
    # Rows that have numbers of their own are in any order.
    table.index = [7, 3]
    assert align_votes(["a", "b", "c"], ["c", "a"], table).tolist() == expected


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
