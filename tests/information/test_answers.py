import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import betabinom, dirichlet_multinomial, entropy, multinomial

from skbal.information import (
    _multinomials,
    answer_distribution,
    answer_information,
    mutual_information,
    vote_distribution,
    vote_mutual_information,
)

CONCENTRATIONS = [None, 0.3, 5.0, 400.0]


def random_shares(n_samples=5, n_draws=6, n_answers=3, dtype=np.float64):
    rng = np.random.default_rng(0)
    return rng.dirichlet(np.full(n_answers, 0.6), (n_samples, n_draws)).astype(dtype)


def all_counts(n, n_answers):
    """Return all vectors that sum to n, found by trying every combination."""
    tried = itertools.product(range(n + 1), repeat=n_answers)
    return np.array([counts for counts in tried if sum(counts) == n])


def parts_by_scipy(shares, n, concentration=None):
    """Return probabilities of shape (n_outcomes, n_draws)."""
    counts = all_counts(n, shares.shape[1])[:, np.newaxis]
    if concentration is None or np.isinf(concentration):
        return multinomial.pmf(counts, n, shares)
    return dirichlet_multinomial.pmf(counts, concentration * shares, n)


@pytest.mark.parametrize("concentration", CONCENTRATIONS)
@pytest.mark.parametrize(("n", "n_answers"), [(1, 3), (2, 5), (7, 3), (5, 4), (11, 2)])
def test_information_is_the_double_sum_by_scipy(n, n_answers, concentration):
    shares = random_shares(n_answers=n_answers)
    found = answer_information(shares, n, concentration)
    assert found.shape == (5,)
    for row in range(5):
        parts = parts_by_scipy(shares[row], n, concentration)
        expected = entropy(parts.mean(axis=1)) - entropy(parts).mean()
        assert_allclose(found[row], expected, rtol=0, atol=1e-8)


@settings(max_examples=20)
@given(
    st.integers(0, 30), st.sampled_from([*CONCENTRATIONS, np.inf]), st.integers(0, 99)
)
def test_two_answers_are_votes(n, concentration, seed):
    rng = np.random.default_rng(seed)
    yes = rng.beta(0.5, 0.5, (4, 5, 1))
    yes[0, :2, 0] = 0.0, 1.0
    shares = np.concatenate([yes, 1 - yes], axis=2)
    expected = vote_mutual_information(yes, n, concentration)[:, 0]
    found = answer_information(shares, n, concentration)
    assert_allclose(found, expected, rtol=0, atol=1e-10)
    distribution = answer_distribution(shares, n, concentration)
    expected = vote_distribution(yes, n, concentration)[:, 0]
    assert_allclose(distribution[:, 0], expected, atol=1e-12)
    assert_allclose(distribution[:, 1], expected[:, ::-1], atol=1e-12)


@pytest.mark.parametrize("concentration", CONCENTRATIONS)
def test_one_vote_is_a_classification(concentration):
    shares = random_shares(n_answers=6)
    found = answer_information(shares, 1, concentration)
    assert_allclose(found, mutual_information(shares), rtol=0, atol=1e-12)
    distribution = answer_distribution(shares, 1, concentration)
    assert_allclose(distribution[:, :, 1], shares.mean(axis=1))


@settings(max_examples=30)
@given(st.integers(1, 6), st.sampled_from(CONCENTRATIONS), st.integers(0, 99))
def test_information_has_bounds_and_grows_with_the_votes(n, concentration, seed):
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(4, 0.5), (3, 5))
    fewer, more = (answer_information(shares, m, concentration) for m in (n, n + 1))
    assert (fewer >= 0).all()
    assert (fewer <= more + 1e-12).all()
    assert (more <= np.log(5) + 1e-12).all()


def test_merging_two_answers_never_adds_information():
    shares = random_shares(n_answers=4)
    merged = np.concatenate([shares[..., :2], shares[..., 2:].sum(2, keepdims=True)], 2)
    for concentration in CONCENTRATIONS:
        whole = answer_information(shares, 6, concentration)
        part = answer_information(merged, 6, concentration)
        assert (part <= whole + 1e-12).all()


