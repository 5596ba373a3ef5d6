"""What counts as no answer."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest

from skbal._utils.unanswered import SKIP, unanswered


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([1, 2], [False, False]),
        (["a", None], [False, True]),
        ([SKIP, 0], [True, False]),
        ([0.0, float("nan")], [False, True]),
        (np.array([1, pd.NA], dtype=object), [False, True]),
        (np.array(["2024", "NaT"], dtype="M8[D]"), [False, True]),
        (np.ma.array([1, 2], mask=[True, False]), [True, False]),
        (np.ma.array([np.nan, 2.0]), [True, False]),
        ([[1, np.nan], [np.nan, np.nan]], [False, True]),
        ([[1, 2], None], [False, True]),
        ([[None, None], [1, None]], [True, False]),
        (["nan", ""], [False, False]),
        (["a", float("nan")], [False, True]),
        ([np.nan, "a"], [True, False]),
        ([np.array("a"), np.array("b")], [False, False]),
        ([], []),
    ],
)
def test_none_nan_masked_and_skip_are_no_answers(answers, expected):
    assert unanswered(answers).tolist() == expected


def test_a_copy_of_skip_is_skip():
    assert copy.deepcopy(SKIP) is SKIP
    assert pickle.loads(pickle.dumps(SKIP)) is SKIP
    assert repr(SKIP) == "SKIP"
