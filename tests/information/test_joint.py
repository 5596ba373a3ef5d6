from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose
from scipy.stats import entropy

from skbal.information import (
    expected_entropy,
    joint_entropy,
    joint_mutual_information,
    mutual_information,
    predictive_entropy,
)
from tests.information.arrays import DISAGREEING, UNSURE, draws, random_draws

FUNCTIONS = [joint_entropy, joint_mutual_information]
fast = settings(max_examples=40)


def joint_entropy_one_by_one(batch):
    """Every configuration of labels, every draw, one after the other."""
    n_rows, n_draws, n_classes = batch.shape
    probabilities = [
        np.mean(
            [np.prod([batch[i, k, c] for i, c in enumerate(labels)])
             for k in range(n_draws)]
        )
        for labels in product(range(n_classes), repeat=n_rows)
    ]  # fmt: skip
    return entropy(probabilities)


@pytest.mark.parametrize("n_rows", [1, 2, 3, 5])
def test_joint_entropy_is_that_of_all_configurations_one_by_one(n_rows):
    batch = random_draws(n_rows, 4, 3)
    assert_allclose(joint_entropy(batch), joint_entropy_one_by_one(batch))


def test_joint_information_is_joint_entropy_less_the_expected_entropies():
    batch = random_draws(4, 6, 3)
    difference = joint_entropy_one_by_one(batch) - expected_entropy(batch).sum()
    assert_allclose(joint_mutual_information(batch), difference)


def test_a_batch_of_one_is_a_single_row():
    batch = random_draws(1, 6, 4)
    assert_allclose(joint_entropy(batch), predictive_entropy(batch)[0])
    assert_allclose(joint_mutual_information(batch), mutual_information(batch)[0])


def test_a_copy_of_a_row_of_certain_draws_adds_nothing():
    batch = [DISAGREEING, DISAGREEING, DISAGREEING]
    assert_allclose(joint_entropy(batch), np.log(3))
    assert_allclose(joint_mutual_information(batch), np.log(3))


def test_rows_of_agreeing_draws_are_independent():
    assert_allclose(joint_entropy([UNSURE, UNSURE]), 2 * np.log(3))
    assert joint_mutual_information([UNSURE, UNSURE]) == 0.0


def test_certain_rows_have_no_joint_entropy():
    certain = np.zeros((3, 4, 2))
    certain[..., 0] = 1
    assert joint_entropy(certain) == 0.0
    assert joint_mutual_information(certain) == 0.0


@fast
@given(draws(n_samples=3))
def test_joint_entropy_lies_between_the_largest_and_the_sum(batch):
    single = predictive_entropy(batch)
    joint = joint_entropy(batch)
    assert single.max() - 1e-12 <= joint <= single.sum() + 1e-12


@fast
@given(draws(n_samples=3))
def test_marginal_gains_never_grow(batch):
    # What the third row adds to the first two is at most what it adds to the first.
    after_two = joint_mutual_information(batch) - joint_mutual_information(batch[:2])
    after_one = joint_mutual_information(batch[[0, 2]]) - joint_mutual_information(
        batch[:1]
    )
    assert -1e-12 <= after_two <= after_one + 1e-12


@fast
@given(draws(n_samples=3))
def test_a_batch_tells_no_more_than_which_draw_it_was(batch):
    assert joint_mutual_information(batch) <= np.log(batch.shape[1]) + 1e-12


def test_order_of_rows_draws_and_classes_does_not_matter():
    batch = random_draws(4, 5, 3)
    for order in (np.s_[::-1], np.s_[:, ::-1], np.s_[:, :, ::-1]):
        assert_allclose(joint_entropy(batch[order]), joint_entropy(batch))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_results_are_plain_floats(function):
    assert type(function(random_draws(2, 5, 3, dtype=np.float32))) is float


def test_float32_is_right_to_a_millionth_of_a_nat():
    batch = random_draws(4, 100, 10, dtype=np.float32)
    exact = joint_mutual_information(batch.astype(np.float64))
    assert_allclose(joint_mutual_information(batch), exact, atol=1e-6)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_too_many_configurations_are_refused_with_their_number(function):
    message = r"at most 10,000,000 .* got 24 rows of 2 classes: 2\*\*24"
    with pytest.raises(ValueError, match=message):
        function(np.full((24, 3, 2), 0.5))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_batch_without_rows_is_refused(function):
    with pytest.raises(ValueError, match="must hold at least one row, got 0"):
        function(np.empty((0, 3, 2)))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_no_probability_is_refused(function):
    batch = random_draws(2, 3, 3)
    batch[1] *= 2
    with pytest.raises(
        ValueError, match=f"draws_of_a_batch given to {function.__name__}"
    ):
        function(batch)
    with pytest.raises(ValueError, match="two classes"):
        function(np.ones((2, 3, 1)))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_batch_given_stays_as_it_was(function):
    batch = random_draws(2, 3, 3)
    before = batch.copy()
    batch.flags.writeable = False
    function(batch)
    np.testing.assert_array_equal(batch, before)
