"""Oracles that ask one item after the other: nothing answered is lost or paid twice."""

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from skbal.oracles import CallableOracle
from tests._utils import pools


class Asked:
    """Answers with the square of a number, until it is tired."""

    def __init__(self, tired_at=None, error=None):
        self.rows, self.tired_at, self.error = [], tired_at, error

    def __call__(self, row):
        if row == self.tired_at:
            raise self.error
        self.rows.append(row)
        return row**2


@settings(max_examples=30)
@given(questions=st.lists(st.lists(st.integers(0, 20), max_size=8), max_size=5))
def test_each_row_is_asked_about_once_and_answers_keep_their_order(questions):
    function = Asked()
    oracle = CallableOracle(function, cost_per_label=0.5)
    for rows in questions:
        np.testing.assert_array_equal(oracle(rows), np.square(rows))
    met = list(dict.fromkeys(row for rows in questions for row in rows))
    assert function.rows == met
    assert oracle.n_asked == len(met) == len(oracle.answers_)
    assert oracle.cost == 0.5 * len(met)


@pytest.mark.parametrize("error", [RuntimeError("tired"), KeyboardInterrupt()])
def test_answers_before_an_error_are_kept(error):
    function = Asked(tired_at=3, error=error)
    oracle = CallableOracle(function)
    with pytest.raises(type(error)):
        oracle([5, 2, 3, 4])
    assert oracle.answers_ == {5: 25, 2: 4}
    assert (oracle.n_asked, oracle.cost) == (2, 2)
    function.tired_at = None
    assert oracle([5, 2, 3, 4]).tolist() == [25, 4, 9, 16]
    assert function.rows == [5, 2, 3, 4]


@pytest.mark.parametrize("kind", sorted({*pools.KINDS} - {"frame"}))
def test_a_function_is_given_the_row_of_a_pool_of_any_kind(kind):
    X = np.arange(1.0, 41.0).reshape(20, 2)

    def total(row):
        return float(row.sum() if sp.issparse(row) else np.sum(row))

    oracle = CallableOracle(total, pools.make(kind, X))
    assert oracle([19, 0, 7]).tolist() == [79.0, 3.0, 31.0]


def test_the_row_of_a_frame_has_the_names_of_its_columns():
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}, index=[7, 8])
    oracle = CallableOracle(lambda row: row["b"] * row["a"], frame)
    assert oracle([1, 0]).tolist() == ["yy", "x"]


def test_answers_of_an_earlier_session_are_not_asked_again():
    function = Asked()
    oracle = CallableOracle(function)
    oracle.answers_.update({4: 16, 5: 25})
    assert oracle([4, 6, 5]).tolist() == [16, 36, 25]
    assert function.rows == [6]
    assert oracle.cost == 1


def test_answers_of_several_outputs_have_a_row_each():
    oracle = CallableOracle(lambda row: [row, 2 * row])
    assert oracle([3, 1]).tolist() == [[3, 6], [1, 2]]


def test_a_pickle_keeps_answers_and_a_clone_knows_none():
    oracle = CallableOracle(Asked())
    oracle([2, 3])
    kept = pickle.loads(pickle.dumps(oracle))
    assert kept.answers_ == {2: 4, 3: 9}
    assert kept.n_asked == 2
    assert clone(oracle).answers_ == {}
    assert clone(oracle).n_asked == 0


def test_no_question_has_no_answer():
    assert CallableOracle(Asked())([]).shape == (0,)


def test_text_and_numbers_are_not_made_alike():
    answers = CallableOracle(lambda row: "none" if row else 1)([0, 1])
    assert answers.tolist() == [1, "none"]


def test_answers_of_different_shapes_are_kept_but_make_no_array():
    oracle = CallableOracle(lambda row: [0] * (row + 1))
    with pytest.raises(ValueError, match=r"same shape, got \(1,\) and \(2,\)"):
        oracle([1, 0])
    assert oracle.answers_ == {1: [0, 0], 0: [0]}


@pytest.mark.parametrize(
    ("parameters", "rows", "error", "message"),
    [
        ({"function": 3}, [0], TypeError, "function of CallableOracle must be"),
        ({"X_pool": [[1], [2]]}, [2], ValueError, r"must lie in \[0, 2\), got 2"),
        ({}, [-1], ValueError, "indices of CallableOracle must lie in"),
        ({}, [0.5], TypeError, "indices of CallableOracle must be integers"),
        (
            {"X_pool": 3},
            [0],
            TypeError,
            "X_pool of CallableOracle must be index",
        ),
        ({"cost_per_label": None}, [0], TypeError, "cost_per_label of CallableOracle"),
    ],
    ids=str,
)
def test_bad_requests_are_refused(parameters, rows, error, message, capsys):
    oracle = CallableOracle(**{"function": Asked(), **parameters})
    with pytest.raises(error, match=message):
        oracle(rows)
    assert oracle.n_asked == 0


def test_an_error_of_the_function_names_the_row():
    oracle = CallableOracle(lambda row: int(row[0]), np.array([[1.0], [np.nan]]))
    with pytest.raises(ValueError, match="NaN") as told:
        oracle([0, 1])
    assert "called with the values of row 1 of the pool" in told.value.__notes__[0]
    assert oracle.answers_ == {0: 1}
