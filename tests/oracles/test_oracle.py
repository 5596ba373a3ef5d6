"""The base class of oracles: a subclass answers, the rest is shared."""

import numpy as np
import pytest
from sklearn.base import clone

from skbal.oracles import (
    CallableOracle,
    CrowdOracle,
    NoisyOracle,
    Oracle,
    VoteOracle,
)


class Doubles(Oracle):
    """Answers with twice the index, and costs what the base class says."""

    def answer(self, indices):
        return 2 * indices


class Priced(Oracle):
    def __init__(self, n_rows=4, cost_per_label=0.5):
        self.n_rows = n_rows
        self.cost_per_label = cost_per_label

    @property
    def n_pool(self):
        return self.n_rows

    @property
    def n_bought(self):
        return 3 * self.n_asked

    def answer(self, indices):
        if 0 in indices:
            raise RuntimeError("out of office")
        return np.asarray(indices)


def test_answer_is_all_that_a_subclass_needs():
    oracle = Doubles()
    assert oracle([5, 10**6]).tolist() == [10, 2 * 10**6]
    assert (oracle.n_asked, oracle.n_bought, oracle.cost) == (2, 2, 2.0)
    assert clone(oracle).n_asked == 0


def test_rows_are_checked_counted_and_paid_for_as_the_subclass_says():
    oracle = Priced()
    assert oracle([3, 3]).tolist() == [3, 3]
    assert (oracle.n_asked, oracle.cost) == (2, 3.0)
    with pytest.raises(ValueError, match=r"indices of Priced must lie in \[0, 4\)"):
        oracle([4])
    with pytest.raises(RuntimeError, match="out of office"):
        oracle([1, 0])
    assert oracle.n_asked == 2


def test_a_wrong_price_is_named_before_anybody_is_asked():
    with pytest.raises(ValueError, match=r"cost_per_label of Priced must be .* >= 0"):
        Priced(cost_per_label=-1)([1])


def test_an_oracle_without_answers_is_none():
    with pytest.raises(TypeError, match="answer"):
        Oracle()


@pytest.mark.parametrize(
    "oracle",
    [
        Doubles(),
        CrowdOracle([0, 0, 0, 1], ["a", "b", "a", "b"], n_answers=1),
        VoteOracle([0.5, 0.5], n_volunteers=3, random_state=0),
        CallableOracle(lambda row: row),
    ],
    ids=lambda oracle: type(oracle).__name__,
)
def test_the_same_question_is_answered_and_paid_for_once(oracle):
    question = object()
    first = oracle.answer_once(question, [0, 1])
    paid = oracle.n_asked, oracle.cost
    np.testing.assert_array_equal(oracle.answer_once(question, [0, 1]), first)
    assert (oracle.n_asked, oracle.cost) == paid
    oracle([1])
    is_kept = isinstance(oracle, CallableOracle)
    assert oracle.n_asked == (2 if is_kept else 3)


def test_a_kept_answer_can_be_forgotten():
    answers = iter("ab")
    oracle = CallableOracle(lambda row: next(answers))
    assert oracle([3]).tolist() == ["a"]
    oracle.forget([3, 4])
    assert oracle([3]).tolist() == ["b"]
    assert oracle.n_asked == 2


def test_noise_leaves_missing_labels_missing():
    y = np.array(["a", None, "b", np.nan], dtype=object)
    oracle = NoisyOracle(y, noise=1, random_state=0)
    assert oracle([0, 1, 2]).tolist() == ["b", None, "a"]
    assert oracle.wrong_.tolist() == [True, False, True, False]
    numbers = np.array([[1.0, 2.0], [np.nan, np.nan]])
    oracle = NoisyOracle(numbers, noise=1, kind="gaussian", random_state=0)
    assert np.isnan(oracle([0, 1])).all(axis=1).tolist() == [False, True]
    assert oracle.wrong_.tolist() == [True, False]


def test_a_row_that_nobody_answered_about_costs_nothing():
    oracle = CrowdOracle([0, 2], ["a", "b"])
    assert oracle([0, 1]).tolist() == ["a", None]
    assert (oracle.n_asked, oracle.cost) == (2, 1.0)
