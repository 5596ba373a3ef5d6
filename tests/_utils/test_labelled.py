"""Rows and labels that do not belong together are refused, all kinds of rows pass."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from skbal._utils.labelled import check_labelled


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
        check_labelled(X, y, "A")


def test_a_scalar_is_no_array_of_rows():
    with pytest.raises(TypeError, match="sequence or array-like"):
        check_labelled(3, [1], "A")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity_in_x_pass_where_they_are_allowed(value):
    check_labelled([[value]], [1], "A", force_all_finite=False)


def test_infinity_is_refused_where_only_nan_is_allowed():
    check_labelled([[np.nan]], [1], "A", force_all_finite="allow-nan")
    with pytest.raises(ValueError, match="infinity"):
        check_labelled([[np.inf]], [1], "A", force_all_finite="allow-nan")


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
    check_labelled(X, ["a", "b"], "A")
