import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from skbal._utils.row_keys import row_keys

NUMBERS = np.array([[1, 0], [3, 4], [1, 0]])


@pytest.mark.parametrize("change", [
    np.asarray, pd.DataFrame, lambda X: X.tolist(),
    lambda X: pd.DataFrame(X).astype("Int64"), lambda X: pd.DataFrame(-1.0 * -X),
    lambda X: pd.DataFrame(X, index=[5, 5, 5], columns=["a", "a"], dtype=np.float32),
])  # fmt: skip
def test_equal_numbers_have_equal_keys_whatever_holds_them(change):
    keys = row_keys(change(NUMBERS))
    assert keys == row_keys(NUMBERS.astype(float))
    assert keys[0] == keys[2] != keys[1]


def test_zero_has_no_sign():
    assert len({*row_keys([[0.0], [-0.0]]), *row_keys(pd.DataFrame([[-0.0]]))}) == 1


def test_equal_rows_of_mixed_frames_have_equal_keys():
    X = pd.DataFrame({"a": [1, 2, 1], "b": ["x", "x", "x"], "c": [None, "y", None]})
    other = X.astype({"a": np.float32, "b": "category"})
    keys = row_keys(X)
    assert keys == row_keys(other)
    # A record that begins with other types has the types that hold both.
    assert row_keys(pd.concat([other, X]))[3:] == keys
    assert keys[0] == keys[2] != keys[1]


def test_numbers_that_no_float_holds_stay_apart():
    large = pd.DataFrame({"a": [2**60, 2**60 + 1]})
    assert len(set(row_keys(large))) == 2


def test_polars_has_the_keys_of_its_values():
    polars = pytest.importorskip("polars")
    assert row_keys(polars.DataFrame(NUMBERS)) == row_keys(NUMBERS)
    X = polars.DataFrame(
        {"a": [1, 2, 1], "b": [True, None, True], "c": ["x", "y", "x"]}
    )
    keys = row_keys(X.with_columns(X["a"].cast(float)))
    assert row_keys(X) == keys
    assert keys[0] == keys[2] != keys[1]


def test_sparse_rows_are_equal_however_they_are_stored():
    X = csr_array(([1.0, 2.0, 0.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
    assert row_keys(X) == row_keys(csr_array([[0, 3], [0, 0]]))


def test_rows_that_cannot_be_compared_have_no_keys():
    assert row_keys(pd.DataFrame({"a": [[1], [2]]})) is None
