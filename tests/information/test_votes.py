import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import betabinom, binom, entropy

from skbal.information import (
    _vote_checks,
    mutual_information,
    vote_distribution,
    vote_information_curve,
    vote_mutual_information,
)

FUNCTIONS = [vote_distribution, vote_mutual_information]
CONCENTRATIONS = [None, 0.3, 5.0, 400.0]
rho_of_any_shape = arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 3)),
    elements=st.one_of(st.sampled_from([0.0, 1.0]), st.floats(1e-6, 1 - 1e-6)),
)
fast = settings(max_examples=50)


def parts_by_scipy(rho, n, concentration=None):
    """Return probabilities of shape (n + 1, n_draws)."""
    k = np.arange(n + 1)[:, np.newaxis]
    if concentration is None or np.isinf(concentration):
        return binom.pmf(k, n, rho)
    return betabinom.pmf(k, n, concentration * rho, concentration * (1 - rho))


def information_by_scipy(rho, n, concentration=None):
    """Return the double sum, over k and over draws, for rho of shape (n_draws,)."""
    parts = parts_by_scipy(rho, n, concentration)
    return entropy(parts.mean(axis=1)) - entropy(parts).mean()


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


@pytest.mark.parametrize("concentration", CONCENTRATIONS)
@pytest.mark.parametrize("n", [1, 2, 3, 8, 9, 40, 100, 227, 1000])
def test_information_is_the_double_sum_by_scipy(n, concentration):
    rho = random_rho(4)
    information = vote_mutual_information(rho, n, concentration)
    distribution = vote_distribution(rho, n, concentration)
    for row, question in np.ndindex(4, 2):
        draws = rho[row, :, question]
        expected = information_by_scipy(draws, n, concentration)
        assert_allclose(information[row, question], expected, rtol=0, atol=1e-8)
        expected = parts_by_scipy(draws, n, concentration).mean(axis=1)
        assert_allclose(distribution[row, question], expected, rtol=0, atol=1e-11)


@pytest.mark.slow
@pytest.mark.parametrize("concentration", [None, 12.0, [np.inf, 3.0]])
def test_every_number_up_to_227_at_once_is_the_double_sum(concentration):
    n_votes = np.stack([np.arange(228), np.arange(228)[::-1]], axis=1)
    rho = random_rho(228, 4)
    information = vote_mutual_information(rho, n_votes, concentration)
    each = [None] * 2 if concentration is None else np.broadcast_to(concentration, 2)
    expected = [
        information_by_scipy(
            rho[row, :, question], n_votes[row, question], each[question]
        )
        for row, question in np.ndindex(228, 2)
    ]
    assert_allclose(information.ravel(), expected, rtol=0, atol=1e-8)


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


@pytest.mark.slow
@fast
@given(rho_of_any_shape)
def test_yes_and_no_are_alike(rho):
    information = vote_mutual_information(rho, 7)
    assert_allclose(vote_mutual_information(1 - rho, 7), information, atol=1e-12)
    mirrored = vote_distribution(1 - rho, 7)[:, :, ::-1]
    assert_allclose(mirrored, vote_distribution(rho, 7), atol=1e-12)


@fast
@given(rho_of_any_shape, st.integers(0, 60), st.sampled_from(CONCENTRATIONS))
def test_information_is_bounded_and_grows_with_votes_of_any_kind(rho, n, concentration):
    information = vote_mutual_information(rho, n, concentration)
    more = vote_mutual_information(rho, n + 1, concentration)
    assert (information >= 0).all()
    assert (information <= np.log(n + 1) + 1e-12).all()
    assert (information <= more + 1e-11).all()


@pytest.mark.slow
@fast
@given(rho_of_any_shape, st.sampled_from(CONCENTRATIONS), st.randoms())
def test_the_order_of_draws_does_not_matter(rho, concentration, random):
    order = list(range(rho.shape[1]))
    random.shuffle(order)
    for function in FUNCTIONS:
        found = function(rho[:, order], 23, concentration)
        assert_allclose(found, function(rho, 23, concentration), atol=1e-12)


@fast
@given(rho_of_any_shape, st.integers(1, 40), st.sampled_from(CONCENTRATIONS))
def test_leaving_a_volunteer_out_is_asking_one_fewer(rho, n, concentration):
    # A volunteer picked at random said yes with probability k / n.
    all_of_them = vote_distribution(rho, n, concentration)
    k = np.arange(n)
    fewer = all_of_them[:, :, :-1] * (n - k) / n + all_of_them[:, :, 1:] * (k + 1) / n
    expected = vote_distribution(rho, n - 1, concentration)
    assert_allclose(fewer, expected, rtol=0, atol=1e-12)


