"""Rows of every kind: checked, stacked and picked."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skbal.learner._training_data import (
    check_extends,
    stack_rows,
    take_rows,
)

rows = st.integers(1, 6)
KINDS = {
    "ndarray": np.asarray,
    "list": lambda X: X.tolist(),
    "tuple": lambda X: tuple(X.tolist()),
    "frame": lambda X: pd.DataFrame(X, columns=list("ab")),
    "csr": sp.csr_matrix,
    "csc": sp.csc_matrix,
    "lil": sp.lil_matrix,
    "coo": sp.coo_matrix,
    "dia": sp.dia_matrix,
    "dok": sp.dok_array,
    "csr_array": sp.csr_array,
}


def dense(X):
    return X.toarray() if sp.issparse(X) else np.asarray(X)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(n_known=rows, n_new=rows)
def test_stacking_equals_concatenating_whatever_the_kind(kind, n_known, n_new):
    values = np.arange(2.0 * (n_known + n_new)).reshape(-1, 2)
    make = KINDS[kind]
    stacked = stack_rows(make(values[:n_known]), make(values[n_known:]))
    np.testing.assert_array_equal(dense(stacked), values)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(data=st.data())
def test_picking_equals_indexing_whatever_the_kind(kind, data):
    values = data.draw(arrays(np.int64, (5, 2), elements=st.integers(0, 9)))
    wanted = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=7))
    picked = take_rows(KINDS[kind](values), wanted)
    np.testing.assert_array_equal(dense(picked), values[wanted])


@pytest.mark.parametrize("kind", KINDS)
def test_a_mask_picks_the_rows_where_it_is_true(kind):
    values = np.arange(6.0).reshape(3, 2)
    picked = take_rows(KINDS[kind](values), np.array([True, False, True]))
    np.testing.assert_array_equal(dense(picked), values[[0, 2]])


@pytest.mark.parametrize("kind", KINDS)
def test_an_integer_picks_one_row(kind):
    values = np.arange(6.0).reshape(3, 2)
    picked = take_rows(KINDS[kind](values), np.int64(1))
    np.testing.assert_array_equal(dense(picked).ravel(), values[1])


def test_stacking_changes_neither_part():
    known, new = [[1], [2]], [[3]]
    assert stack_rows(known, new) == [[1], [2], [3]]
    assert (known, new) == ([[1], [2]], [[3]])


def test_a_list_under_a_list_of_strings_stays_a_list_of_strings():
    assert stack_rows(["a", "b"], np.array(["c"])) == ["a", "b", "c"]


def test_frames_and_series_keep_their_labels_and_dtypes():
    frame = pd.DataFrame({"x": [1, 2, 3], "c": ["u", "v", "w"]}, index=[7, 8, 9])
    stacked = stack_rows(frame.iloc[:2], frame.iloc[2:])
    pd.testing.assert_frame_equal(stacked, frame)
    series = frame["x"]
    stacked = stack_rows(series.iloc[:2], series.iloc[2:])
    pd.testing.assert_series_equal(stacked, series)


def test_an_array_under_a_series_becomes_part_of_the_series():
    stacked = stack_rows(pd.Series([1, 2], name="y"), np.array([3]))
    assert stacked.tolist() == [1, 2, 3]
    assert stacked.name == "y"


def test_a_series_under_an_array_becomes_part_of_the_array():
    stacked = stack_rows(np.array([1, 2]), pd.Series([3]))
    np.testing.assert_array_equal(stacked, [1, 2, 3])


@pytest.mark.parametrize(
    ("known", "more", "dtype"),
    [
        ([1, 2], pd.Series([3]), "Int64"),
        ([1, 2], [0.5], "Float64"),
        ([True, False], np.array([True]), "Boolean"),
        (["cat", "dog"], np.array(["eel"], dtype=object), "String"),
    ],
    ids=["whole", "real", "bool", "text"],
)
def test_what_is_under_a_polars_series_becomes_part_of_it(known, more, dtype):
    polars = pytest.importorskip("polars")
    series = polars.Series("y", known)
    for new in (more, list(more), polars.Series("label", list(more))):
        check_extends(series, new, "y", "A")
        expected = polars.Series("y", [*known, *more], dtype=getattr(polars, dtype))
        assert stack_rows(series, new).equals(
            expected, check_names=True, check_dtypes=True
        )
    assert series.to_list() == known


def test_categories_of_polars_are_stacked_with_texts():
    polars = pytest.importorskip("polars")
    kinds = polars.Series("y", ["cat", "dog"], dtype=polars.Enum(["cat", "dog"]))
    assert stack_rows(kinds, kinds).dtype == kinds.dtype
    assert stack_rows(kinds, ["eel"]).to_list() == ["cat", "dog", "eel"]


def test_images_are_stacked_along_the_first_axis_in_their_dtype():
    images = np.arange(24, dtype=np.float32).reshape(3, 2, 2, 2)
    stacked = stack_rows(images[:1], images[1:])
    assert stacked.dtype == np.float32
    np.testing.assert_array_equal(stacked, images)


def test_rows_picked_from_a_memory_map_are_in_memory(tmp_path):
    pool = np.memmap(tmp_path / "pool", dtype=np.float32, mode="w+", shape=(4, 2))
    pool[:] = np.arange(8).reshape(4, 2)
    np.testing.assert_array_equal(take_rows(pool, [3, 1]), [[6, 7], [2, 3]])


@pytest.mark.parametrize(
    ("known", "new", "message"),
    [
        (np.zeros((2, 3)), np.zeros((1, 4)), r"rows of shape \(3,\).*got \(4,\)"),
        (np.zeros((2, 3)), np.zeros(3), r"rows of shape \(3,\).*got \(\)"),
        (["cat"], [["dog"]], r"rows of shape \(\).*got \(1,\)"),
        (sp.eye(3).tocsr(), np.zeros((1, 4)), r"rows of shape \(3,\).*got \(4,\)"),
    ],
)
def test_rows_of_another_shape_do_not_extend(known, new, message):
    with pytest.raises(ValueError, match="^X given to A must have " + message):
        check_extends(known, new, "X", "A")


def test_a_frame_is_extended_only_by_one_with_the_same_columns():
    known = pd.DataFrame({"a": [1], "b": [2]})
    check_extends(known, known, "X", "A")
    with pytest.raises(ValueError, match="order: column 0 must be 'a', got 'b'"):
        check_extends(known, known[["b", "a"]], "X", "A")
    with pytest.raises(TypeError, match=r"must be a data frame.*got ndarray"):
        check_extends(known, known.to_numpy(), "X", "A")


def test_a_frame_is_extended_only_by_one_of_its_library():
    polars = pytest.importorskip("polars")
    frames = {"pandas": pd.DataFrame({"a": [1]}), "polars": polars.DataFrame({"a": 1})}
    for known, new in (("pandas", "polars"), ("polars", "pandas")):
        message = f"X given to A must be a data frame of {known}, .* got one of {new}."
        with pytest.raises(TypeError, match=message):
            check_extends(frames[known], frames[new], "X", "A")


@pytest.mark.parametrize(
    "strings", [["a"], np.array(["a"]), np.array(["a"], dtype=object), pd.Series(["a"])]
)
def test_strings_and_numbers_are_not_mixed_among_labels(strings):
    with pytest.raises(ValueError, match=r"y given to A must be numbers.*got strings"):
        check_extends(np.array([1]), strings, "y", "A")
    with pytest.raises(ValueError, match=r"y given to A must be strings.*got numbers"):
        check_extends(strings, [1], "y", "A")


@pytest.mark.parametrize("name", ["X", "y"])
@pytest.mark.parametrize("dtype", ["datetime64[D]", "timedelta64[s]"])
def test_dates_are_no_more_rows_of_numbers(name, dtype):
    new = np.arange(4).astype(dtype).reshape(2, 2)
    with pytest.raises(TypeError, match=f"{name} given to A must be of a kind like"):
        check_extends(np.ones((3, 2)), new, name, "A")
    check_extends(new, new, name, "A")


@pytest.mark.parametrize("dtype", [np.int8, np.float32, bool, object])
def test_other_precisions_are_more_rows_of_numbers(dtype):
    check_extends(np.ones((3, 2)), np.ones((1, 2), dtype=dtype), "X", "A")
    check_extends([1.0, 2.0], np.ones(1, dtype=dtype), "y", "A")


def test_sparse_rows_under_dense_ones_are_dense():
    stacked = stack_rows(np.eye(2), sp.csr_array([[0, 3.0]]))
    assert stacked.tolist() == [[1, 0], [0, 1], [0, 3]]
    assert stack_rows([[1, 0]], sp.csr_array([[0, 3]])) == [[1, 0], [0, 3]]
