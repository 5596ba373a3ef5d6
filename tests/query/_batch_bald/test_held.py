"""Draws held and made again are the same."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from skbal.query._batch_bald._held import HeldDraws
from tests.query._batch_bald.arrays import random_draws


class Counted:
    """Looks draws up, and counts how often each row was asked for."""

    def __init__(self, draws):
        self.draws = draws
        self.counts = np.zeros(len(draws), dtype=int)

    def __call__(self, rows):
        assert (np.diff(rows) > 0).all()
        self.counts[rows] += 1
        return self.draws[rows]


def held(draws, rows, bounds):
    load = Counted(draws)
    return HeldDraws(load, rows, draws[rows], bounds), load


def test_draws_come_with_the_draws_last_whatever_is_held():
    draws = random_draws(1000, 5, 3)
    bounds = np.random.default_rng(0).random(1000)
    some, _ = held(draws, np.arange(300), bounds)
    for seed in range(10):
        rows = np.random.default_rng(seed).choice(1000, 100, replace=False)
        assert_allclose(some.get(rows), draws[rows].transpose(0, 2, 1))


def test_what_is_held_is_not_made_again():
    draws, bounds = random_draws(50, 5, 3), np.ones(50)
    all_of_them, load = held(draws, np.arange(50), bounds)
    all_of_them.get(np.array([3, 7, 49]))
    assert load.counts.sum() == 0


def test_rows_with_the_smallest_bounds_make_room():
    draws = random_draws(400, 5, 3)
    bounds = np.linspace(1, 0, 400)
    some, load = held(draws, np.arange(300), bounds)
    some.get(np.array([399]))
    # The next best are made along with it: 300 to 399 all, in the places of others.
    assert_array_equal(np.flatnonzero(load.counts), np.arange(300, 400))
    some.get(np.arange(200))
    assert load.counts.max() == 1
    some.get(np.array([250]))
    assert load.counts[250] == 1


def test_rows_asked_for_together_do_not_push_each_other_out():
    draws = random_draws(200, 5, 3)
    some, _ = held(draws, np.arange(64), np.zeros(200))
    rows = np.random.default_rng(0).permutation(200)[:64]
    assert_allclose(some.get(rows), draws[rows].transpose(0, 2, 1))


def test_draws_in_float16_or_whole_numbers_become_exact_probabilities():
    draws = random_draws(10, 5, 3).astype(np.float16)
    half, _ = held(draws, np.arange(10), np.zeros(10))
    assert_allclose(half.get(np.arange(10)).sum(axis=1), 1, rtol=1e-12)
    votes = np.eye(3, dtype=int)[[[0, 1], [2, 2]]]
    whole, _ = held(votes, np.arange(2), np.zeros(2))
    assert_array_equal(whole.get(np.arange(2)), votes.transpose(0, 2, 1))
