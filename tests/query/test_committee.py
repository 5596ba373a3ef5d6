import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression

from skbal.exceptions import NoDrawsError
from skbal.information import committee_vote_entropy
from skbal.query import BALD, ConsensusEntropy, MaxEntropy, VoteEntropy
from tests.information.arrays import random_draws
from tests.query.fakes import TableSampler, numbered


def test_scores_are_those_of_the_draws():
    table = random_draws(30, 9, 3)
    model, pool = TableSampler(table), numbered(30)
    scores = VoteEntropy(random_state=0).score_pool(model, pool)
    assert_allclose(scores, committee_vote_entropy(table))
    consensus = ConsensusEntropy(random_state=0).score_pool(model, pool)
    assert_allclose(consensus, MaxEntropy(random_state=0).score_pool(model, pool))


def test_members_that_are_certain_make_all_measures_the_same():
    table = np.eye(3)[np.random.default_rng(0).integers(3, size=(30, 9))]
    model, pool = TableSampler(table), numbered(30)
    strategies = [VoteEntropy, ConsensusEntropy, BALD]
    one, two, three = (s(random_state=0).score_pool(model, pool) for s in strategies)
    assert_allclose(one, two, atol=1e-12)
    assert_allclose(one, three, atol=1e-12)


def test_votes_that_are_close_calls_count_in_full():
    # Row 0 splits the votes by a hair; row 1 has one confident dissenter of three.
    table = [[[0.51, 0.49], [0.49, 0.51], [0.49, 0.51]], [[1, 0], [1, 0], [1, 0]]]
    model = TableSampler(np.array(table, dtype=float))
    assert_array_equal(VoteEntropy(random_state=0)(model, numbered(2)), [0])


@pytest.mark.parametrize("strategy", [VoteEntropy, ConsensusEntropy])
def test_a_committee_of_one_is_refused(strategy):
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(NoDrawsError):
        strategy()(model, [[0.5]])
