"""What a label adds, against entropies of joint probabilities written out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import entropy

from skbal.information import mutual_information
from skbal.query._batch_bald._posteriors import Posteriors
from tests.query._batch_bald.arrays import columns, random_draws


def random_posteriors(n_configurations, n_draws, seed=0):
    rng = np.random.default_rng(seed)
    rows = rng.dirichlet(np.full(n_draws, 0.3), size=n_configurations)
    return Posteriors(rows, rng.dirichlet(np.ones(n_configurations)))


def by_definition(posteriors, draws):
    """Return H[y | u] - E H[y | w], averaged over configurations, row by row."""
    rows, weights = posteriors.rows, posteriors.weights
    return np.array(
        [
            weights @ (entropy(rows @ row, axis=1) - rows @ entropy(row, axis=1))
            for row in draws
        ]
    )


@pytest.mark.parametrize("n_configurations", [1, 7, 500, 5000])
def test_gains_are_mean_mutual_information_under_the_posteriors(n_configurations):
    draws = random_draws(6, 9, 4)
    posteriors = random_posteriors(n_configurations, 9)
    expected = by_definition(posteriors, draws)
    assert_allclose(posteriors.gains(columns(draws)), expected, atol=1e-6)
    exact = [posteriors.exact_gain(row.T)[0] for row in draws]
    assert_allclose(exact, expected, rtol=1e-10)


def test_with_no_label_yet_a_row_adds_its_bald_score():
    draws = random_draws(20, 12, 3)
    none = Posteriors(np.full((1, 12), 1 / 12), np.ones(1))
    assert_allclose(none.gains(columns(draws)), mutual_information(draws), atol=1e-6)


def test_the_deviation_is_that_over_configurations():
    draws = random_draws(1, 9, 4)
    posteriors = random_posteriors(30, 9)
    each = [
        by_definition(Posteriors(row[np.newaxis], np.ones(1)), draws)[0]
        for row in posteriors.rows
    ]
    mean = posteriors.weights @ each
    expected = np.sqrt(posteriors.weights @ (np.array(each) - mean) ** 2)
    gain, deviation = posteriors.exact_gain(draws[0].T)
    assert_allclose([gain, deviation], [mean, expected], rtol=1e-9)


def test_certain_draws_and_certain_posteriors_give_finite_gains():
    one_hot = np.eye(3)[[[0, 1, 2], [0, 0, 0]]]
    sure = Posteriors(np.eye(3), np.full(3, 1 / 3))
    assert_allclose(sure.gains(columns(one_hot)), 0, atol=1e-7)
    unsure = Posteriors(np.full((2, 3), 1 / 3), np.array([1.0, 0.0]))
    assert_allclose(unsure.gains(columns(one_hot)), [np.log(3), 0], atol=1e-6)


@pytest.mark.slow
@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
def test_groups_never_make_a_gain_smaller(seed, n_groups):
    rng = np.random.default_rng(seed)
    draws = random_draws(10, 8, 3, seed)
    posteriors = random_posteriors(60, 8, seed)
    merged = posteriors.merged(n_groups, rng)
    assert len(merged) <= n_groups
    assert_allclose(merged.weights.sum(), 1)
    assert_allclose(merged.mean, posteriors.mean)
    assert (by_definition(merged, draws) >= by_definition(posteriors, draws)).all()


def test_groups_of_equal_posteriors_lose_nothing():
    rows = np.repeat(np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]]), 50, axis=0)
    posteriors = Posteriors(rows, np.full(100, 0.01))
    merged = posteriors.merged(10, np.random.default_rng(0))
    draws = random_draws(5, 3, 4)
    assert len(merged) == 2
    assert_allclose(by_definition(merged, draws), by_definition(posteriors, draws))


def test_no_label_adds_more_than_is_left_to_tell():
    posteriors = random_posteriors(40, 8)
    left = posteriors.weights @ entropy(posteriors.rows, axis=1)
    assert_allclose(posteriors.entropy(), left)
    one_hot = np.eye(8)[np.newaxis]  # a label that says which draw it was
    assert_allclose(by_definition(posteriors, one_hot), left)
    assert (by_definition(posteriors, random_draws(20, 8, 4)) < left).all()
