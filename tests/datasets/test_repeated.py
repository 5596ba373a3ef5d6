"""Copies are copies, their noise is the noise asked for, and nothing else changes."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.sparse import csr_array

from skbal.datasets import make_repeated

IMAGES = np.random.default_rng(0).random((6, 1, 4, 4), dtype=np.float32)
DIGITS = np.arange(6)


@settings(max_examples=20)
@given(
    n_samples=st.integers(1, 7),
    n_repeats=st.integers(1, 5),
    shape=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    seed=st.integers(0, 2**32 - 1),
)
def test_without_noise_the_copies_are_the_rows_at_the_index(
    n_samples, n_repeats, shape, seed
):
    X = np.random.default_rng(seed).normal(size=(n_samples, *shape))
    y = np.arange(n_samples) * 10
    X_repeated, y_repeated, index = make_repeated(
        X, y, n_repeats, noise=0, random_state=seed, return_index=True
    )
    np.testing.assert_array_equal(X_repeated, np.concatenate([X] * n_repeats))
    np.testing.assert_array_equal(X_repeated, X[index])
    np.testing.assert_array_equal(y_repeated, y[index])
    np.testing.assert_array_equal(np.bincount(index), np.full(n_samples, n_repeats))


def test_the_noise_is_gaussian_with_the_standard_deviation_asked_for():
    X = np.full((500, 40), 3.0)
    X_repeated, _ = make_repeated(X, np.zeros(500), noise=0.1, random_state=0)
    standardised = (X_repeated - 3.0) / 0.1
    # The Kolmogorov-Smirnov distance of 60,000 true draws is above this one time in a
    # million.
    assert stats.kstest(standardised.ravel(), "norm").pvalue > 1e-6


def test_each_copy_has_its_own_noise():
    X_repeated, _ = make_repeated(np.zeros((2000, 5)), np.zeros(2000), random_state=0)
    copies = X_repeated.reshape(3, -1)
    correlations = np.corrcoef(copies)[np.triu_indices(3, k=1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(copies.shape[1])


def test_more_repeats_add_copies_and_change_none():
    few = make_repeated(IMAGES, DIGITS, 2, random_state=1)
    many = make_repeated(IMAGES, DIGITS, 5, random_state=1)
    for part_of_few, part_of_many in zip(few, many):
        np.testing.assert_array_equal(part_of_many[: len(part_of_few)], part_of_few)


def test_a_seed_repeats_and_another_seed_does_not():
    first, again, other = (
        make_repeated(IMAGES, DIGITS, random_state=seed)[0] for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.isclose(first, other).any()


@pytest.mark.parametrize(
    ("given_type", "returned_type"),
    [
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.int64, np.float64),
        (np.uint8, np.float64),
        (bool, np.float64),
    ],
)
def test_float32_stays_float32_and_all_else_becomes_float64(given_type, returned_type):
    X, _ = make_repeated(np.ones((2, 3), dtype=given_type), [0, 1], random_state=0)
    assert X.dtype == returned_type


def test_images_keep_their_shape_and_the_callers_arrays_are_left_alone():
    kept, labels = IMAGES.copy(), DIGITS.copy()
    X, y = make_repeated(IMAGES, DIGITS, 4)
    assert X.shape == (24, 1, 4, 4)
    assert y.shape == (24,)
    np.testing.assert_array_equal(IMAGES, kept)
    np.testing.assert_array_equal(DIGITS, labels)
    assert not np.shares_memory(X, IMAGES)


def test_one_repeat_is_the_rows_with_noise():
    X, y = make_repeated(IMAGES, DIGITS, n_repeats=1, noise=0.1, random_state=0)
    np.testing.assert_array_equal(y, DIGITS)
    assert 0 < np.abs(X - IMAGES).max() < 1


def test_labels_of_any_kind_are_repeated():
    votes = np.arange(12).reshape(6, 2)
    _, repeated = make_repeated(IMAGES, votes, 2)
    np.testing.assert_array_equal(repeated, np.concatenate([votes, votes]))
    names = pd.Series(list("abcdef"), index=range(10, 16))
    _, repeated = make_repeated(IMAGES, names, 2)
    assert repeated.tolist() == list("abcdefabcdef")


def test_a_frame_and_a_memory_map_give_what_their_arrays_give(tmp_path):
    X = IMAGES.reshape(6, -1)
    expected, _ = make_repeated(X, DIGITS, random_state=0)
    frame, _ = make_repeated(pd.DataFrame(X), DIGITS, random_state=0)
    np.testing.assert_array_equal(frame, expected)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    np.testing.assert_array_equal(
        make_repeated(mapped, DIGITS, random_state=0)[0], expected
    )


def test_no_more_is_held_than_what_is_returned():
    X = np.zeros((2000, 500), dtype=np.float32)
    tracemalloc.start()
    try:
        X_repeated, _ = make_repeated(X, np.zeros(2000), n_repeats=5, random_state=0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1.1 * X_repeated.nbytes


def test_the_global_stream_is_left_alone():
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    make_repeated(IMAGES, DIGITS)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_repeats": 0}, ValueError, "n_repeats of make_repeated must be an integer"),
        ({"n_repeats": 2.0}, TypeError, "n_repeats of make_repeated must be an intege"),
        ({"noise": -0.1}, ValueError, "noise of make_repeated must be a real number"),
        ({"noise": "big"}, TypeError, "noise of make_repeated must be a real number"),
        ({"random_state": -1}, ValueError, "random_state of make_repeated"),
        ({"y": [0, 1]}, ValueError, "inconsistent numbers of samples"),
        ({"X": np.empty((0, 3)), "y": []}, ValueError, "minimum of 1 is required"),
        ({"X": [[0.0], [np.nan]], "y": [0, 1]}, ValueError, "X contains NaN"),
        ({"X": csr_array(np.eye(2)), "y": [0, 1]}, TypeError, "parse data"),
    ],
)
def test_an_error_says_whose_argument_was_wrong(arguments, error, message):
    with pytest.raises(error, match=message):
        make_repeated(**{"X": IMAGES, "y": DIGITS, **arguments})
