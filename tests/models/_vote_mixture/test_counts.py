import numpy as np
import pytest
from scipy.special import beta, comb
from scipy.stats import betabinom, dirichlet_multinomial, multinomial

from skbal.models._vote_mixture._counts import count_distributions, log_likelihood
from skbal.models._vote_mixture._posterior import Components

RNG = np.random.default_rng(0)


def components(n_samples=3, n_draws=2, n_components=2, n_answers=3):
    shape = (n_samples, n_draws, n_components)
    weights = RNG.dirichlet(np.ones(n_components), shape[:2])
    shares = RNG.dirichlet(np.ones(n_answers), shape)
    return Components(weights, shares, RNG.uniform(0.1, 50, shape[1:]))


def test_distributions_are_mixtures_of_beta_binomials():
    given, n_votes = components(), np.array([0, 7, 12])
    found = count_distributions(given, n_votes, 12)
    k = np.arange(13)
    for row, n in enumerate(n_votes):
        for answer in range(3):
            expected = np.zeros(13)
            for draw, component in np.ndindex(2, 2):
                c = given.concentration[draw, component]
                a = c * given.shares[row, draw, component, answer]
                weight = given.weights[row, draw, component] / 2
                expected += weight * betabinom.pmf(k, n, a, c - a)
            assert np.allclose(found[row, answer], expected)


def test_improbable_components_are_left_out_and_the_rest_sums_to_one():
    given = components(n_components=3)
    weights = given.weights.copy()
    weights[..., 0] = 1e-9
    found = count_distributions(given._replace(weights=weights), np.full(3, 9), 9)
    assert np.allclose(found.sum(axis=2), 1)


@pytest.mark.parametrize("n_samples", [1, 700])
def test_memory_comes_in_pieces_that_change_nothing(n_samples):
    one = components(n_samples=1, n_draws=10, n_components=10)
    many = Components(*(np.repeat(p, n_samples, axis=0) for p in one[:2]), one[2])
    found = count_distributions(many, np.full(n_samples, 30), 30)
    assert np.allclose(found, count_distributions(one, np.array([30]), 30))


def test_the_likelihood_is_the_mean_over_draws_and_components():
    given, counts = components(), np.array([[3, 0, 2], [0, 0, 0], [1, 5, 9]])
    found = log_likelihood(given, counts)
    for row, k in enumerate(counts):
        if not k.sum():  # old versions of SciPy know no 0 of 0 votes
            assert np.isclose(found[row], 0)
            continue
        n_orders = multinomial.pmf(k, k.sum(), [1 / 3] * 3) * 3.0 ** k.sum()
        expected = 0.0
        for draw, component in np.ndindex(2, 2):
            a = (
                given.concentration[draw, component]
                * given.shares[row, draw, component]
            )
            weight = given.weights[row, draw, component] / 2
            expected += weight * dirichlet_multinomial.pmf(k, a, k.sum()) / n_orders
        assert np.isclose(found[row], np.log(expected))


def test_one_dirichlet_of_equal_variance():
    # Two components that are certain of different answers: all shares are 0 or 1, as
    # with a concentration of 0.
    shares = np.array([[[[1.0, 0.0], [0.0, 1.0]]]])
    apart = Components(np.full((1, 1, 2), 0.5), shares, np.full((1, 2), 1e9))
    assert apart.alike_concentration() < 1e-6
    # A single component is its own.
    alone = Components(
        np.ones((1, 1, 1)), np.full((1, 1, 1, 2), 0.5), np.full((1, 1), 7)
    )
    assert np.allclose(alone.alike_concentration(), 7)
    # By draws of the shares, in general.
    given = components(1, 1, 3)
    chosen = RNG.choice(3, 100_000, p=given.weights[0, 0])
    a = (given.concentration[0, :, None] * given.shares[0, 0])[chosen]
    draws = RNG.standard_gamma(a)
    draws /= draws.sum(axis=1, keepdims=True)
    mean = draws.mean(axis=0)
    expected = (mean * (1 - mean)).sum() / draws.var(axis=0).sum() - 1
    assert np.allclose(given.alike_concentration(), expected, rtol=0.03)


def test_rounding_makes_no_mean_share_larger_than_one():
    # Components that all agree, with weights whose sum is one up to rounding.
    weights = RNG.dirichlet(np.ones(5), (1, 500))
    shares = np.broadcast_to([1.0, 1e-16], (1, 500, 5, 2))
    given = Components(weights, shares, np.ones((500, 5)))
    assert (weights.sum(axis=2) > 1).any()
    assert given.mean_shares().max() == 1


def test_votes_are_those_of_a_share_that_rounds_to_one():
    shares = np.array([[[[1.0, 1e-16, 1e-17]]]])
    given = Components(np.ones((1, 1, 1)), shares, np.full((1, 1), 4.0))
    found = count_distributions(given, np.array([5]), 5)[0]
    np.testing.assert_allclose(found.sum(axis=1), 1)
    # To first order in a tiny parameter a of one answer, k of 5 votes have the
    # probability a B(k, 5 - k + 4) 5! / (k! (5 - k)!).
    k = np.arange(1, 6)
    for answer, tiny in [(1, 4e-16), (2, 4e-17)]:
        expected = tiny * comb(5, k) * beta(k, 9 - k)
        np.testing.assert_allclose(found[answer, 1:], expected)
    np.testing.assert_allclose(found[0, :5], (found[1] + found[2])[:0:-1])
