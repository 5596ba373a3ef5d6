"""Votes are whole numbers with 0 <= k <= N; a message names the row and both."""

import numpy as np
import pytest

from skbal._utils.votes import check_n_votes, check_votes

GOOD = [[[3, 10], [0, 0]], [[10, 10], [1, 1]]]


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32, float, object])
def test_votes_of_any_dtype_become_integers_with_a_question_axis(dtype):
    two = check_votes(np.array(GOOD, dtype=dtype), "Model")
    assert two.dtype == np.int64
    np.testing.assert_array_equal(two, GOOD)
    one = check_votes(np.array(GOOD, dtype=dtype)[:, 0], "Model")
    np.testing.assert_array_equal(one, np.array(GOOD)[:, :1])


def test_the_callers_votes_are_not_changed_or_shared():
    y = np.array(GOOD)
    check_votes(y, "Model")[:] = 0
    np.testing.assert_array_equal(y, GOOD)


@pytest.mark.parametrize(
    ("votes", "message"),
    [
        ([[3, 10], [7, 5]], "row 1 has k = 7 yes votes of N = 5, but must have 0 <= k"),
        ([[3, 10], [-1, 5]], "row 1 has k = -1 yes votes of N = 5, but must have 0"),
        ([[0, -2]], "row 0 has k = 0 yes votes of N = -2, but must have 0 <= k <= N"),
        ([[1.5, 3]], "row 0 has k = 1.5 yes votes of N = 3, but must have whole"),
        ([[1, 3.25]], "row 0 has k = 1 yes votes of N = 3.25, but must have whole"),
        ([[1, 3], [np.nan, 3]], "row 1 has k = nan yes votes of N = 3, but must have"),
        ([[1, np.inf]], "row 0 has k = 1 yes votes of N = inf, but must have finite"),
        (
            [[[1, 3], [1, 3]], [[1, 3], [4, 3]]],
            "row 1 has k = 4 yes votes of N = 3 of question 1, but must have 0 <= k",
        ),
        ([1, 2, 3], r"must be votes of shape \(n_samples, 2\).* got shape \(3,\)"),
        ([[1, 2, 3]], r"got shape \(1, 3\)"),
        ([[1e25, 1e25]], r"row 0 has k = 1e\+25 .* but must have N < 2\*\*31"),
        (np.zeros((0, 2)), r"got shape \(0, 2\)"),
        (np.zeros((4, 0, 2)), r"got shape \(4, 0, 2\)"),
        ([["many", "few"]], "must be votes, numbers k and N"),
        (None, "requires y to be passed"),
    ],
)
def test_what_is_no_vote_is_refused_by_row_and_numbers(votes, message):
    with pytest.raises(ValueError, match=message):
        check_votes(votes, "Model")


def test_another_number_of_questions_is_refused_with_both():
    with pytest.raises(ValueError, match="votes on 2 questions, but Model was fitted "):
        check_votes(GOOD, "Model", n_questions=3)


def test_numbers_of_volunteers_come_as_one_a_row_and_question():
    expected = [[5, 5, 5], [5, 5, 5]]
    assert check_n_votes(5, 2, 3, "Model").tolist() == expected
    assert check_n_votes([0, 7], 2, 2, "Model").tolist() == [[0, 0], [7, 7]]
    assert check_n_votes([[0, 7]], 1, 2, "Model").tolist() == [[0, 7]]


def test_the_largest_numbers_of_narrow_types_have_a_successor():
    for dtype in (np.uint8, np.int8):
        largest = np.iinfo(dtype).max
        n_votes = check_n_votes(np.array([3, largest], dtype=dtype), 2, 1, "Model")
        assert n_votes.max() + 1 == largest + 1


@pytest.mark.parametrize(
    ("n_votes", "error", "message"),
    [
        (2.0, TypeError, "n_votes of Model must be integers, got 2.0"),
        (True, TypeError, "n_votes of Model must be integers, got True"),
        ("many", TypeError, "n_votes of Model must be integers, got 'many'"),
        ([2.0, 3.0], TypeError, "n_votes of Model must be integers, got dtype"),
        ([1, 2, 3], ValueError, r"have the shape \(2,\) or \(2, 4\), .* shape \(3,\)"),
        ([[1], [1, 2]], TypeError, "n_votes of Model must be integers, got dtype"),
        ([3, -1], ValueError, "n_votes of Model must be 0 or more, got -1"),
    ],
)
def test_no_number_of_volunteers_is_refused(n_votes, error, message):
    with pytest.raises(error, match=message):
        check_n_votes(n_votes, 2, 4, "Model")
