"""Rows and labels that do not belong together are refused, all kinds of rows pass."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skbal._utils.labelled import check_labelled, known_labels

MODEL = LogisticRegression()
IMPUTING = make_pipeline(SimpleImputer(), MODEL)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[1], [2]], [1], r"2 rows and 1 labels"),
        (None, [1], r"A requires X to be passed"),
        ([[1]], None, r"A requires y to be passed"),
        ([[np.nan]], [1], r"X given to A is refused: .*NaN"),
        ([[np.inf]], [1], r"X given to A is refused: .*infinity"),
        ([[1.0]], [np.nan], r"y given to A is refused: .*NaN"),
        (np.empty((0, 2)), [], r"X given to A is refused: .*0 sample"),
        ([[1, 2], [3]], [0, 1], r"X given to A is refused: .*inhomogeneous"),
    ],
)
def test_what_does_not_belong_together_is_refused(X, y, message):
    with pytest.raises(ValueError, match=message):
        check_labelled(X, y, MODEL, "A")


def test_a_scalar_is_no_array_of_rows():
    with pytest.raises(TypeError, match="sequence or array-like"):
        check_labelled(3, [1], MODEL, "A")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity_in_x_pass_where_they_are_allowed(value):
    check_labelled([[value]], [1], MODEL, "A", force_all_finite=False)


def test_infinity_is_refused_where_only_nan_is_allowed():
    check_labelled([[np.nan]], [1], MODEL, "A", force_all_finite="allow-nan")
    with pytest.raises(ValueError, match="infinity"):
        check_labelled([[np.inf]], [1], MODEL, "A", force_all_finite="allow-nan")


@pytest.mark.parametrize(
    "X",
    [
        ["cat", "dog"],
        np.zeros((2, 1, 3, 3)),
        sp.coo_matrix(np.eye(2)),
        pd.DataFrame({"x": [1, 2], "c": ["u", "v"]}),
    ],
    ids=["strings", "images", "sparse", "mixed frame"],
)
def test_any_kind_of_rows_is_let_through(X):
    check_labelled(X, ["a", "b"], MODEL, "A")


@pytest.mark.parametrize(
    ("X", "estimator"),
    [
        ([[np.nan], [1.0]], HistGradientBoostingClassifier()),
        ([[np.nan], [1.0]], IMPUTING),
        ([[np.inf], [1.0]], GridSearchCV(IMPUTING, {})),
        (pd.DataFrame({"when": pd.to_datetime(["2024", None])}), MODEL),
        (pd.DataFrame({"kind": pd.Categorical(["a", None])}), MODEL),
    ],
    ids=["by its tags", "a pipeline", "a search", "dates", "categories"],
)
def test_what_a_value_may_be_is_left_to_who_takes_tables_or_nan(X, estimator):
    check_labelled(X, [0, 1], estimator, "A")
    with pytest.raises(ValueError, match="2 rows and 1 labels"):
        check_labelled(X, [0], estimator, "A")


@pytest.mark.parametrize("y", [[1, None], ["a", None], np.array([1, pd.NA])])
def test_missing_labels_pass_only_where_they_may(y):
    with pytest.raises(ValueError, match="y given to A"):
        check_labelled([[1], [2]], np.array(y, dtype=object), MODEL, "A")
    y = np.array(y, dtype=object)
    check_labelled([[1], [2]], y, MODEL, "A", missing=True)
    assert known_labels(y).tolist() == [y[0]]
    assert known_labels(y).dtype.kind == ("U" if isinstance(y[0], str) else "i")