def test_neither_the_order_of_answers_nor_that_of_draws_matters():
    shares = random_shares(n_answers=4)
    turned = shares[:, ::-1][..., [2, 0, 3, 1]]
    for concentration in CONCENTRATIONS:
        found = answer_information(turned, 6, concentration)
        expected = answer_information(shares, 6, concentration)
        assert_allclose(found, expected, atol=1e-12)


def test_certain_draws_are_exact():
    shares = np.eye(3)[np.newaxis]
    for concentration in CONCENTRATIONS:
        found = answer_information(shares, 9, concentration)
        assert_allclose(found, [np.log(3)], rtol=1e-12)


@pytest.mark.parametrize("n_votes", [0, 1, 30])
@pytest.mark.parametrize("concentration", CONCENTRATIONS)
def test_information_is_exactly_zero_if_all_draws_agree(n_votes, concentration):
    shares = np.repeat(random_shares(9, 1), 7, axis=1)
    found = answer_information(shares, n_votes, concentration)
    assert_array_equal(found, np.zeros(9))


def test_an_infinite_concentration_is_none_and_a_large_one_nearly():
    shares = random_shares()
    expected = answer_information(shares, 9)
    assert_array_equal(answer_information(shares, 9, np.inf), expected)
    assert_allclose(answer_information(shares, 9, 1e12), expected, atol=1e-9)


def test_a_tiny_concentration_leaves_the_first_vote():
    shares = random_shares()
    found = answer_information(shares, 9, 1e-300)
    assert_allclose(found, mutual_information(shares), atol=1e-10)


def test_each_row_may_have_its_own_numbers():
    shares, n_votes = random_shares(), np.array([3, 0, 7, 3, 1])
    concentration = np.array([np.inf, 2.0, 5.0, 0.5, np.inf])
    found = answer_information(shares, n_votes, concentration)
    distribution = answer_distribution(shares, n_votes, concentration)
    assert distribution.shape == (5, 3, 8)
    for row in range(5):
        own = shares[row : row + 1], int(n_votes[row]), concentration[row]
        assert_allclose(found[row], answer_information(*own)[0], atol=1e-14)
        alone = answer_distribution(*own)[0]
        assert_allclose(distribution[row, :, : alone.shape[1]], alone, atol=1e-14)
        assert_array_equal(distribution[row, :, alone.shape[1] :], 0)


@pytest.mark.parametrize("concentration", [None, 3.0])
def test_the_distribution_is_the_margin_of_all_counts(concentration):
    shares = random_shares()
    counts, found = all_counts(4, 3), answer_distribution(shares, 4, concentration)
    for row, answer, k in np.ndindex(5, 3, 5):
        parts = parts_by_scipy(shares[row], 4, concentration)[counts[:, answer] == k]
        expected = parts.mean(axis=1).sum()
        assert_allclose(found[row, answer, k], expected, atol=1e-12)
    if concentration is not None:
        a = concentration * shares[0, :, 1]
        pmf = betabinom.pmf(np.arange(5)[:, np.newaxis], 4, a, concentration - a)
        assert_allclose(found[0, 1], pmf.mean(axis=1), atol=1e-12)


@pytest.mark.parametrize("concentration", CONCENTRATIONS)
def test_simulation_is_within_its_standard_errors(concentration):
    shares = random_shares(60, 5)
    exact, none = answer_information(shares, 12, concentration, return_std=True)
    assert_array_equal(none, 0)
    found, std = answer_information(
        shares, 12, concentration,
        max_outcomes=90, n_simulated=2000, random_state=0, return_std=True,
    )  # fmt: skip
    assert std.min() > 0
    assert std.max() < 0.05
    # Rows share the random numbers, so that their errors are not independent.
    assert np.abs((found - exact) / std).max() < 5
    assert 0.3 < np.sqrt(np.mean(((found - exact) / std) ** 2)) < 1.6


