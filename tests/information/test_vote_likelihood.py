import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import comb
from scipy.stats import betabinom, binom
from sklearn.metrics import log_loss

from skbal.information import _vote_likelihood, vote_distribution, vote_log_likelihood


def random_rho(n_samples=6, n_draws=5, n_questions=2):
    rng = np.random.default_rng(0)
    return rng.beta(0.5, 0.5, (n_samples, n_draws, n_questions))


def random_votes(n_samples=6, n_questions=2, most=40):
    rng = np.random.default_rng(1)
    n = rng.integers(0, most + 1, (n_samples, n_questions))
    return np.stack([rng.binomial(n, 0.4), n], axis=2)


def test_it_is_the_log_mean_of_scipys_binomials_over_the_number_of_orders():
    rho, votes = random_rho(), random_votes()
    found = vote_log_likelihood(rho, votes)
    assert found.shape == (6, 2)
    for row, question in np.ndindex(6, 2):
        k, n = votes[row, question]
        pmf = binom.pmf(k, n, rho[row, :, question])
        expected = np.log(pmf.mean() / comb(n, k))
        assert_allclose(found[row, question], expected, rtol=1e-10)


def test_with_a_concentration_it_is_that_of_scipys_beta_binomials():
    rho, votes = random_rho(), random_votes()
    concentrations = [0.4, 30.0]
    found = vote_log_likelihood(rho, votes, concentrations)
    for row, question in np.ndindex(6, 2):
        k, n = votes[row, question]
        a = concentrations[question] * rho[row, :, question]
        pmf = betabinom.pmf(k, n, a, concentrations[question] - a)
        expected = np.log(pmf.mean() / comb(n, k))
        assert_allclose(found[row, question], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("concentration", [None, 0.5, 20.0, 1e7])
def test_it_is_the_distribution_without_the_number_of_orders(concentration):
    rho, votes = random_rho(), random_votes(most=227)
    found = vote_log_likelihood(rho, votes, concentration)
    distribution = vote_distribution(rho, votes[:, :, 1], concentration)
    k = votes[:, :, :1]
    chances = np.take_along_axis(distribution, k, axis=2)[:, :, 0]
    ways = comb(votes[:, :, 1], votes[:, :, 0])
    assert_allclose(found, np.log(chances / ways), rtol=1e-9, atol=1e-12)


def test_each_row_may_have_its_own_concentration():
    rho, votes = random_rho(), random_votes()
    each = np.where(np.arange(12).reshape(6, 2) % 3, 5.0, np.inf)
    found = vote_log_likelihood(rho, votes, each)
    for row in range(6):
        alone = vote_log_likelihood(rho[row : row + 1], votes[row : row + 1], each[row])
        assert_allclose(found[row], alone[0], rtol=1e-12)


def test_one_vote_is_minus_the_log_loss():
    rho, yes = random_rho(n_questions=1), np.array([0, 1, 1, 0, 0, 1])
    votes = np.stack([yes, np.ones(6, int)], axis=1)
    for concentration in (None, 3.0):
        mean = vote_log_likelihood(rho, votes, concentration).mean()
        assert_allclose(mean, -log_loss(yes, rho[:, :, 0].mean(axis=1)))


def test_an_infinite_concentration_is_none_and_a_large_one_nearly():
    rho, votes = random_rho(), random_votes()
    binomial = vote_log_likelihood(rho, votes)
    assert_array_equal(vote_log_likelihood(rho, votes, np.inf), binomial)
    assert_allclose(vote_log_likelihood(rho, votes, 1e13), binomial, rtol=1e-6)


@pytest.mark.parametrize("concentration", [None, 2.0])
def test_certain_draws_are_exact(concentration):
    rho = np.array([[[0.0]], [[0.0]], [[1.0]], [[1.0]], [[0.0]]])
    votes = [[0, 9], [1, 9], [9, 9], [8, 9], [0, 0]]
    found = vote_log_likelihood(rho, votes, concentration)[:, 0]
    assert_array_equal(found, [0, -np.inf, 0, -np.inf, 0])


def test_one_draw_that_allows_the_votes_is_enough():
    found = vote_log_likelihood([[[0.0], [1.0], [0.5], [1.0]]], [[3, 3]])
    assert_allclose(found, np.log([[(2 + 1 / 8) / 4]]))


@pytest.mark.parametrize("concentration", [None, 2.0])
def test_votes_nobody_gave_tell_nothing(concentration):
    votes = np.zeros((6, 2, 2), dtype=int)
    found = vote_log_likelihood(random_rho(), votes, concentration)
    assert_allclose(found, np.zeros((6, 2)), atol=1e-15)


def test_many_votes_do_not_underflow():
    found = vote_log_likelihood([[[0.3], [0.3]]], [[30_000, 100_000]])
    expected = 30_000 * np.log(0.3) + 70_000 * np.log(0.7)
    assert_allclose(found, [[expected]])


@pytest.mark.parametrize("concentration", [None, 2.0])
def test_blocks_do_not_show(concentration, monkeypatch):
    rho, votes = random_rho(50), random_votes(50)
    expected = vote_log_likelihood(rho, votes, concentration)
    monkeypatch.setattr(_vote_likelihood, "NUMBERS_IN_CACHE", 100)
    found = vote_log_likelihood(rho, votes, concentration)
    assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("votes", "message"),
    [
        ([[1, 2]] * 5, r"must have the shape \(6, 2, 2\), .* got \(5, 1, 2\)"),
        ([[1, 2]] * 6, r"must have the shape \(6, 2, 2\), .* got \(6, 1, 2\)"),
        ([[[1, 2], [3, 1]]] * 6, "row 0 has k = 3 yes votes of N = 1"),
        ([[[1, 2], [0.5, 1]]] * 6, "row 0 has k = 0.5 .* whole numbers"),
        ([1, 2], "must be votes of shape"),
    ],
)
def test_other_votes_are_refused(votes, message):
    message = f"votes given to vote_log_likelihood.*{message}"
    with pytest.raises(ValueError, match=message):
        vote_log_likelihood(random_rho(), votes)


def test_other_draws_and_concentrations_are_refused():
    with pytest.raises(ValueError, match="rho_draws given to vote_log_likelihood must"):
        vote_log_likelihood([[[1.5]]], [[1, 2]])
    with pytest.raises(ValueError, match="concentration of vote_log_likelihood must"):
        vote_log_likelihood([[[0.5]]], [[1, 2]], 0)
