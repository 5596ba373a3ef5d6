"""The vote regression against scikit-learn's checks and the draws' contract."""

import numpy as np
import pytest

from skbal.models import BayesianVoteRegression
from skbal.testing import check_posterior_sampler
from tests.one_vote_each import RegressionOfOneVoteEach
from tests.scikit_learn_checks import check_as_scikit_learn_asks


# Single votes are told apart perfectly, and say nothing of a concentration.
@pytest.mark.filterwarnings("ignore:The evidence of")
@pytest.mark.filterwarnings("ignore::skbal.exceptions.VotesWarning")
@pytest.mark.versions
@pytest.mark.parametrize(
    "params", [{}, {"likelihood": "beta-binomial", "optimize": None}]
)
def test_does_as_scikit_learn_asks(params):
    check_as_scikit_learn_asks(RegressionOfOneVoteEach(**params))


@pytest.mark.slow
@pytest.mark.versions
@pytest.mark.parametrize("likelihood", ["binomial", "beta-binomial"])
@pytest.mark.parametrize("n_questions", [None, 3])
def test_keeps_the_promises_of_posterior_draws(likelihood, n_questions):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 4))
    shape = (60,) if n_questions is None else (60, n_questions)
    total = rng.integers(0, 40, shape)
    votes = np.stack([rng.binomial(total, rng.uniform(size=shape)), total], axis=-1)
    results = check_posterior_sampler(
        BayesianVoteRegression(likelihood, random_state=0), X, votes
    )
    for name in ("mean", "order", "chunks", "company", "repeat", "refit", "pickle"):
        assert results[name] == "passed"