def test_a_simulation_depends_on_its_seed_alone():
    shares = random_shares()
    both = np.concatenate([shares, shares[::-1]])

    def simulated(shares, seed):
        return answer_information(
            shares, 12, 4.0, max_outcomes=1, n_simulated=50, random_state=seed
        )

    found = simulated(both, 3)
    assert_array_equal(found, np.concatenate([found[:5], found[:5][::-1]]))
    assert_array_equal(simulated(shares[2:3], 3), found[2:3])
    assert (simulated(shares, 4) != found[:5]).any()
    assert_array_equal(simulated(np.repeat(shares[:, :1], 4, axis=1), 3), np.zeros(5))


def test_certain_draws_and_tiny_concentrations_can_be_simulated():
    for concentration in (None, 1e-250, 2.0):
        found = answer_information(
            np.eye(3)[np.newaxis], 2000, concentration, random_state=0
        )
        assert_allclose(found, [np.log(3)], rtol=1e-12)


@pytest.mark.parametrize("concentration", [None, 5.0])
def test_chunks_and_blocks_do_not_show(concentration, monkeypatch):
    shares = random_shares(20)
    expected = answer_information(shares, 9, concentration)
    monkeypatch.setattr(_multinomials, "NUMBERS", 100)
    found = answer_information(shares, 9, concentration)
    assert_allclose(found, expected, rtol=1e-11)


@pytest.mark.parametrize("concentration", [None, 5.0])
def test_memory_is_bounded(concentration):
    shares = random_shares(40, 30)
    tracemalloc.start()
    answer_information(shares, 80, concentration)  # 8 million probabilities
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20


def test_float32_draws_and_the_callers_array():
    shares = random_shares(dtype=np.float32)
    before = shares.copy()
    found = answer_information(shares, 9)
    assert found.dtype == np.float64
    assert_array_equal(shares, before)
    assert_allclose(found, answer_information(random_shares(), 9), atol=1e-6)


@pytest.mark.parametrize("function", [answer_information, answer_distribution])
def test_an_empty_pool_has_no_rows(function):
    assert len(function(np.ones((0, 4, 3)), 5)) == 0


@pytest.mark.parametrize("function", [answer_information, answer_distribution])
@pytest.mark.parametrize(("arguments", "error", "message"), [
    (([[0.5, 0.5]], 3), ValueError, "share_draws given to .* must have shape"),
    (([[[1.0]]], 3), ValueError, "two or more answers, got shape"),
    (([[[0.5, 0.6]]], 3), ValueError, "sum to one .* from 1.1 to 1.1"),
    (([[[1.5, -0.5]]], 3), ValueError, "of 0 or more, got -0.5"),
    (([[[np.nan, 0.5]]], 3), ValueError, "of 0 or more, got nan"),
    (([[[0.5, 0.5]]], 1.5), TypeError, "n_votes of .* must be integers, got 1.5"),
    (([[[0.5, 0.5]]], -1), ValueError, "n_votes of .* must be 0 or more, got -1"),
    (([[[0.5, 0.5]]], [1, 2]), ValueError, r"shape \(1,\).* got shape \(2,\)"),
    (([[[0.5, 0.5]]], 3, 0), ValueError, "concentration of .* number > 0 .* got 0"),
    (([[[0.5, 0.5]]], 3, "a"), TypeError, "concentration of .* got 'a'"),
    (([[[0.5, 0.5]]], 3, [1, 2]), ValueError, r"there are 1 rows, got \(2,\)"),
])  # fmt: skip
def test_wrong_arguments_are_refused(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(*arguments)


@pytest.mark.parametrize(
    "keyword", [{"max_outcomes": 0}, {"n_simulated": 1}, {"random_state": -1}]
)
def test_wrong_keywords_are_refused(keyword):
    name = next(iter(keyword))
    with pytest.raises(ValueError, match=f"{name} of answer_information must be"):
        answer_information([[[0.5, 0.5]]], 3, **keyword)