def test_many_votes_do_not_overflow():
    information = vote_mutual_information([[[0.2], [0.7]]], 5000)
    assert_allclose(information, [[np.log(2)]])


def test_chances_that_underflow_do_no_harm():
    rho = np.array([[[1e-300], [1 - 1e-16]], [[1e-9], [1e-12]], [[5e-324], [0.5]]])
    for n in (1, 40, 227, 1000):
        with np.errstate(all="raise", under="ignore"):
            information = vote_mutual_information(rho, n)[:, 0]
        expected = [information_by_scipy(draws[:, 0], n) for draws in rho]
        assert_allclose(information, expected, rtol=0, atol=1e-8)


# Concentrations


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_infinite_concentration_is_none_and_a_large_one_nearly(function):
    rho = random_rho()
    for n in (1, 40, 227):
        binomial = function(rho, n)
        assert_array_equal(function(rho, n, np.inf), binomial)
        error = np.abs(function(rho, n, 1e8) - binomial).max()
        assert error <= n**2 * 1e-8
        # The difference falls as one over the concentration, down to rounding.
        assert np.abs(function(rho, n, 1e13) - binomial).max() <= n**2 * 1e-13 + 1e-11


def test_two_agreeing_volunteers_by_hand():
    # With a = b = 1, three votes have uniform k; two are alike with probability 2 / 3.
    uniform = vote_distribution([[[0.5]]], 3, concentration=2)
    assert_allclose(uniform, np.full((1, 1, 4), 1 / 4), rtol=1e-14)
    two = vote_distribution([[[0.5]]], 2, concentration=2.0)
    assert_allclose(two[0, 0], [1 / 3] * 3, rtol=1e-14)


@pytest.mark.parametrize("concentration", [1e-12, 1e-320])
def test_with_hardly_any_concentration_all_volunteers_are_one(concentration):
    rho = random_rho(5)
    distribution = vote_distribution(rho, 30, concentration)
    mean = rho.mean(axis=1)
    assert_allclose(distribution[:, :, 0], 1 - mean, atol=1e-9)
    assert_allclose(distribution[:, :, 30], mean, atol=1e-9)
    one = vote_mutual_information(rho, 1)
    assert_allclose(vote_mutual_information(rho, 30, concentration), one, atol=1e-7)


@pytest.mark.parametrize("concentration", [0.1, 7.0, 1e6])
def test_limits_are_exact_with_a_concentration(concentration):
    certain = np.array([[[0.0], [1.0]], [[1.0], [1.0]]])
    expected = [[[0.5, 0, 0, 0.5]], [[0, 0, 0, 1]]]
    assert_array_equal(vote_distribution(certain, 3, concentration), expected)
    information = vote_mutual_information(certain, 227, concentration)
    assert_allclose(information, [[np.log(2)], [0]], atol=1e-15)
    one_draw = vote_mutual_information(random_rho(9, 1), 227, concentration)
    assert_array_equal(one_draw, np.zeros((9, 2)))
    none_asked = vote_mutual_information(random_rho(), 0, concentration)
    assert_array_equal(none_asked, np.zeros((5, 2)))


def test_one_volunteer_knows_no_concentration():
    rho = random_rho()
    one = vote_mutual_information(rho, 1)
    assert_allclose(vote_mutual_information(rho, 1, 0.7), one, atol=1e-14)


def test_each_question_has_its_own_concentration():
    rho = random_rho()
    for function in FUNCTIONS:
        both = function(rho, 9, [2.0, np.inf])
        assert_array_equal(both[:, 0], function(rho, 9, 2)[:, 0])
        assert_array_equal(both[:, 1], function(rho, 9)[:, 1])


def test_each_row_may_have_its_own_concentration():
    rho, n_votes = random_rho(), np.array([0, 9, 9, 40, 9])
    each = np.array([[2.0, np.inf], [3, 1], [np.inf, 7], [1, 1e5], [0.1, np.inf]])
    for function in FUNCTIONS:
        found = function(rho, n_votes, each)
        for row in range(5):
            alone = function(rho[row : row + 1], n_votes[row : row + 1], each[row])[0]
            n_k = alone.shape[1:]
            part = found[row] if n_k == () else found[row, :, : n_k[0]]
            assert_allclose(part, alone, rtol=0, atol=1e-12)


