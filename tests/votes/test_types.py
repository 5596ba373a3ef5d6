import numpy as np
import pytest
from scipy.special import gammaln
from scipy.stats import dirichlet_multinomial

from skbal.votes import _types
from skbal.votes._types import first_concentrations, fit_types, log_likelihoods

RNG = np.random.default_rng(0)


def votes_of(concentrations, types, n_votes, rng):
    """Return counts of items of some types."""
    shares = np.stack([rng.dirichlet(concentrations[one]) for one in types])
    return np.stack([rng.multinomial(n, p) for n, p in zip(n_votes, shares)])


def test_likelihoods_are_those_of_scipy_without_the_number_of_orders():
    counts = RNG.integers(0, 6, size=(20, 4))
    concentrations = RNG.uniform(0.1, 9, size=(3, 4))
    n_votes = counts.sum(axis=1)
    n_orders = gammaln(n_votes + 1) - gammaln(counts + 1).sum(axis=1)
    expected = np.stack(
        [dirichlet_multinomial.logpmf(counts, a, n_votes) for a in concentrations], 1
    )
    found = log_likelihoods(counts, concentrations)
    np.testing.assert_allclose(found, expected - n_orders[:, np.newaxis], atol=1e-9)


def test_an_item_without_votes_is_of_any_type():
    found = log_likelihoods(np.zeros((2, 3), dtype=int), first_concentrations(3, 2))
    np.testing.assert_array_equal(found, 0)


@pytest.mark.parametrize("n_answers", [2, 3, 10])
@pytest.mark.parametrize("n_types", [1, 2, 3])
def test_each_answer_leads_types_from_clear_to_unclear(n_answers, n_types):
    found = first_concentrations(n_answers, n_types)
    shares = found / found.sum(axis=1, keepdims=True)
    assert found.shape == (n_types * n_answers, n_answers)
    for t in range(n_types):
        own = shares[t * n_answers : (t + 1) * n_answers]
        np.testing.assert_array_equal(own.argmax(axis=1), range(n_answers))
        np.testing.assert_allclose(own.diagonal(), own[0, 0])
    assert (np.diff(shares[::n_answers, 0]) < 0).all()


@pytest.mark.parametrize("n_types", [1, 2])
def test_types_are_found_again_from_many_votes(n_types):
    n_answers, rng = 3, np.random.default_rng(1)
    pairs = [(12.0, 1.0), (6.0, 3.0)][:n_types]  # of the leading answer and another
    lead = np.eye(n_answers)
    true = np.concatenate([own * lead + other * (1 - lead) for own, other in pairs])
    types = rng.integers(len(true), size=1500)
    counts = votes_of(true, types, rng.integers(1, 60, size=1500), rng)
    leads = 0.05 + 0.85 * np.eye(n_answers)[types % n_answers]
    start = first_concentrations(n_answers, n_types)
    found, log_clearness = fit_types(
        counts, np.log(leads), start, n_answers, max_iter=100
    )
    shares = found / found.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        shares, true / true.sum(axis=1, keepdims=True), atol=0.06
    )
    np.testing.assert_allclose(found.sum(axis=1), true.sum(axis=1), rtol=0.6)
    of_answer = np.exp(log_clearness).reshape(n_types, n_answers)
    np.testing.assert_allclose(of_answer.sum(axis=0), 1)
    np.testing.assert_allclose(of_answer, 1 / n_types, atol=0.15)


def test_names_of_answers_do_not_matter():
    rng = np.random.default_rng(2)
    counts = votes_of(
        RNG.uniform(0.2, 5, size=(4, 4)), [0, 1, 2, 3] * 20, [9] * 80, rng
    )
    log_leads = np.log(rng.dirichlet(np.ones(4), size=80))
    start, order = first_concentrations(4, 1), [2, 0, 3, 1]
    found, _ = fit_types(counts, log_leads, start, 4)
    other, _ = fit_types(counts[:, order], log_leads[:, order], start, 4)
    np.testing.assert_allclose(other, found[np.ix_(order, order)], rtol=1e-8)


def test_a_few_votes_change_little():
    start = first_concentrations(3, 2)
    found, _ = fit_types(np.array([[1, 1, 0]]), np.zeros((1, 3)), start, 3)
    assert (np.abs(np.log(found / start)) < 0.6).all()


def fitted(counts):
    weights = np.full(counts.shape, -np.log(counts.shape[1]))
    start = first_concentrations(counts.shape[1], 2)
    return fit_types(counts, weights, start, counts.shape[1], max_iter=3)


def test_many_votes_are_tabulated_like_few(monkeypatch):
    counts = np.random.default_rng(0).integers(0, 30, (50, 3))
    found = fitted(counts)
    monkeypatch.setattr(_types, "_FEW", 0)
    for own, other in zip(found, fitted(counts)):
        np.testing.assert_allclose(own, other, rtol=1e-10)


def test_memory_does_not_grow_with_the_largest_count():
    counts = np.random.default_rng(0).integers(0, 5, (50, 2))
    counts[7, 1] = 10**12  # a table of them would need 8 TB
    concentrations, log_clearness = fitted(counts)
    assert np.isfinite(concentrations).all()
    assert np.isfinite(log_clearness).all()
    found = log_likelihoods(counts, concentrations)
    alone = log_likelihoods(counts[7:8], concentrations)
    np.testing.assert_allclose(found[7], alone[0], rtol=1e-12)
