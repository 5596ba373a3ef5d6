"""What is no array is named, and a mask is never dropped."""

import numpy as np
import pytest
import scipy.sparse as sp

from skbal._utils.arrays import (
    as_array,
    check_length_known,
    refuse_masked,
    refuse_sparse_column,
)

MASKED = np.ma.masked_array([3, 4, 5], [False, True, False])


def test_an_array_is_not_copied():
    values = np.arange(3)
    assert as_array(values, "y") is values


def test_a_mask_without_a_masked_entry_hides_nothing():
    whole = np.ma.masked_array([3, 4, 5], [False, False, False])
    assert as_array(whole, "y").tolist() == [3, 4, 5]
    refuse_masked([3, 4], "y")


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        ([False, True, False], "y of LabelOracle has 1 masked entry, whose value is"),
        ([True, True, False], "y of LabelOracle has 2 masked entries, whose values"),
    ],
)
def test_masked_entries_are_counted(mask, message):
    with pytest.raises(ValueError, match=message):
        as_array(np.ma.masked_array([3, 4, 5], mask), "y of LabelOracle")


def test_rows_of_different_lengths_are_said_to_be_so():
    with pytest.raises(ValueError, match=r"X of Seed .* its rows differ in length"):
        as_array([[1, 2], [3]], "X of Seed")


def test_an_error_of_another_library_is_named():
    class Refuses:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("Use tensor.detach()")

    with pytest.raises(ValueError, match=r"y must be an array: Use tensor.detach"):
        as_array(Refuses(), "y")


def test_an_unknown_length_is_told_with_the_cure():
    class Unknown:
        shape = (float("nan"), 2)

    with pytest.raises(ValueError, match=r"rows of X .* Unknown .*compute_chunk_sizes"):
        check_length_known(Unknown(), "X")
    check_length_known(np.zeros((0, 2)), "X")


def test_a_sparse_column_is_no_column_of_labels_but_several_are():
    with pytest.raises(TypeError, match="y of A must be dense"):
        refuse_sparse_column(sp.csr_array([[1], [0]]), "y of A")
    refuse_sparse_column(sp.csr_array([[1, 0], [0, 1]]), "y of A")
    refuse_sparse_column([1, 0], "y of A")
    refuse_sparse_column(None, "y of A")
