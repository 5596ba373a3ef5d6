import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binom, entropy

from skbal.information import (
    mutual_information,
    vote_distribution,
    vote_mutual_information,
)

FUNCTIONS = [vote_distribution, vote_mutual_information]
rho_of_any_shape = arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 3)),
    elements=st.one_of(st.sampled_from([0.0, 1.0]), st.floats(1e-6, 1 - 1e-6)),
)
fast = settings(max_examples=50, deadline=None)


def random_rho(n_samples=5, n_draws=6, n_questions=2, dtype=np.float64):
    rng = np.random.default_rng(0)
    return rng.beta(0.5, 0.5, (n_samples, n_draws, n_questions)).astype(dtype)


def test_the_distribution_is_the_mean_of_scipys_binomials():
    rho, n_votes = random_rho(), np.array([0, 1, 5, 9, 3])
    distribution = vote_distribution(rho, n_votes)
    assert distribution.shape == (5, 2, 10)
    for row, question in np.ndindex(5, 2):
        k = np.arange(10)[:, np.newaxis]
        binomials = binom.pmf(k, n_votes[row], rho[row, :, question])
        expected = binomials.mean(axis=1)
        assert_allclose(distribution[row, question], expected, atol=1e-14)


def test_information_is_the_entropy_of_the_mean_less_the_mean_of_scipys_entropies():
    rho, n_votes = random_rho(), np.array([0, 1, 5, 40, 3])
    information = vote_mutual_information(rho, n_votes)
    assert information.shape == (5, 2)
    for row, question in np.ndindex(5, 2):
        k = np.arange(n_votes[row] + 1)[:, np.newaxis]
        binomials = binom.pmf(k, n_votes[row], rho[row, :, question])
        expected = entropy(binomials.mean(axis=1)) - entropy(binomials).mean()
        assert_allclose(information[row, question], expected, atol=1e-12)


def test_one_vote_is_a_classification_of_two_classes():
    rho = random_rho(n_questions=1)
    two_classes = np.concatenate([1 - rho, rho], axis=2)
    information = vote_mutual_information(rho, 1)[:, 0]
    assert_allclose(information, mutual_information(two_classes), atol=1e-14)
    assert_allclose(vote_distribution(rho, 1)[:, 0], two_classes.mean(axis=1))


def test_certain_draws_are_exact():
    rho = np.array([[[0.0], [1.0]], [[1.0], [1.0]]])
    expected = [[[0.5, 0, 0, 0.5]], [[0, 0, 0, 1]]]
    assert_array_equal(vote_distribution(rho, 3), expected)
    assert_allclose(vote_mutual_information(rho, 3), [[np.log(2)], [0]], atol=1e-15)


@pytest.mark.parametrize("n_votes", [0, 1, 40, 300])
def test_information_is_exactly_zero_when_all_draws_agree(n_votes):
    for n_draws in (1, 2, 7):
        agreeing = np.repeat(random_rho(9, 1), n_draws, axis=1)
        information = vote_mutual_information(agreeing, n_votes)
        assert_array_equal(information, np.zeros((9, 2)))


def test_no_volunteers_tell_nothing():
    rho = random_rho()
    assert_array_equal(vote_mutual_information(rho, 0), np.zeros((5, 2)))
    assert_array_equal(vote_distribution(rho, 0), np.ones((5, 2, 1)))


@fast
@given(rho_of_any_shape, st.integers(0, 12))
def test_distributions_sum_to_one_and_have_the_mean_of_the_draws(rho, n_votes):
    distribution = vote_distribution(rho, n_votes)
    assert (distribution >= 0).all()
    assert_allclose(distribution.sum(axis=2), 1)
    mean = distribution @ np.arange(n_votes + 1)
    assert_allclose(mean, n_votes * rho.mean(axis=1), atol=1e-12)


@fast
@given(rho_of_any_shape, st.integers(0, 12))
def test_information_grows_with_votes_and_is_bounded(rho, n_votes):
    information = vote_mutual_information(rho, n_votes)
    more = vote_mutual_information(rho, n_votes + 1)
    assert (information >= 0).all()
    assert (information <= more + 1e-12).all()
    assert (more <= np.log(min(rho.shape[1], n_votes + 2)) + 1e-12).all()


@fast
@given(rho_of_any_shape)
def test_yes_and_no_are_alike(rho):
    information = vote_mutual_information(rho, 7)
    assert_allclose(vote_mutual_information(1 - rho, 7), information, atol=1e-12)
    mirrored = vote_distribution(1 - rho, 7)[:, :, ::-1]
    assert_allclose(mirrored, vote_distribution(rho, 7), atol=1e-12)


def test_many_votes_do_not_overflow():
    information = vote_mutual_information([[[0.2], [0.7]]], 5000)
    assert_allclose(information, [[np.log(2)]])


def test_counts_may_differ_by_row_and_question():
    rho = random_rho(3)
    counts = np.array([[0, 4], [2, 2], [7, 1]])
    information = vote_mutual_information(rho, counts)
    distribution = vote_distribution(rho, counts)
    for row, question in np.ndindex(3, 2):
        alone, n = rho[row, :, question].reshape(1, -1, 1), int(counts[row, question])
        assert_allclose(
            information[row, question], vote_mutual_information(alone, n)[0, 0]
        )
        expected = np.zeros(8)
        expected[: n + 1] = vote_distribution(alone, n)[0, 0]
        assert_allclose(distribution[row, question], expected, atol=1e-15)


def test_one_count_a_row_is_the_same_for_its_questions():
    rho, counts = random_rho(3), np.array([2, 0, 5])
    both = np.stack([counts, counts], axis=1)
    assert_array_equal(
        vote_mutual_information(rho, counts), vote_mutual_information(rho, both)
    )


def test_float32_is_computed_in_float64():
    rho = random_rho(dtype=np.float32)
    for function in FUNCTIONS:
        assert_allclose(function(rho, 9), function(rho.astype(np.float64), 9))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("bad", [-0.1, 1.5, np.nan])
def test_rho_outside_zero_and_one_is_refused(function, bad):
    rho = random_rho()
    rho[2, 3, 1] = bad
    message = (
        rf"rho_draws given to {function.__name__} must be probabilities in \[0, 1\]"
    )
    with pytest.raises(ValueError, match=message):
        function(rho, 3)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("n_votes", "error", "message"),
    [
        (-1, ValueError, "integer >= 0, got -1"),
        (2.0, TypeError, "of integers, got dtype float64"),
        (True, TypeError, "must be an integer >= 0, got True"),
        ("4", TypeError, "of integers"),
        ([1, 2, 3, 4, -5], ValueError, "must be 0 or more, got -5"),
        ([1.0] * 5, TypeError, "of integers, got dtype float64"),
        ([1, 2], ValueError, r"shape \(5,\) or \(5, 2\).* got shape \(2,\)"),
        ([[1, 2]], ValueError, r"got shape \(1, 2\)"),
    ],
)
def test_other_counts_are_refused(function, n_votes, error, message):
    with pytest.raises(error, match=f"n_votes of {function.__name__} .*{message}"):
        function(random_rho(), n_votes)
