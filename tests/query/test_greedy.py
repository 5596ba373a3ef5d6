"""The pure greedy choice, against dense log-determinants of whole batches."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skbal.query._greedy import greedy_information, information


def random_blocks(n_rows=25, n_outputs=1, n_factors=6, seed=0):
    rng = np.random.default_rng(seed)
    sizes = np.exp(rng.normal(size=(n_rows, 1, 1)))
    return sizes * rng.normal(size=(n_rows, n_outputs, n_factors))


def joint_information(blocks, batch):
    rows = blocks[list(batch)].reshape(-1, blocks.shape[2])
    return 0.5 * np.linalg.slogdet(np.eye(len(rows)) + rows @ rows.T)[1]


def dense_greedy(blocks, n_picks):
    batch, totals = [], [0.0]
    for _ in range(n_picks):
        left = [row for row in range(len(blocks)) if row not in batch]
        scores = [joint_information(blocks, [*batch, row]) for row in left]
        batch.append(left[int(np.argmax(scores))])
        totals.append(max(scores))
    return batch, np.diff(totals)


def choose(blocks, n_picks, n_held=None, **kwargs):
    n_rows = len(blocks)
    kwargs.setdefault("priority", np.arange(n_rows))
    n_held = n_rows if n_held is None else n_held
    return greedy_information(
        lambda rows: blocks[rows], n_rows, n_picks, n_held=n_held, **kwargs
    )


@pytest.mark.parametrize("n_outputs", [1, 3])
@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), n_factors=st.integers(1, 12))
def test_rows_and_gains_are_those_of_dense_log_determinants(n_outputs, seed, n_factors):
    blocks = random_blocks(12, n_outputs, n_factors, seed)
    rows, gains = choose(blocks, 7)
    expected, differences = dense_greedy(blocks, 7)
    assert_array_equal(rows, expected)
    assert_allclose(gains, differences, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_gains_sum_to_the_information_of_the_batch_and_never_grow(n_outputs):
    blocks = random_blocks(40, n_outputs)
    rows, gains = choose(blocks, 40)
    assert_array_equal(np.sort(rows), np.arange(40))
    assert_allclose(gains.sum(), joint_information(blocks, range(40)), rtol=1e-10)
    assert (np.diff(gains) <= 1e-12).all()


@pytest.mark.slow
@settings(max_examples=20)
@given(data=st.data())
def test_the_choice_does_not_depend_on_how_many_blocks_are_held(data):
    seed = data.draw(st.integers(0, 10**6))
    n_held = data.draw(st.integers(1, 29))
    blocks = random_blocks(30, data.draw(st.integers(1, 2)), 5, seed)
    blocks[10:20] = blocks[3]  # ties too
    priority = np.random.default_rng(seed).random(30)
    rows, gains = choose(blocks, 15, priority=priority)
    first = information(blocks @ blocks.swapaxes(1, 2))
    for bounds in (None, first):
        few, few_gains = choose(blocks, 15, n_held, priority=priority, bounds=bounds)
        assert_array_equal(few, rows)
        assert_allclose(few_gains, gains, rtol=1e-10)


def test_no_more_blocks_are_asked_for_at_once_than_may_be_held():
    blocks, sizes = random_blocks(50), []

    def load(rows):
        assert (np.diff(rows) > 0).all()
        sizes.append(len(rows))
        return blocks[rows]

    greedy_information(load, 50, 10, n_held=7, priority=np.arange(50))
    assert max(sizes) == 7


def test_bounds_given_are_left_as_they_were():
    blocks = random_blocks()
    bounds = information(blocks @ blocks.swapaxes(1, 2))
    before = bounds.copy()
    choose(blocks, 5, 5, bounds=bounds)
    assert_array_equal(bounds, before)


@pytest.mark.parametrize("seed", range(5))
def test_the_batch_is_near_the_best_of_all_batches(seed):
    blocks = random_blocks(11, 1, 4, seed)
    _, gains = choose(blocks, 4)
    best = max(joint_information(blocks, batch) for batch in combinations(range(11), 4))
    assert (1 - 1 / np.e) * best <= gains.sum() <= best + 1e-12


def test_two_rows_worked_by_hand():
    # Rows 0 and 1 see one direction, row 2 another: log(1 + 9) / 2, then row 2 with
    # log(1 + 1) / 2 before row 1, which has 4 - 36 / 10 left.
    blocks = np.array([[[3.0, 0]], [[2.0, 0]], [[0, 1.0]]])
    rows, gains = choose(blocks, 3)
    assert_array_equal(rows, [0, 2, 1])
    assert_allclose(gains, np.log([10, 2, 1.4]) / 2)


def test_equal_rows_come_in_the_order_of_their_priority():
    blocks = np.ones((5, 1, 2))
    priority = np.array([0.3, 0.1, 0.5, 0.2, 0.4])
    rows, _ = choose(blocks, 5, priority=priority)
    assert_array_equal(rows, [1, 3, 0, 4, 2])


def test_rows_that_tell_nothing_come_last_and_bring_nothing():
    blocks = np.zeros((4, 2, 3))
    blocks[2, 0, 0] = 1
    for n_held in (1, 4):
        rows, gains = choose(blocks, 4, n_held)
        assert_array_equal(rows, [2, 0, 1, 3])
        assert_allclose(gains, [np.log(2) / 2, 0, 0, 0])


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_noise_far_below_the_variance_costs_few_digits(n_outputs):
    # Variances of some 1e10: their rounding is 1e-6 of the noise.
    blocks = 1e5 * random_blocks(20, n_outputs, 3)
    _, gains = choose(blocks, 20)
    # By the small matrix, since the large one has lost its digits.
    seen = blocks.reshape(-1, 3)
    expected = np.linalg.slogdet(np.eye(3) + seen.T @ seen)[1] / 2
    assert_allclose(gains.sum(), expected, rtol=1e-5)


def test_noise_lost_in_the_rounding_of_the_variance_still_gives_an_order():
    rows, gains = choose(1e12 * random_blocks(20, 2, 3), 20)
    assert_array_equal(np.sort(rows), np.arange(20))
    assert np.isfinite(gains).all()
    assert (gains >= 0).all()
