import numpy as np
import pytest
from scipy.stats import beta

from skbal.votes._posterior import Posterior

RNG = np.random.default_rng(0)


def posterior(n_items=5, n_types=3, n_answers=4, seed=0):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 4, size=(n_items, n_answers))
    log_weights = np.log(rng.dirichlet(np.ones(n_types), size=n_items))
    concentrations = rng.uniform(0.2, 5, size=(n_types, n_answers))
    return Posterior.of(counts, log_weights, concentrations)


def draws_of(post, n_draws=40_000):
    """Return draws of the shares, (n_items, n_draws, n_answers)."""
    found = []
    for weights, concentrations in zip(post.weights, post.concentrations):
        types = RNG.choice(len(weights), p=weights, size=n_draws)
        gammas = RNG.standard_gamma(concentrations[types])
        found.append(gammas / gammas.sum(axis=1, keepdims=True))
    return np.stack(found)


def total_variance(post):
    """Return the variance of all shares, by the law of total variance."""
    a = post.concentrations
    total = a.sum(axis=2, keepdims=True)
    means = a / total
    inside = (means * (1 - means) / (total + 1)).sum(axis=2)
    between = (means - post.shares()[:, np.newaxis]) ** 2
    return (post.weights * (inside + between.sum(axis=2))).sum(axis=1)


def test_shares_and_chances_are_those_of_draws():
    post = posterior()
    draws = draws_of(post)
    error = draws.std(axis=1) / np.sqrt(draws.shape[1])
    assert (np.abs(post.shares() - draws.mean(axis=1)) < 5 * error).all()
    leads = (draws == draws.max(axis=2, keepdims=True)).mean(axis=1)
    np.testing.assert_allclose(post.chances_to_lead(), leads, atol=0.1)
    best = post.chances_to_lead().argmax(axis=1)
    np.testing.assert_array_equal(best, leads.argmax(axis=1))


def test_of_two_answers_the_chance_is_exact():
    post = posterior(n_answers=2)
    a, b = np.moveaxis(post.concentrations, 2, 0)
    expected = (post.weights * beta.sf(0.5, a, b)).sum(axis=1)
    found = post.chances_to_lead()
    np.testing.assert_allclose(found[:, 0], expected, atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=1), 1)


@pytest.mark.parametrize("n_answers", [2, 3, 6])
def test_a_vote_lowers_the_variance_as_enumerating_its_answers_says(n_answers):
    rng = np.random.default_rng(n_answers)
    counts = rng.integers(0, 4, size=(8, n_answers))
    log_weights = np.log(rng.dirichlet(np.ones(3), size=8))
    concentrations = rng.uniform(0.2, 5, size=(3, n_answers))
    now = Posterior.of(counts, log_weights, concentrations)
    after = np.zeros(8)
    for answer in range(n_answers):
        more = counts + np.eye(n_answers, dtype=int)[answer]
        then = Posterior.of(more, log_weights, concentrations)
        after += now.shares()[:, answer] * total_variance(then)
    np.testing.assert_allclose(
        now.falls_of_variance(), total_variance(now) - after, rtol=1e-8
    )


def test_many_votes_make_an_item_certain():
    concentrations = np.array([[3.0, 1, 1], [1, 3, 1]])
    counts = np.array([[5000, 1000, 0], [0, 0, 0]])
    post = Posterior.of(counts, np.log(np.full((2, 2), 0.5)), concentrations)
    np.testing.assert_allclose(post.shares()[0], [5 / 6, 1 / 6, 0], atol=1e-3)
    np.testing.assert_allclose(post.shares()[1], [0.4, 0.4, 0.2])
    assert post.chances_to_lead()[0, 0] > 1 - 1e-9
    assert post.falls_of_variance()[0] < 1e-6 < post.falls_of_variance()[1]


@pytest.mark.parametrize("n_answers", [2, 4])
def test_intervals_are_the_quantiles_of_draws(n_answers):
    post = posterior(n_items=4, n_answers=n_answers)
    draws = draws_of(post)
    for level in (0.5, 0.9):
        low, high = post.intervals(level)
        assert low.shape == high.shape == (4, n_answers)
        tail = (1 - level) / 2
        error = np.sqrt(tail * (1 - tail) / draws.shape[1])
        below = (draws < low[:, np.newaxis]).mean(axis=1)
        above = (draws > high[:, np.newaxis]).mean(axis=1)
        np.testing.assert_allclose(below, tail, atol=4.5 * error)
        np.testing.assert_allclose(above, tail, atol=4.5 * error)


def test_of_one_type_intervals_are_those_of_a_beta_distribution():
    counts = np.array([[0, 0, 0], [40, 1, 0], [2000, 3000, 1]])
    prior = np.array([[0.5, 0.02, 3]])
    post = Posterior.of(counts, np.zeros((3, 1)), prior)
    a = counts + prior
    expected = beta(a, a.sum(axis=1, keepdims=True) - a)
    low, high = post.intervals(0.9)
    np.testing.assert_allclose(low, expected.ppf(0.05), atol=2e-7)
    np.testing.assert_allclose(high, expected.ppf(0.95), atol=2e-7)
