"""The mixture regression against scikit-learn's checks."""

import pytest

from tests.one_vote_each import MixtureOfOneVoteEach
from tests.scikit_learn_checks import check_as_scikit_learn_asks


@pytest.mark.versions
def test_does_as_scikit_learn_asks():
    mixture = MixtureOfOneVoteEach(n_components=2, optimize=None, n_draws=10)
    check_as_scikit_learn_asks(mixture)
