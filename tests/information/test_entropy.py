import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import entropy

from skbal.information import (
    expected_entropy,
    margin,
    mutual_information,
    predictive_entropy,
    variation_ratio,
)
from tests.information.arrays import ENTROPY, EXPECTED, HAND, draws, random_draws

UNCERTAINTIES = [
    expected_entropy,
    mutual_information,
    predictive_entropy,
    variation_ratio,
]
FUNCTIONS = [*UNCERTAINTIES, margin]
fast = settings(max_examples=60)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_four_cases_worked_by_hand(dtype):
    cases, tolerance = HAND.astype(dtype), 1e-6 if dtype == np.float32 else 1e-14
    assert_allclose(predictive_entropy(cases), ENTROPY, atol=tolerance)
    assert_allclose(expected_entropy(cases), EXPECTED, atol=tolerance)
    assert_allclose(mutual_information(cases), ENTROPY - EXPECTED, atol=tolerance)
    assert_allclose(variation_ratio(cases), [0, 2 / 3, 2 / 3, 1 / 3], atol=tolerance)
    assert_allclose(margin(cases), [1, 0, 0, 1 / 3], atol=tolerance)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_certain_agreeing_draws_have_no_entropy_at_all(dtype):
    certain = np.zeros((1, 7, 3), dtype)
    certain[..., 1] = 1
    for function in UNCERTAINTIES:
        assert function(certain) == 0
    assert margin(certain) == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_draws", [1, 2, 7, 10, 100])
@pytest.mark.parametrize("n_classes", [2, 10, 200])
def test_bald_is_exactly_zero_when_all_draws_agree(dtype, n_draws, n_classes):
    one = random_draws(50, 1, n_classes, dtype=dtype)
    agreeing = np.repeat(one, n_draws, axis=1)
    assert_array_equal(mutual_information(agreeing), np.zeros(50))


def test_entropies_are_those_of_scipy():
    sample = random_draws(30, 8, 5)
    assert_allclose(predictive_entropy(sample), entropy(sample.mean(axis=1), axis=1))
    assert_allclose(expected_entropy(sample), entropy(sample, axis=2).mean(axis=1))


def test_bald_is_the_mean_divergence_of_the_draws_from_their_mean():
    sample = random_draws(30, 8, 5)
    mean = sample.mean(axis=1, keepdims=True)
    divergence = entropy(sample, np.broadcast_to(mean, sample.shape), axis=2)
    assert_allclose(mutual_information(sample), divergence.mean(axis=1), atol=1e-14)


def test_bald_is_the_difference_of_the_two_entropies():
    sample = random_draws(30, 8, 5)
    difference = predictive_entropy(sample) - expected_entropy(sample)
    assert_allclose(mutual_information(sample), difference, atol=1e-14)


def test_variation_ratio_is_the_chance_that_the_likeliest_class_is_wrong():
    sample = random_draws(30, 8, 5)
    mean = sample.mean(axis=1)
    wrong = [row.sum() - row.max() for row in mean]
    assert_allclose(variation_ratio(sample), wrong)


def test_margin_is_what_the_likeliest_class_has_more_than_the_second():
    sample = random_draws(30, 8, 5)
    ordered = [sorted(row, reverse=True) for row in sample.mean(axis=1)]
    assert_allclose(margin(sample), [row[0] - row[1] for row in ordered])


def test_margin_of_two_classes_is_twice_the_distance_from_one_half():
    sample = random_draws(30, 8, 2)
    distance = np.abs(sample[..., 0].mean(axis=1) - 0.5)
    assert_allclose(margin(sample), 2 * distance, atol=1e-14)


@pytest.mark.slow
@fast
@given(draws())
def test_information_is_between_zero_and_entropy_and_that_below_log_n_classes(sample):
    information = mutual_information(sample)
    total = predictive_entropy(sample)
    assert (information >= 0).all()
    assert (information <= total + 1e-12).all()
    assert (expected_entropy(sample) <= total + 1e-12).all()
    assert (total <= np.log(sample.shape[2]) + 1e-12).all()


