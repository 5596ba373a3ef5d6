import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import factorial
from scipy.stats import dirichlet_multinomial, multinomial
from sklearn.metrics import log_loss

from skbal.information import (
    _answer_likelihood,
    answer_log_likelihood,
    vote_log_likelihood,
)


def random_shares(n_samples=6, n_draws=5, n_answers=4):
    rng = np.random.default_rng(0)
    return rng.dirichlet(np.full(n_answers, 0.6), (n_samples, n_draws))


def random_counts(n_samples=6, n_answers=4):
    rng = np.random.default_rng(1)
    n = rng.integers(0, 30, n_samples)
    return rng.multinomial(n, np.full(n_answers, 1 / n_answers))


@pytest.mark.parametrize("concentration", [None, 0.4, 30.0])
def test_it_is_the_log_mean_of_scipys_probabilities_over_the_orders(concentration):
    shares, counts = random_shares(), random_counts()
    found = answer_log_likelihood(shares, counts, concentration)
    assert found.shape == (6,)
    for row, (k, draws) in enumerate(zip(counts, shares)):
        if concentration is None:
            pmf = multinomial.pmf(k, k.sum(), draws)
        else:
            pmf = dirichlet_multinomial.pmf(k, concentration * draws, k.sum())
        orders = factorial(k.sum()) / factorial(k).prod()
        assert_allclose(found[row], np.log(pmf.mean() / orders), rtol=1e-9, atol=1e-12)


def test_two_answers_are_votes():
    shares, counts = random_shares(n_answers=2), random_counts(n_answers=2)
    votes = np.stack([counts[:, 0], counts.sum(axis=1)], axis=1)
    for concentration in (None, 3.0):
        found = answer_log_likelihood(shares, counts, concentration)
        expected = vote_log_likelihood(shares[..., :1], votes, concentration)[:, 0]
        assert_allclose(found, expected, rtol=1e-12)


def test_one_vote_is_minus_the_log_loss():
    shares, codes = random_shares(), np.array([0, 1, 3, 2, 2, 1])
    for concentration in (None, 3.0):
        found = answer_log_likelihood(shares, np.eye(4)[codes], concentration)
        loss = log_loss(codes, shares.mean(axis=1), labels=range(4))
        assert_allclose(found.mean(), -loss)


def test_each_row_may_have_its_own_concentration():
    shares, counts = random_shares(), random_counts()
    each = np.where(np.arange(6) % 3, 5.0, np.inf)
    found = answer_log_likelihood(shares, counts, each)
    for row in range(6):
        one = slice(row, row + 1)
        alone = answer_log_likelihood(shares[one], counts[one], each[row])
        assert_allclose(found[one], alone, rtol=1e-12)


@pytest.mark.parametrize("concentration", [None, 2.0])
def test_certain_draws_and_rows_without_votes_are_exact(concentration):
    shares = np.array([[[1.0, 0.0, 0.0]]] * 3)
    found = answer_log_likelihood(
        shares, [[9, 0, 0], [9, 1, 0], [0, 0, 0]], concentration
    )
    assert_array_equal(found, [0, -np.inf, 0])


@pytest.mark.parametrize("concentration", [None, 2.0])
def test_chunks_do_not_show(concentration, monkeypatch):
    shares, counts = random_shares(50), random_counts(50)
    expected = answer_log_likelihood(shares, counts, concentration)
    monkeypatch.setattr(_answer_likelihood, "NUMBERS_IN_CACHE", 100)
    found = answer_log_likelihood(shares, counts, concentration)
    assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([[1, 2, 0, 0]] * 5, r"must have the shape \(6, 4\), .* got \(5, 4\)"),
        ([[1, 2, 0]] * 6, r"must have the shape \(6, 4\), .* got \(6, 3\)"),
        ([[1, 0.5, 0, 0]] * 6, "row 0 has the count 0.5 .* whole numbers"),
        ([[[1, 2]] * 4] * 6, r"must be counts of shape .* k and N, give"),
    ],
)
def test_other_counts_are_refused(counts, message):
    with pytest.raises(ValueError, match=f"counts given to answer_log.*{message}"):
        answer_log_likelihood(random_shares(), counts)


def test_other_shares_and_concentrations_are_refused():
    with pytest.raises(ValueError, match="share_draws given to answer_log_likelihood"):
        answer_log_likelihood([[[0.5, 0.6]]], [[1, 2]])
    with pytest.raises(ValueError, match="concentration of answer_log_likelihood must"):
        answer_log_likelihood([[[0.5, 0.5]]], [[1, 2]], 0)
