"""The shares of single rows, around the mean of rows that look alike."""

import numpy as np
import pytest
from scipy.stats import beta, kstest

from skbal.models import BayesianVoteRegression, MCDropoutVoteRegressor
from skbal.models._votes._shares import ShareStreams, dirichlet_draws

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
N = np.full(40, 30)
YES = RNG.binomial(N, RNG.beta(2, 3, 40))
VOTES = np.stack([YES, N], axis=1)
COUNTS = RNG.multinomial(30, RNG.dirichlet([2, 1, 1], 40))


@pytest.mark.parametrize("concentration", [1e-3, 1.0, 7.0, 1e5])
def test_each_share_has_its_beta_distribution(concentration):
    mean = np.array([0.7, 0.25, 0.05])
    draws = dirichlet_draws(np.tile(mean, (2000, 1)), concentration, ShareStreams(1, 0))
    assert np.allclose(draws.sum(axis=1), 1)
    for share, p in zip(draws.T, mean):
        expected = beta(concentration * p, concentration * (1 - p))
        if concentration > 0.1:
            assert kstest(share, expected.cdf).pvalue > 1e-3
        else:  # nearly all is at 0 and 1, where the function rounds
            assert np.isclose((share > 0.5).mean(), p, atol=4 * 0.5 / np.sqrt(2000))


def test_an_infinite_concentration_leaves_the_means():
    mean = RNG.dirichlet([1, 1, 1], (4, 2))
    numbers = np.array([np.inf, 3.0, np.inf, 3.0])[:, np.newaxis, np.newaxis]
    draws = dirichlet_draws(mean, numbers, ShareStreams(0, 0))
    assert np.array_equal(draws[::2], mean[::2])
    assert (draws[1::2] != mean[1::2]).all()


@pytest.mark.parametrize(
    ("likelihood", "y"), [("beta-binomial", VOTES), ("dirichlet-multinomial", COUNTS)]
)
def test_votes_are_binomial_given_the_shares(likelihood, y):
    model = BayesianVoteRegression(likelihood, n_draws=4000, random_state=0).fit(X, y)
    shares = model.sample_shares(X[:5], random_state=0)
    expected = model.predict_votes(X[:5], 1)[..., 1].reshape(5, -1)  # of one vote
    assert np.allclose(shares.mean(axis=1), expected, atol=0.02)
    # Of two votes, both are for the same answer with the mean of the squared share.
    both = model.predict_votes(X[:5], 2)[..., 2].reshape(5, -1)
    assert np.allclose(np.square(shares).mean(axis=1), both, atol=0.02)


def test_binomial_shares_are_the_draws():
    model = BayesianVoteRegression(n_draws=5, random_state=0).fit(X, VOTES)
    shares = model.sample_shares(X, random_state=3)
    assert np.array_equal(shares, model.predict_samples(X, random_state=3))


def test_a_network_draws_shares_of_all_questions():
    y = np.stack([VOTES, VOTES[::-1]], axis=1)
    network = MCDropoutVoteRegressor(
        likelihood="beta-binomial", max_steps=5, n_draws=6, random_state=0
    ).fit(X, y)
    shares = network.sample_shares(X, random_state=0)
    assert shares.shape == (40, 6, 2)
    assert ((shares >= 0) & (shares <= 1)).all()
    assert np.array_equal(shares[:9], network.sample_shares(X[:9], random_state=0))
    with pytest.raises(ValueError, match="n_draws of MCDropoutVoteRegressor must be"):
        network.sample_shares(X, 0)
