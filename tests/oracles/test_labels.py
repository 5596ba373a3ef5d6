"""Oracles answer for the rows they are asked about, and for no others."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from skbal.oracles import LabelOracle, NoisyOracle

LABELS = ["cat", "dog", "eel", "cat"]


@pytest.mark.parametrize(
    "y",
    [
        LABELS,
        np.array(LABELS),
        np.array(LABELS, dtype=object),
        pd.Series(LABELS, index=[9, 8, 7, 6]),
    ],
    ids=["list", "array", "object", "Series"],
)
def test_the_answer_is_the_label_at_the_position(y):
    answer = LabelOracle(y)(np.array([2, 0, 2]))
    assert isinstance(answer, np.ndarray)
    assert answer.tolist() == ["eel", "cat", "eel"]


def test_labels_of_several_outputs_keep_their_columns():
    y = np.arange(6).reshape(3, 2)
    assert LabelOracle(y)([2, 1]).tolist() == [[4, 5], [2, 3]]


def test_no_question_has_no_answer():
    assert LabelOracle(LABELS)([]).shape == (0,)


def test_it_counts_the_labels_it_answered_and_no_others():
    oracle = LabelOracle(LABELS)
    assert oracle.n_asked == 0
    oracle([0, 1, 1])
    oracle([3])
    with pytest.raises(ValueError):
        oracle([0, 4])
    assert oracle.n_asked == 4


def test_a_clone_has_answered_nothing():
    oracle = LabelOracle(LABELS)
    oracle([0])
    copy = clone(oracle)
    assert copy.n_asked == 0
    assert copy.get_params() == {"y": LABELS, "cost_per_label": 1.0}


def test_an_answer_is_a_copy():
    y = np.array([1, 2, 3])
    LabelOracle(y)([0, 1])[:] = 9
    assert y.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("indices", "error", "message"),
    [
        ([4], ValueError, r"indices of LabelOracle must lie in \[0, 4\), got 4"),
        ([-1], ValueError, r"indices of LabelOracle must lie in \[0, 4\), got -1"),
        ([1.0], TypeError, "indices of LabelOracle must be integers"),
        ([True] * 4, TypeError, "indices of LabelOracle must be integers"),
        (2, ValueError, "indices of LabelOracle must be one-dimensional"),
    ],
)
def test_bad_indices_are_refused(indices, error, message):
    with pytest.raises(error, match=message):
        LabelOracle(LABELS)(indices)


def test_labels_that_are_no_array_are_refused():
    with pytest.raises(TypeError, match="y of LabelOracle must be an array of labels"):
        LabelOracle(None)([0])


@pytest.mark.parametrize("kind", [LabelOracle, NoisyOracle])
def test_each_row_may_have_a_price(kind):
    oracle = kind(["a", "b", "a"], cost_per_label=np.array([1, 2, 40]))
    oracle([0, 1])
    assert oracle.cost == 3.0
    oracle([2, 2])
    assert (oracle.cost, oracle.n_asked) == (83.0, 4)
    # The same question again is not paid for again.
    question = object()
    for _ in range(2):
        oracle.answer_once(question, [1])
    assert oracle.cost == 85.0
    assert clone(oracle).cost == 0.0


@pytest.mark.parametrize(
    ("prices", "message"),
    [
        ([1.0, 2.0], "each of the 3 rows of y, got 2 prices"),
        ([1.0, -2.0, 3.0], "cost_per_label of LabelOracle must be .* got -2"),
        ([[1.0, 2.0, 3.0]], r"got shape \(1, 3\)"),
        (["dear"] * 3, "cost_per_label of LabelOracle must be a number >= 0, or one"),
        (-1.0, "cost_per_label of LabelOracle must be"),
        ([[1.0, 2.0], [3.0]], "cost_per_label of LabelOracle must be"),
    ],
)
def test_prices_that_are_none_are_refused(prices, message):
    oracle = LabelOracle(["a", "b", "a"], cost_per_label=prices)
    with pytest.raises(ValueError, match=message):
        oracle([0])
    assert oracle.n_asked == 0


@pytest.mark.parametrize("kind", [LabelOracle, NoisyOracle])
def test_labels_that_are_no_array_are_refused_by_name(kind):
    message = f"y of {kind.__name__} must be an array of labels, got "
    for wrong in (None, 5, {"a": 1}, len):
        with pytest.raises(TypeError, match=message):
            kind(wrong)([0])
    with pytest.raises(TypeError, match=message + "a LabelOracle: give its"):
        kind(LabelOracle(["a", "b"]))([0])
