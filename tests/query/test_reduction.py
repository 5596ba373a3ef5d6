"""The pure greedy choice of low variance, against dense covariances of all rows."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skbal.query._reduction import (
    falls_given,
    greedy_reduction,
    quadratic_forms,
    second_moment,
)
from tests.query.test_greedy import random_blocks


def random_noise(n_rows, n_outputs, seed=0):
    roots = np.random.default_rng(seed).normal(size=(n_rows, n_outputs, n_outputs))
    return roots @ roots.swapaxes(1, 2) + 0.1 * np.eye(n_outputs)


def mean_variance(blocks, noise, targets, batch):
    """Return the mean over targets of the sum of the variances, given some labels."""
    n_outputs, n_factors = blocks.shape[1:]
    covariance = np.eye(n_factors)
    if len(batch):
        seen = blocks[batch].reshape(-1, n_factors)
        among = seen @ seen.T
        for place, row in enumerate(batch):
            part = slice(place * n_outputs, (place + 1) * n_outputs)
            among[part, part] += noise[row]
        covariance -= seen.T @ np.linalg.solve(among, seen)
    return np.einsum("tdr,rs,tds->", targets, covariance, targets) / len(targets)


def dense_greedy(blocks, noise, targets, n_picks):
    batch, falls = [], []
    for _ in range(n_picks):
        now = mean_variance(blocks, noise, targets, batch)
        left = [row for row in range(len(blocks)) if row not in batch]
        after = [mean_variance(blocks, noise, targets, [*batch, row]) for row in left]
        batch.append(left[int(np.argmin(after))])
        falls.append(now - min(after))
    return batch, np.array(falls)


def choose(blocks, noise, targets, n_picks, n_held=None, priority=None):
    n_rows = len(blocks)
    n_held = n_rows if n_held is None else n_held
    return greedy_reduction(
        (blocks[:n_held], noise[:n_held]),
        second_moment(targets) / len(targets),
        n_picks,
        priority=np.arange(n_rows) if priority is None else priority,
        load=lambda rows: (blocks[rows], noise[rows]),
        falls_of_rest=partial(falls_given, blocks[n_held:], noise[n_held:]),
    )


@pytest.mark.parametrize("n_outputs", [1, 3])
@settings(max_examples=20)
@given(
    seed=st.integers(0, 10**6), n_factors=st.integers(1, 9), n_held=st.integers(1, 12)
)
def test_rows_and_falls_are_those_of_dense_covariances(
    n_outputs, seed, n_factors, n_held
):
    blocks = random_blocks(12, n_outputs, n_factors, seed)
    targets = random_blocks(5, n_outputs, n_factors, seed + 1)
    noise = random_noise(12, n_outputs, seed)
    rows, falls = choose(blocks, noise, targets, 6, n_held)
    expected, differences = dense_greedy(blocks, noise, targets, 6)
    assert_array_equal(rows, expected)
    assert_allclose(falls, differences, rtol=1e-8, atol=1e-9 * differences[0])


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_falls_sum_to_that_of_the_batch(n_outputs):
    blocks, noise = random_blocks(30, n_outputs), random_noise(30, n_outputs)
    rows, falls = choose(blocks, noise, blocks, 30)
    assert_array_equal(np.sort(rows), np.arange(30))
    before, after = (mean_variance(blocks, noise, blocks, b) for b in ([], range(30)))
    assert_allclose(falls.sum(), before - after, rtol=1e-10)
    assert (falls >= 0).all()


def test_a_fall_may_be_larger_than_the_one_before():
    # The target is z_0, the rows are z_0 + 3 z_1 and z_1. Alone, the first label takes
    # 1 / 10 of the variance away, and the second nothing. Together they tell z_0.
    blocks = np.array([[[1.0, 3.0]], [[0.0, 1.0]]])
    noise, target = np.full((2, 1, 1), 1e-9), np.array([[[1.0, 0.0]]])
    rows, falls = choose(blocks, noise, target, 2)
    assert_array_equal(rows, [0, 1])
    assert_allclose(falls, [0.1, 0.9], rtol=1e-6)


def test_three_rows_worked_by_hand():
    # Noise 1, the targets are the rows. Row 0: 9 (9 + 4) / (3 * 10); row 2, of another
    # direction: 1 / (3 * 2); then row 1, where 1 / 10 of the variance is left:
    # (0.4)^2 (9 + 4) / 4 / (3 * 1.4).
    blocks = np.array([[[3.0, 0]], [[2.0, 0]], [[0, 1.0]]])
    rows, falls = choose(blocks, np.ones((3, 1, 1)), blocks, 3)
    assert_array_equal(rows, [0, 2, 1])
    assert_allclose(falls, [117 / 30, 1 / 6, 0.04 * 13 / 4.2])


def test_rows_that_are_not_held_are_looked_at_once_for_each_choice():
    blocks, noise, calls = random_blocks(50), np.ones((50, 1, 1)), []

    def falls_of_rest(*state):
        calls.append(1)
        return falls_given(blocks[7:], noise[7:], *state)

    greedy_reduction(
        (blocks[:7], noise[:7]),
        second_moment(blocks),
        4,
        priority=np.arange(50),
        load=lambda rows: (blocks[rows], noise[rows]),
        falls_of_rest=falls_of_rest,
    )
    assert len(calls) == 4


def test_equal_rows_come_in_the_order_of_their_priority():
    blocks = np.ones((5, 1, 2))
    priority = np.array([0.3, 0.1, 0.5, 0.2, 0.4])
    rows, _ = choose(blocks, np.ones((5, 1, 1)), blocks, 5, priority=priority)
    assert_array_equal(rows, [1, 3, 0, 4, 2])


def test_rows_that_tell_nothing_come_last_and_bring_nothing():
    blocks = np.zeros((4, 2, 3))
    blocks[2, 0, 0] = 1
    rows, falls = choose(blocks, random_noise(4, 2), blocks, 4)
    assert_array_equal(rows, [2, 0, 1, 3])
    assert_array_equal(falls[1:], 0)


def test_noise_far_below_the_variance_costs_few_digits():
    blocks = 1e5 * random_blocks(20, 1, 3)
    noise = np.ones((20, 1, 1))
    _, falls = choose(blocks, noise, blocks, 20)
    # By the small matrix: the sum of f' (I + F'F)^-1 f over rows f is 3, less a little.
    seen = blocks.reshape(-1, 3)
    after = np.trace(seen @ np.linalg.inv(np.eye(3) + seen.T @ seen) @ seen.T) / 20
    assert_allclose(falls.sum(), (seen**2).sum() / 20 - after, rtol=1e-6)


# Single precision


@pytest.mark.parametrize("seed", range(5))
def test_a_single_row_in_float32_is_the_one_of_float64(seed):
    blocks = random_blocks(4000, 1, 60, seed).astype(np.float32)
    blocks[1000:3000] = blocks[np.linalg.norm(blocks[:, 0], axis=1).argmax()]
    noise = np.full((4000, 1, 1), 0.3)
    priority = np.random.default_rng(seed).random(4000)
    rough = second_moment(blocks, np.float32) / 4000
    exact = blocks.astype(np.float64)
    row, fall = greedy_reduction((blocks, noise), rough, 1, priority=priority)
    expected, falls = choose(exact, noise, exact, 1, priority=priority)
    assert_array_equal(row, expected)
    assert_allclose(fall, falls, rtol=1e-6)


def test_batches_in_float32_are_computed_in_float64():
    blocks = random_blocks(200, 1, 8).astype(np.float32)
    noise, exact = np.full((200, 1, 1), 1e-4), blocks.astype(np.float64)
    rows, falls = choose(blocks, noise, blocks, 20)
    expected, differences = choose(exact, noise, exact, 20)
    assert_array_equal(rows, expected)
    assert_allclose(falls, differences, rtol=1e-12)


# Sums of products


@pytest.mark.parametrize(("n_outputs", "n_factors"), [(1, 1), (1, 7), (1, 300), (3, 5)])
def test_quadratic_forms_are_those_of_einsum(n_outputs, n_factors):
    rng = np.random.default_rng(0)
    blocks = rng.normal(size=(2000, n_outputs, n_factors))
    matrix = rng.normal(size=(n_factors, n_factors))
    matrix += matrix.T
    expected = np.einsum("ndr,rs,nes->nde", blocks, matrix, blocks, optimize=True)
    found = quadratic_forms(blocks, matrix)
    assert_allclose(found, expected, rtol=1e-10, atol=1e-12 * np.abs(expected).max())
    squares = np.einsum("ndr,ner->nde", blocks, blocks)
    assert_allclose(quadratic_forms(blocks), squares)
    moment = np.einsum("ndr,nds->rs", blocks, blocks)
    assert_allclose(second_moment(blocks), moment, atol=1e-10 * moment.max())


def test_sums_in_float32_are_right_to_a_millionth():
    blocks = random_blocks(20_000, 1, 200).astype(np.float32)
    exact = second_moment(blocks)
    rough = second_moment(blocks, np.float32)
    assert_allclose(rough, exact, atol=1e-6 * exact.max())
    forms = quadratic_forms(blocks, exact)
    found = quadratic_forms(blocks, rough, np.float32)
    assert_allclose(found, forms, rtol=2e-6)
