"""The base class of oracles: a subclass answers, the rest is shared."""

import numpy as np
import pytest
from sklearn.base import clone

from skbal.oracles import Oracle


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
