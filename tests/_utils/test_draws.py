import tracemalloc

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skbal import information
from skbal._utils import draws as draws_module
from skbal._utils.draws import check_draws, chunks_in_cache
from skbal.information import (
    _epig,
    _joint,
    _more_votes,
    _vote_checks,
    _vote_epig,
    _vote_likelihood,
)
from tests.information.arrays import random_draws

ONE_ARRAY = [
    information.expected_entropy,
    information.margin,
    information.mean_std,
    information.mutual_information,
    information.predictive_entropy,
    information.predictive_variance,
    information.variation_ratio,
]


def vote_information(draws):
    return information.vote_mutual_information(draws, 5)


def vote_probabilities(draws):
    return information.vote_distribution(draws, 5)


def vote_information_with_concentration(draws):
    return information.vote_mutual_information(draws, 5, 3.0)


def vote_curve(draws):
    return information.vote_information_curve(draws, [1, 5])


def vote_log_likelihood(draws):
    votes = np.full((len(draws), np.shape(draws)[-1], 2), [2, 5])
    return information.vote_log_likelihood(draws, votes)


def more_vote_information(draws):
    votes = np.full((len(draws), np.shape(draws)[-1], 2), [2, 5])
    return information.more_vote_information(draws, votes, 4, 3.0)


def vote_gain_about_the_first_rows(draws):
    first = np.asarray(draws)[:4]
    return information.expected_vote_information_gain(draws, first, 5, 2)


def gain_about_the_first_rows(draws):
    first = np.asarray(draws)[:4]
    return information.expected_predictive_information_gain(draws, first)


OF_VOTES = [
    vote_information,
    vote_probabilities,
    vote_information_with_concentration,
    vote_curve,
]
EVERY = [
    *ONE_ARRAY,
    *OF_VOTES,
    vote_log_likelihood,
    more_vote_information,
    gain_about_the_first_rows,
    vote_gain_about_the_first_rows,
]


@pytest.mark.parametrize("function", EVERY)
@pytest.mark.parametrize("numbers", [1, 50, 1000])
def test_results_do_not_depend_on_the_size_of_chunks(function, numbers, monkeypatch):
    draws = random_draws(23, 6, 4)
    whole = function(draws)
    for module in (draws_module, _epig, _joint, _vote_epig, _vote_likelihood):
        monkeypatch.setattr(module, "NUMBERS_IN_CACHE", numbers)
    for module in (_more_votes, _vote_checks):
        monkeypatch.setattr(module, "_NUMBERS", numbers)
    for module in (_epig, _vote_epig):
        monkeypatch.setattr(module, "TARGET_COLUMNS", 8)
    np.testing.assert_allclose(function(draws), whole, atol=1e-14)


@pytest.mark.parametrize("function", EVERY)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_array_given_may_be_read_only_and_stays_as_it_was(function, dtype):
    draws = random_draws(9, 6, 4, dtype=dtype)
    before = draws.copy()
    draws.flags.writeable = False
    function(draws)
    assert_array_equal(draws, before)


@pytest.mark.parametrize("function", EVERY)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_are_float64(function, dtype):
    assert function(random_draws(9, 6, 4, dtype=dtype)).dtype == np.float64


@pytest.mark.parametrize("function", ONE_ARRAY)
def test_results_hold_one_number_a_row(function):
    assert function(random_draws(9, 6, 4)).shape == (9,)


@pytest.mark.parametrize("function", [*ONE_ARRAY, *OF_VOTES])
def test_an_array_without_rows_has_no_results(function):
    assert len(function(np.empty((0, 6, 4)))) == 0


@pytest.mark.parametrize("function", EVERY)
def test_memory_order_does_not_matter(function):
    draws = random_draws(9, 6, 4)
    expected = function(draws)
    np.testing.assert_allclose(function(np.asfortranarray(draws)), expected, atol=1e-15)
    every_other = np.repeat(draws, 2, axis=0)[::2]
    np.testing.assert_allclose(function(every_other), expected, atol=1e-15)
    np.testing.assert_allclose(function(draws.tolist()), expected, atol=1e-15)


@pytest.mark.parametrize("function", ONE_ARRAY)
def test_memory_maps_are_taken(function, tmp_path):
    draws = random_draws(9, 6, 4, dtype=np.float32)
    np.save(tmp_path / "draws.npy", draws)
    mapped = np.load(tmp_path / "draws.npy", mmap_mode="r")
    assert_array_equal(function(mapped), function(draws))


@pytest.mark.slow
@pytest.mark.parametrize("function", ONE_ARRAY)
def test_a_large_float32_array_is_not_copied(function):
    draws = np.full((40_000, 100, 10), 0.1, dtype=np.float32)  # 160 MB
    tracemalloc.start()
    try:
        function(draws)
        extra = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert extra < 50e6


@pytest.mark.parametrize("function", EVERY)
@pytest.mark.parametrize(
    "shape", [(3,), (3, 2), (3, 2, 2, 2), (3, 0, 2), (3, 2, 0)], ids=str
)
def test_other_shapes_are_refused_with_the_shape(function, shape):
    with pytest.raises(ValueError, match=r"given to .* must have shape"):
        function(np.full(shape, 0.5))


def test_the_message_names_function_and_shape():
    message = (
        r"draws given to mutual_information must have shape \(n_samples, n_draws, "
        r"n_outputs\) with at least one draw and two classes, got shape \(5, 10, 1\)"
    )
    with pytest.raises(ValueError, match=message):
        information.mutual_information(np.ones((5, 10, 1)))


@pytest.mark.parametrize("function", ONE_ARRAY)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nan_and_infinity_are_refused(function, bad, dtype):
    draws = random_draws(9, 6, 4, dtype=dtype)
    draws[7, 3, 1] = bad
    with pytest.raises(ValueError, match=f"{function.__name__} must be finite, got"):
        function(draws)


def test_draws_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="could not convert string"):
        check_draws([[["a", "b"]]], "mean_std")


def test_other_kinds_of_numbers_become_float64():
    whole = np.array([[[1, 0], [0, 1]]])
    for dtype in (np.int64, np.uint8, np.float16, bool, object):
        assert check_draws(whole.astype(dtype), "mean_std").dtype == np.float64
    assert check_draws(whole.astype(np.float32), "mean_std").dtype == np.float32


def test_chunks_are_views_that_cover_all_rows_in_order():
    draws = random_draws(10, 2, 3)
    seen = []
    for rows, block, scratch in chunks_in_cache(draws, 18):
        assert np.shares_memory(block, draws)
        assert not np.shares_memory(scratch, draws)
        assert scratch.shape == block.shape == (rows.stop - rows.start, 2, 3)
        assert block.size <= 18
        seen.append(block)
    assert_array_equal(np.concatenate(seen), draws)


def test_a_row_larger_than_a_block_is_a_block():
    assert [rows for rows, _, _ in chunks_in_cache(np.ones((2, 5, 5)), 3)] == [
        slice(0, 1),
        slice(1, 2),
    ]


def test_a_frame_is_refused_for_its_two_axes():
    with pytest.raises(ValueError, match="got shape"):
        information.mean_std(pd.DataFrame({"a": [0.5], "b": [0.5]}))