@pytest.mark.parametrize("function", [*FUNCTIONS, vote_information_curve])
@pytest.mark.parametrize(
    ("concentration", "error", "message"),
    [
        (0, ValueError, "got 0"),
        (-3.5, ValueError, "got -3.5"),
        (np.nan, ValueError, "got nan"),
        ([1.0, -np.inf], ValueError, "got -inf"),
        ([1.0] * 3, ValueError, r"5 rows and 2 questions, got shape \(3,\)"),
        ([[1.0, 2.0]], ValueError, r"got shape \(1, 2\)"),
        ([[1.0]] * 5, ValueError, r"got shape \(5, 1\)"),
        ("inf", TypeError, "got 'inf'"),
        (True, TypeError, "got True"),
    ],
)
def test_other_concentrations_are_refused(function, concentration, error, message):
    message = f"concentration of {function.__name__} must be None, .*{message}"
    with pytest.raises(error, match=message):
        function(random_rho(), [1] * 5, concentration)


# Curves


@pytest.mark.parametrize("concentration", [None, [4.0, np.inf]])
def test_the_curve_is_the_information_of_each_number(concentration):
    rho, numbers = random_rho(), [40, 0, 3, 3, 227]
    curve = vote_information_curve(rho, numbers, concentration)
    assert curve.shape == (5, 2, 5)
    for place, n in enumerate(numbers):
        expected = vote_mutual_information(rho, n, concentration)
        assert_array_equal(curve[:, :, place], expected)


def test_the_curve_ends_at_what_the_draws_differ_by():
    curve = vote_information_curve([[[0.3], [0.7]]], range(1, 500, 20))[0, 0]
    assert (np.diff(curve) >= -1e-12).all()
    assert_allclose(curve[-1], np.log(2))


@pytest.mark.parametrize(
    ("n_votes", "error", "message"),
    [
        (5, ValueError, r"a sequence of one number or more, got shape \(\)"),
        ([], TypeError, "must be integers, got dtype float64"),
        (np.zeros(0, int), ValueError, r"got shape \(0,\)"),
        ([[1, 2]], ValueError, r"got shape \(1, 2\)"),
        ([1, -2], ValueError, "must be 0 or more, got -2"),
        ([1.5], TypeError, "must be integers"),
    ],
)
def test_other_numbers_make_no_curve(n_votes, error, message):
    with pytest.raises(error, match=f"n_votes of vote_information_curve .*{message}"):
        vote_information_curve(random_rho(), n_votes)


# Blocks


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("concentration", [None, 6.0])
def test_blocks_do_not_show(function, concentration, monkeypatch):
    rho, n_votes = random_rho(50), np.arange(50) % 13
    expected = function(rho, n_votes, concentration)
    for n_numbers in (1, 1000, 10**7):
        monkeypatch.setattr(_vote_checks, "_NUMBERS", n_numbers)
        found = function(rho, n_votes, concentration)
        assert_allclose(found, expected, rtol=0, atol=1e-14)


@pytest.mark.slow
@pytest.mark.parametrize("concentration", [None, 6.0])
def test_memory_is_bounded(concentration):
    rho = random_rho(4000, 20, 1)
    tracemalloc.start()
    vote_mutual_information(rho, 200, concentration)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20  # all probabilities at once would take 123 MB


@pytest.mark.parametrize("function", FUNCTIONS)
def test_draws_and_numbers_stay_as_they_were(function):
    rho, n_votes = random_rho(), np.arange(5)
    rho.flags.writeable = n_votes.flags.writeable = False
    function(rho, n_votes, np.array([1.0, 2.0]))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_rows_have_no_information(function):
    assert function(np.empty((0, 3, 2)), 5).shape[:2] == (0, 2)


# Counts


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
        (-1, ValueError, "must be 0 or more, got -1"),
        (2.0, TypeError, "must be integers, got 2.0"),
        (True, TypeError, "must be integers, got True"),
        ("4", TypeError, "must be integers"),
        ([1, 2, 3, 4, -5], ValueError, "must be 0 or more, got -5"),
        ([1.0] * 5, TypeError, "must be integers, got dtype float64"),
        ([1, 2], ValueError, r"shape \(5,\) or \(5, 2\).* got shape \(2,\)"),
        ([[1, 2]], ValueError, r"got shape \(1, 2\)"),
    ],
)
def test_other_counts_are_refused(function, n_votes, error, message):
    with pytest.raises(error, match=f"n_votes of {function.__name__} .*{message}"):
        function(random_rho(), n_votes)
