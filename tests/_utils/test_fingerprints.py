import numpy as np
import pandas
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_matrix, csr_matrix

from skbal._utils.fingerprints import check_fingerprint, fingerprint

X = np.random.default_rng(0).normal(size=(150, 3))


@pytest.mark.parametrize("kind", [
    np.copy, np.ndarray.tolist, np.asfortranarray, csr_matrix, coo_matrix,
])  # fmt: skip
def test_the_same_rows_of_another_kind_have_the_same_print(kind):
    assert fingerprint(kind(X)) == fingerprint(X)


@pytest.mark.parametrize("module", [pandas, polars])
def test_a_frame_is_known_by_its_columns_too(module):
    frame = module.DataFrame({"a": [1, 2], "b": ["x", None]})
    other = module.DataFrame({"a": [1, 2], "c": ["x", None]})
    check_fingerprint(fingerprint(frame), frame, "X_pool of F")
    with pytest.raises(ValueError, match=r"columns .*\['a', 'b'\], got \['a', 'c'\]"):
        check_fingerprint(fingerprint(frame), other, "X_pool of F")


@given(st.integers(1, 300), st.data())
def test_up_to_64_rows_each_value_counts(n, data):
    rows = np.arange(3.0 * n).reshape(n, 3)
    before = fingerprint(rows)
    number = n - 1 if n > 64 else data.draw(st.integers(0, n - 1))
    rows[number, data.draw(st.integers(0, 2))] += 0.5
    with pytest.raises(ValueError, match="values of some rows are others"):
        check_fingerprint(before, rows, "X_pool of F")


def test_no_more_than_64_rows_are_read():
    class Rows:
        dtype, shape, taken = np.dtype(float), (10_000, 2), 0

        def __len__(self):
            return 10_000

        def __getitem__(self, rows):
            part = np.zeros((10_000, 2))[rows]
            self.taken += len(part)
            return part

    rows = Rows()
    assert fingerprint(rows)["row_shape"] == [2]
    assert 0 < rows.taken <= 64


@pytest.mark.parametrize(("now", "words"), [
    (X[:149], "150 rows, got 149 rows"),
    (X[:, :2], r"rows of shape \(3,\), got rows of shape \(2,\)"),
    (X[::-1], "in their order"),
])  # fmt: skip
def test_a_difference_is_told_with_the_argument(now, words):
    with pytest.raises(ValueError, match=f"X_pool of F must be the rows .*{words}"):
        check_fingerprint(fingerprint(X), now, "X_pool of F")


def test_missing_values_equal_themselves():
    rows = np.array([[np.nan, 1.0]])
    assert fingerprint(rows) == fingerprint(rows.copy())
