"""Row indices: what passes comes back as integers, the rest is named."""

import numpy as np
import pytest

from skbal._utils.indices import check_indices


@pytest.mark.parametrize(
    "indices",
    [[2, 0], (2, 0), np.array([2, 0], dtype=np.uint8)],
    ids=["list", "tuple", "uint8"],
)
def test_integers_come_back_in_their_order(indices):
    checked = check_indices(indices, 3, "indices", "Somebody")
    assert checked.dtype == np.intp
    assert checked.tolist() == [2, 0]


def test_no_index_at_all_is_an_empty_integer_array():
    checked = check_indices([], 3, "indices", "Somebody")
    assert checked.shape == (0,)
    assert checked.dtype == np.intp


@pytest.mark.parametrize(
    ("indices", "error", "message"),
    [
        ([0.0, 1.0], TypeError, "must be integers, got dtype float64"),
        ([True, False, True], TypeError, r"must be .* bool. np.flatnonzero\(mask\)"),
        (["a"], TypeError, "must be integers"),
        ([[0, 1]], ValueError, r"must be one-dimensional, got shape \(1, 2\)"),
        (1, ValueError, r"must be one-dimensional, got shape \(\)"),
        ([0, 3], ValueError, r"must lie in \[0, 3\), got 3"),
        ([-1, 0], ValueError, r"must lie in \[0, 3\), got -1"),
        ([1, 2, 1], ValueError, "must all differ, got 1 more than once"),
    ],
)
def test_bad_indices_are_refused_by_name(indices, error, message):
    with pytest.raises(error, match=f"^rows of Somebody {message}"):
        check_indices(indices, 3, "rows", "Somebody")


def test_an_index_may_come_twice_where_that_is_allowed():
    twice = check_indices([1, 1], 3, "indices", "Somebody", unique=False)
    assert twice.tolist() == [1, 1]


def test_a_number_that_no_row_has_is_refused_also_without_a_limit():
    with pytest.raises(
        ValueError, match=r"must lie in \[0, inf\), got 9223372036854775"
    ):
        check_indices(np.array([2**63], dtype=np.uint64), np.inf, "items", "Crowd")
