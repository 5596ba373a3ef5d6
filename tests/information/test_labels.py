from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import bernoulli, entropy

from skbal.information import (
    joint_label_information,
    joint_mutual_information,
    label_information,
    mutual_information,
)

fast = settings(max_examples=20, deadline=None)
few = st.integers(1, 4)
# A probability, also 0 and 1.
LABELS = st.tuples(few, few, few).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(0, 1))
)


def both(yes):
    """Return the draws of one label as those of two classes."""
    return np.stack([1 - yes, yes], axis=-1)


def enumerated(row):
    """Return the joint information of the labels of a row, one answer at a time."""
    joint = [
        np.mean([np.prod(bernoulli.pmf(labels, draw)) for draw in row])
        for labels in product([0, 1], repeat=row.shape[1])
    ]
    given_weights = np.mean([bernoulli.entropy(draw).sum() for draw in row])
    return entropy(joint) - given_weights


def random_labels(n_samples, n_draws, n_labels, seed=0):
    return np.random.default_rng(seed).beta(0.7, 0.7, (n_samples, n_draws, n_labels))


def test_joint_information_is_that_of_all_configurations_one_after_the_other():
    draws = random_labels(5, 7, 4)
    expected = [enumerated(row) for row in draws]
    assert_allclose(joint_label_information(draws), expected, rtol=1e-10)


@fast
@given(LABELS)
def test_labels_of_a_row_are_like_the_rows_of_a_batch(draws):
    batches = [both(row.T) for row in draws]  # (n_labels, n_draws, 2)
    expected = [joint_mutual_information(batch) for batch in batches]
    assert_allclose(joint_label_information(draws), expected, atol=1e-12)


@fast
@given(LABELS)
def test_joint_information_lies_between_the_largest_label_and_the_sum(draws):
    each, joint = label_information(draws), joint_label_information(draws)
    assert np.all(joint >= each.max(axis=1) - 1e-12)
    assert np.all(joint <= each.sum(axis=1) + 1e-12)
    assert np.all(joint <= np.log(draws.shape[1]) + 1e-12)
    assert np.all(each <= np.log(2) + 1e-12)


@fast
@given(LABELS, st.randoms(use_true_random=False))
def test_no_order_changes_the_information(draws, random):
    for axis in range(3):
        order = random.sample(range(draws.shape[axis]), draws.shape[axis])
        moved = draws.take(order, axis=axis)
        joint, each = joint_label_information(draws), label_information(draws)
        rows = order if axis == 0 else slice(None)
        labels = order if axis == 2 else slice(None)
        assert_allclose(joint_label_information(moved), joint[rows], atol=1e-12)
        assert_allclose(label_information(moved), each[rows][:, labels], atol=1e-12)


def test_each_label_alone_is_bald_of_two_classes():
    draws = random_labels(6, 5, 3)
    found = label_information(draws)
    for label in range(3):
        assert_array_equal(found[:, label], mutual_information(both(draws[..., label])))


def test_one_label_has_the_same_information_in_both():
    draws = random_labels(6, 5, 1)
    joint = joint_label_information(draws)
    assert_allclose(joint, label_information(draws)[:, 0], rtol=1e-12)


def test_information_by_hand():
    alike, apart = [[0, 0], [0, 0], [1, 1], [1, 1]], [[0, 0], [0, 1], [1, 0], [1, 1]]
    agree = [[0.3, 1.0]] * 4
    draws = np.array([alike, apart, agree], dtype=float)
    two = np.log(2)
    for n_configurations in (4, 3):  # all, and sampled
        found = joint_label_information(
            draws, n_configurations=n_configurations, random_state=0
        )
        assert_allclose(found, [two, 2 * two, 0], atol=1e-12)
    assert_allclose(label_information(draws), [[two, two], [two, two], [0, 0]])


def test_sampled_information_is_right_on_average_and_as_accurate_as_it_says():
    draws = random_labels(5, 30, 6)
    exact, n = joint_label_information(draws), 60
    found = np.array(
        [
            joint_label_information(draws, n_configurations=n, random_state=seed)
            for seed in range(200)
        ]
    )
    error = found.std(axis=0) / np.sqrt(200)
    assert np.all(np.abs(found.mean(axis=0) - exact) < 5 * error)
    assert np.all(found.std(axis=0) < 1.5 / np.sqrt(n))


def test_a_seed_gives_a_row_the_same_number_whatever_the_other_rows():
    draws = random_labels(9, 12, 11)  # 2,048 configurations, more than 1,024
    found = joint_label_information(draws, random_state=3)
    assert_array_equal(joint_label_information(draws[4:6], random_state=3), found[4:6])
    assert np.all(joint_label_information(draws, random_state=4) != found)
    # 10 labels are still summed over all configurations.
    few = [joint_label_information(draws[..., :10], random_state=s) for s in (3, 4)]
    assert_array_equal(*few)


def test_a_hundred_labels_that_tell_all_draws_apart_have_the_most_information():
    draws = np.round(random_labels(3, 16, 100))
    found = joint_label_information(draws, random_state=0)
    assert_allclose(found, np.log(16), rtol=1e-9)


def test_float32_draws_and_no_rows():
    draws = random_labels(40, 10, 3)
    assert_allclose(
        joint_label_information(draws.astype(np.float32)),
        joint_label_information(draws),
        atol=1e-6,
    )
    assert joint_label_information(draws[:0]).shape == (0,)
    assert label_information(draws[:0]).shape == (0, 3)


@pytest.mark.parametrize("function", [label_information, joint_label_information])
@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.nan])
def test_other_numbers_than_probabilities_are_refused(function, wrong):
    draws = random_labels(2, 3, 2)
    draws[1, 1, 1] = wrong
    message = rf"{function.__name__} must be probabilities of yes, in \[0, 1\], got"
    with pytest.raises(ValueError, match=message):
        function(draws)


@pytest.mark.parametrize(
    ("n_configurations", "error"), [(0, ValueError), (2.5, TypeError)]
)
def test_a_wrong_number_of_configurations_is_refused(n_configurations, error):
    with pytest.raises(error, match="n_configurations of joint_label_information"):
        joint_label_information(
            random_labels(2, 3, 2), n_configurations=n_configurations
        )
