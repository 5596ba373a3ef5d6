"""What is no array is named, and a mask is never dropped."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skbal._utils.arrays import (
    as_array,
    check_length_known,
    refuse_masked,
    refuse_sparse_column,
    refuse_times,
)
from skbal.features import PoolGraph
from skbal.models import BayesianLinearRegression, BayesianLogisticRegression

MASKED = np.ma.masked_array([3, 4, 5], [False, True, False])


def test_an_array_is_not_copied():
    values = np.arange(3)
    assert as_array(values, "y") is values


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["cat", float("nan")], ["cat", float("nan")]),
        ((1, "cat"), [1, "cat"]),
        ([["cat", 2.5], ["dog", 1.5]], [["cat", 2.5], ["dog", 1.5]]),
        (["cat", None], ["cat", None]),
    ],
)
def test_nothing_beside_text_becomes_text(values, expected):
    found = as_array(values, "y")
    assert found.dtype == object
    assert repr(found.tolist()) == repr(expected)


@pytest.mark.parametrize(
    "values",
    [["cat", "dog"], [b"cat", b"dog"], np.array(["cat", "nan"]), [np.str_("a"), "b"]],
)
def test_text_alone_is_an_array_of_text(values):
    assert as_array(values, "y").dtype.kind in "US"


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


DAYS = np.array(["2026-01-31", "2026-02-01"], dtype="datetime64[D]")


@pytest.mark.parametrize(
    "times",
    [
        DAYS,
        DAYS - DAYS[0],
        pd.Series(DAYS).dt.tz_localize("UTC"),
        pd.DataFrame({"x": [1.0, 2.0], "day": DAYS}),
        pl.DataFrame({"x": [1.0, 2.0], "day": DAYS}),
        pl.Series(DAYS).dt.offset_by("1d") - pl.Series(DAYS),
    ],
    ids=["days", "durations", "with a time zone", "pandas", "polars", "of polars"],
)
def test_times_are_no_numbers(times):
    kinds = r"(datetime64\[|timedelta64\[|Date|Duration)"
    with pytest.raises(TypeError, match=f"X given to A must hold numbers, got {kinds}"):
        refuse_times(times, "X given to A")


def test_what_is_no_time_is_not_looked_at():
    values = {"x": ["a", "b"]}
    for given in (
        None,
        [DAYS],
        np.zeros(2),
        pd.DataFrame(values),
        pl.DataFrame(values),
    ):
        refuse_times(given, "X given to A")


def test_a_list_of_labels_is_not_made_text():
    model, X = BayesianLogisticRegression(), np.eye(4)
    with pytest.raises(ValueError, match="NaN"):  # not the class "nan"
        model.fit(X, ["a", "b", float("nan"), "a"])
    with pytest.raises(TypeError, match=r"y given to Bayesian.* got 3 in row 2"):
        model.fit(X, ["a", "b", 3, "a"])


def test_regression_on_days_is_refused_and_classes_may_be_days():
    X = np.array([[0.0], [1.0]])
    with pytest.raises(
        TypeError, match="y given to BayesianLinearRegression must hold"
    ):
        BayesianLinearRegression().fit(X, DAYS)
    with pytest.raises(
        TypeError, match="X given to BayesianLinearRegression must hold"
    ):
        BayesianLinearRegression().fit(DAYS[:, np.newaxis], [0.0, 1.0])
    with pytest.raises(TypeError, match="X given to PoolGraph must hold numbers"):
        PoolGraph().fit(DAYS[:, np.newaxis])
    found = BayesianLogisticRegression().fit(X, DAYS).predict(X)
    np.testing.assert_array_equal(found, DAYS)


def test_sparse_rows_are_refused_with_the_cure_within_a_pipeline():
    model = BayesianLogisticRegression().fit(np.eye(3), [0, 1, 1])
    words = "X given to BayesianLogisticRegression must be dense.*sparse_threshold=0"
    with pytest.raises(TypeError, match=words):
        model.predict(sp.csr_array(np.eye(3)))
    with pytest.raises(TypeError, match=words):
        make_pipeline(OneHotEncoder(), model).fit([["a"], ["b"]], [0, 1])