@fast
@given(draws())
def test_information_is_at_most_the_logarithm_of_the_number_of_draws(sample):
    assert (mutual_information(sample) <= np.log(sample.shape[1]) + 1e-12).all()


@pytest.mark.slow
@fast
@given(draws(), st.integers(0, 2), st.integers(0, 2**32 - 1))
def test_order_of_draws_and_classes_does_not_matter_and_rows_keep_theirs(
    sample, axis, seed
):
    order = np.random.default_rng(seed).permutation(sample.shape[axis])
    shuffled = np.take(sample, order, axis=axis)
    for function in FUNCTIONS:
        expected = function(sample)[order] if axis == 0 else function(sample)
        assert_allclose(function(shuffled), expected, atol=1e-12)


@pytest.mark.slow
@fast
@given(draws())
def test_repeating_every_draw_changes_nothing(sample):
    twice = np.concatenate([sample, sample], axis=1)
    for function in FUNCTIONS:
        assert_allclose(function(twice), function(sample), atol=1e-12)


@pytest.mark.slow
@fast
@given(draws())
def test_a_class_that_never_happens_changes_nothing(sample):
    never = np.concatenate([sample, np.zeros((*sample.shape[:2], 1))], axis=2)
    for function in FUNCTIONS:
        assert_allclose(function(never), function(sample), atol=1e-12)


@pytest.mark.parametrize("n_draws", [1, 10, 97, 100, 1000])
@pytest.mark.parametrize("n_classes", [2, 10, 300])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_float32_is_right_to_a_millionth_of_a_nat(n_draws, n_classes, function):
    sample = random_draws(20, n_draws, n_classes, dtype=np.float32)
    exact = function(sample.astype(np.float64))
    assert_allclose(function(sample), exact, atol=1e-6)


def test_halves_are_the_halves_of_the_whole():
    sample = random_draws(20, 10, 4, dtype=np.float32)
    for function in FUNCTIONS:
        halves = np.concatenate([function(sample[:7]), function(sample[7:])])
        assert_array_equal(halves, function(sample))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_negative_numbers_are_refused(function):
    sample = random_draws(5, 4, 3)
    sample[2, 1] = [1.2, -0.2, 0.0]
    with pytest.raises(ValueError, match=f"{function.__name__}.*the negative -0.2"):
        function(sample)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("n_draws", [1, 10, 11])
def test_draws_that_do_not_sum_to_one_are_refused(function, n_draws):
    sample = random_draws(5, n_draws, 3)
    sample[3, 0] *= 1.5
    with pytest.raises(ValueError, match=r"sum to one .* got sums from 1 to 1\.5"):
        function(sample)


@pytest.mark.parametrize("n", [3, 10, 20])
def test_draws_with_classes_on_the_wrong_axis_are_refused(n):
    swapped = random_draws(5, n, n).transpose(0, 2, 1)
    with pytest.raises(ValueError, match="sum to one over the last axis"):
        mutual_information(swapped)


def test_rounding_to_float16_is_taken():
    sample = random_draws(50, 10, 10)
    rounded = mutual_information(sample.astype(np.float16))
    assert_allclose(rounded, mutual_information(sample), atol=5e-3)


@pytest.mark.parametrize("row", range(3))
@pytest.mark.parametrize("n_draws", [2, 10, 20])
@pytest.mark.parametrize(
    "function",
    [predictive_entropy, expected_entropy, mutual_information, variation_ratio],
)
def test_draws_that_balance_each_other_are_refused(function, n_draws, row):
    draws = np.full((3, n_draws, 4), 0.25)
    draws[row, 0] *= 2
    draws[row, 1] = 0
    with pytest.raises(ValueError, match="got sums from 0 to 2"):
        function(draws)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("off", [0.995, 1.005])
def test_a_single_draw_that_is_off_is_found_wherever_it_is(dtype, off):
    for n_draws in (1, 7, 10, 30):
        for row in (0, 1, 63, 64):
            draws = np.full((70, n_draws, 3), 1 / 3, dtype=dtype)
            draws[row, n_draws // 2] *= off
            with pytest.raises(ValueError, match="sum to one over the last axis"):
                mutual_information(draws)
