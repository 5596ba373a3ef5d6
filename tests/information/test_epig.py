import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skbal.information import (
    expected_predictive_information_gain,
    joint_mutual_information,
    mutual_information,
    predictive_entropy,
)
from tests.information.arrays import draws, random_draws


def gain_one_by_one(pool, target):
    """The information of each pair of rows, from the table of its two labels."""
    gains = np.zeros((len(pool), len(target)))
    n_draws = pool.shape[1]
    for i, row in enumerate(pool):
        for j, other in enumerate(target):
            joint = sum(np.outer(row[k], other[k]) for k in range(n_draws)) / n_draws
            apart = np.outer(joint.sum(axis=1), joint.sum(axis=0))
            some = joint > 0
            gains[i, j] = (joint[some] * np.log(joint[some] / apart[some])).sum()
    return gains.mean(axis=1)


@pytest.mark.parametrize("n_target_classes", [2, 4])
def test_the_matrix_form_is_that_of_the_pairs_one_by_one(n_target_classes):
    pool = random_draws(7, 6, 4)
    target = random_draws(5, 6, n_target_classes, seed=1)
    gain = expected_predictive_information_gain(pool, target)
    assert_allclose(gain, gain_one_by_one(pool, target), atol=1e-14)


def test_exact_zeros_are_taken():
    pool = np.eye(3)[np.random.default_rng(0).integers(3, size=(6, 5))]
    target = np.eye(2)[np.random.default_rng(1).integers(2, size=(4, 5))]
    gain = expected_predictive_information_gain(pool, target)
    assert_allclose(gain, gain_one_by_one(pool, target), atol=1e-14)


def test_a_row_that_moves_with_the_target_tells_all_and_another_nothing():
    target = np.array([[[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]])
    opposite = target[:, :, ::-1]
    unrelated = target[:, [0, 2, 1, 3]]
    pool = np.concatenate([target, opposite, unrelated])
    gain = expected_predictive_information_gain(pool, target)
    assert_allclose(gain, [np.log(2), np.log(2), 0], atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_draws", [1, 10, 100])
def test_gain_is_exactly_zero_when_all_draws_agree(dtype, n_draws):
    agreeing = np.repeat(random_draws(9, 1, 5, dtype=dtype), n_draws, axis=1)
    target = random_draws(4, n_draws, 3, dtype=dtype)
    gain = expected_predictive_information_gain(agreeing, target)
    assert_array_equal(gain, np.zeros(9))


def test_gain_about_one_target_is_the_joint_information_they_share():
    # I[y; y*] = I[y; w] + I[y*; w] - I[y, y*; w], as y and y* are independent given w.
    pool, target = random_draws(6, 8, 3), random_draws(1, 8, 3, seed=1)
    joint = [joint_mutual_information([row, target[0]]) for row in pool]
    shared = mutual_information(pool) + mutual_information(target) - joint
    gain = expected_predictive_information_gain(pool, target)
    assert_allclose(gain, shared, atol=1e-14)


@pytest.mark.slow
@settings(max_examples=60)
@given(draws(), st.data())
def test_gain_is_at_most_bald_and_the_entropy_of_the_targets(pool, data):
    n_draws = pool.shape[1]
    target = random_draws(3, n_draws, 3, seed=data.draw(st.integers(0, 99)))
    gain = expected_predictive_information_gain(pool, target)
    assert (gain >= 0).all()
    assert (gain <= mutual_information(pool) + 1e-12).all()
    assert (gain <= predictive_entropy(target).mean() + 1e-12).all()
    assert (gain <= mutual_information(target).mean() + 1e-12).all()


def test_the_same_order_of_draws_in_both_does_not_matter_but_another_does():
    pool, target = random_draws(6, 8, 3), random_draws(4, 8, 3, seed=1)
    gain = expected_predictive_information_gain(pool, target)
    both = expected_predictive_information_gain(pool[:, ::-1], target[:, ::-1])
    assert_allclose(both, gain, atol=1e-14)
    one = expected_predictive_information_gain(pool[:, ::-1], target)
    assert np.abs(one - gain).max() > 1e-3


def test_gain_about_all_targets_is_the_mean_of_the_gains():
    pool, target = random_draws(6, 8, 3), random_draws(4, 8, 3, seed=1)
    each = [expected_predictive_information_gain(pool, [row]) for row in target]
    gain = expected_predictive_information_gain(pool, target)
    assert_allclose(gain, np.mean(each, axis=0), atol=1e-14)


@pytest.mark.parametrize("scale", [0.01, 1, 8])
def test_products_of_float32_draws_are_right_to_a_millionth(scale):
    # From draws that hardly differ to draws that are mostly certain.
    rng = np.random.default_rng(0)
    logits = [scale * rng.normal(size=(n, 40, 3)) for n in (5, 4)]
    exact = [np.exp(x) / np.exp(x).sum(axis=2, keepdims=True) for x in logits]
    pool, target = (rows.astype(np.float32) for rows in exact)
    gain = expected_predictive_information_gain(pool, target)
    assert_allclose(gain, gain_one_by_one(*exact), atol=1e-6)


def test_probabilities_too_small_for_products_in_float32_count_as_zero():
    rng = np.random.default_rng(0)
    exact = [10.0 ** -rng.uniform(0, 40, size=(n, 30, 4)) for n in (5, 6)]
    exact = [rows / rows.sum(axis=2, keepdims=True) for rows in exact]
    pool, target = (rows.astype(np.float32) for rows in exact)
    with np.errstate(all="raise", under="ignore"):
        gain = expected_predictive_information_gain(pool, target)
    assert_allclose(gain, gain_one_by_one(*exact), atol=1e-6)


def test_many_targets_are_worked_on_in_parts():
    pool = random_draws(3, 4, 3)
    target = random_draws(700, 4, 4, seed=1)  # 2,800 columns
    gain = expected_predictive_information_gain(pool, target)
    assert_allclose(gain, gain_one_by_one(pool, target), atol=1e-14)


def test_different_numbers_of_draws_are_refused_with_both():
    with pytest.raises(ValueError, match="same draws, got 4 and 5 draws"):
        expected_predictive_information_gain(
            random_draws(2, 4, 3), random_draws(2, 5, 3)
        )


def test_a_pool_without_rows_has_no_gain():
    target = random_draws(2, 4, 3)
    assert expected_predictive_information_gain(target[:0], target).shape == (0,)


def test_no_target_is_refused():
    with pytest.raises(ValueError, match=r"draws_target .* must hold at least one row"):
        expected_predictive_information_gain(random_draws(2, 4, 3), np.empty((0, 4, 3)))


@pytest.mark.parametrize("name", ["draws_pool", "draws_target"])
def test_the_message_says_which_array_is_wrong(name):
    arrays = {
        "draws_pool": random_draws(2, 4, 3),
        "draws_target": random_draws(2, 4, 3),
    }
    arrays[name] = 2 * arrays[name]
    with pytest.raises(ValueError, match=f"{name} given to expected_predictive"):
        expected_predictive_information_gain(**arrays)
    arrays[name] = np.ones((2, 4, 1))
    with pytest.raises(ValueError, match=f"{name} given to .* two classes"):
        expected_predictive_information_gain(**arrays)
