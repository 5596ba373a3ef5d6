import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

from skbal.information import committee_vote_entropy
from tests.information.arrays import draws


def test_votes_counted_by_hand():
    # Votes 2:1:1, 4:0:0, and 2:2:0.
    table = np.array(
        [
            [[0.4, 0.3, 0.3], [0.5, 0.2, 0.3], [0.1, 0.8, 0.1], [0.0, 0.0, 1.0]],
            [[0.4, 0.3, 0.3], [1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.6, 0.2, 0.2]],
            [[0.4, 0.3, 0.3], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.6, 0.2, 0.2]],
        ]
    )
    expected = [1.5 * np.log(2), 0.0, np.log(2)]
    assert_allclose(committee_vote_entropy(table), expected, atol=1e-15)


@given(draws())
def test_it_is_the_entropy_of_the_votes_of_each_row(array):
    expected = []
    for row in array:
        votes = [int(np.argmax(draw)) for draw in row]
        shares = [votes.count(c) / len(votes) for c in set(votes)]
        expected.append(-sum(share * np.log(share) for share in shares))
    assert_allclose(committee_vote_entropy(array), expected, atol=1e-12)


def test_what_is_no_probability_is_refused():
    with pytest.raises(ValueError, match="committee_vote_entropy must be class"):
        committee_vote_entropy([[[0.5, 0.7]]])
    with pytest.raises(ValueError, match="two classes"):
        committee_vote_entropy([[[1.0]]])
    assert committee_vote_entropy(np.empty((0, 3, 2))).shape == (0,)
