"""Rows of a pool found again by fingerprints: against a dictionary of their bytes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skbal.features._known_rows import KnownRows, can_be_known, fingerprints

RNG = np.random.default_rng(0)


def by_dictionary(pool, X):
    places = {row.tobytes(): i for i, row in reversed(list(enumerate(pool)))}
    return [places.get(row.tobytes(), -1) for row in X]


@pytest.mark.parametrize("dtype", ["u1", "i2", "f4", "f8", "?"])
@pytest.mark.parametrize("shape", [(1,), (3,), (8,), (2, 5), (3, 4, 2)])
def test_they_are_those_of_a_dictionary(dtype, shape):
    pool = RNG.integers(0, 3, (50, *shape)).astype(dtype)
    X = RNG.integers(0, 3, (60, *shape)).astype(dtype)
    assert KnownRows(pool).find(X).tolist() == by_dictionary(pool, X)
    assert KnownRows(pool).find(pool).tolist() == by_dictionary(pool, pool)


@settings(max_examples=50)
@given(arrays(np.uint8, (2, 11)))
def test_different_rows_have_different_fingerprints(X):
    prints = fingerprints(X)
    assert (prints[0] == prints[1]) == np.array_equal(X[0], X[1])


@settings(max_examples=50)
@given(st.permutations(range(6)))
def test_the_order_of_the_words_counts(order):
    X = np.arange(6.0)[np.newaxis]
    moved = X[:, list(order)]
    same = fingerprints(X)[0] == fingerprints(moved)[0]
    assert same == (list(order) == list(range(6)))


def test_many_rows_are_found_in_pieces_and_not_next_to_each_other_in_memory():
    wide = RNG.normal(size=(500, 400))
    pool = wide[::2, ::2]
    order = RNG.permutation(len(pool))
    np.testing.assert_array_equal(KnownRows(pool).find(pool[order]), order)


@pytest.mark.parametrize(
    "X", [np.zeros((2, 3), "f4"), np.zeros((2, 4)), [[0.0] * 3], np.zeros((2, 3, 1))]
)
def test_another_form_is_not_looked_for(X):
    assert KnownRows(np.zeros((4, 3))).find(X) is None


def test_no_rows_are_found_among_rows():
    assert KnownRows(np.zeros((4, 3))).find(np.zeros((0, 3))).tolist() == []


@pytest.mark.parametrize(
    ("X", "expected"),
    [
        (np.zeros((2, 3)), True),
        (np.zeros((2, 3), "u1"), True),
        (np.zeros(3), False),
        (np.zeros((2, 3), object), False),
        (np.zeros((2, 3), complex), False),
        (np.zeros((2, 0)), False),
        ([[1.0]], False),
    ],
)
def test_arrays_of_numbers_can_be_known(X, expected):
    assert can_be_known(X) == expected
