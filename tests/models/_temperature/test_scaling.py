"""Probabilities at a temperature by hand, and the temperature by a search on a grid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, softmax

from skbal.information import mutual_information
from skbal.models._temperature._scaling import (
    LARGEST,
    at_a_bound,
    at_temperature,
    best_temperature,
    moved_to_mean,
)


def logits_and_labels(n=400, temperature=2.0, seed=0):
    """Return logits that are too large by a factor, and labels, (n, 3) and (n,)."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, size=(n, 3))
    sums = softmax(logits, axis=1).cumsum(axis=1)
    codes = (rng.random((n, 1)) > sums[:, :2]).sum(axis=1)
    return temperature * logits, codes


def test_logits_are_divided():
    logits = np.random.default_rng(1).normal(size=(5, 4, 3))
    found = at_temperature(softmax(logits, axis=-1), 2.5)
    np.testing.assert_allclose(found, softmax(logits / 2.5, axis=-1), atol=1e-9)


def test_two_classes_by_hand():
    found = at_temperature(np.array([[0.9, 0.1], [0.0, 1.0]]), 2.0)
    np.testing.assert_allclose(found[0, 0], expit(np.log(9) / 2))
    np.testing.assert_allclose(found[1, 0], 1e-6 / (1 + 1e-6), rtol=1e-3)
    assert at_temperature(np.ones((2, 1), np.float32), 3.0).dtype == np.float32


DRAWS = st.integers(1, 6).flatmap(
    lambda n: st.lists(
        st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3), min_size=n, max_size=n
    )
)


@settings(max_examples=100)
@given(DRAWS, st.floats(1 / LARGEST, LARGEST))
def test_moved_draws_are_probabilities_with_the_scaled_mean(weights, temperature):
    draws = np.array([weights]) + 1e-3 * np.eye(3)[0]
    draws /= draws.sum(axis=-1, keepdims=True)
    before = draws.copy()
    moved = moved_to_mean(draws, temperature)
    np.testing.assert_array_equal(draws, before)
    assert moved.min() >= 0
    np.testing.assert_allclose(moved.sum(axis=-1), 1)
    wanted = at_temperature(draws.mean(axis=1), temperature)
    np.testing.assert_allclose(moved.mean(axis=1), wanted, atol=1e-12)
    # A label that is misread in the same way for all draws tells less about them.
    assert mutual_information(moved)[0] <= mutual_information(draws)[0] + 1e-9


def test_votes_are_moved_too_and_agreeing_draws_agree():
    votes = np.eye(2)[[[0, 0, 0, 1]]]
    moved = moved_to_mean(votes, 0.5)
    # The mean (3/4, 1/4) becomes (9/10, 1/10): 3/5 of the votes for 1 move.
    expected = [[[1, 0]] * 3 + [[0.6, 0.4]]]
    np.testing.assert_allclose(moved, expected, atol=1e-9)
    same = np.tile([0.7, 0.2, 0.1], (1, 4, 1))
    np.testing.assert_allclose(
        moved_to_mean(same, 3.0), at_temperature(same, 3.0), atol=1e-12
    )
    assert moved_to_mean(same.astype(np.float32), 3.0).dtype == np.float32


@pytest.mark.parametrize("n_draws", [1, 4])
def test_the_temperature_is_the_best_on_a_grid(n_draws):
    logits, codes = logits_and_labels()
    noise = np.random.default_rng(2).normal(size=(400, n_draws, 3))
    draws = softmax(logits[:, None] + noise, axis=-1)
    weights = np.random.default_rng(3).random(400)
    found = best_temperature(draws, codes, weights)

    def loss(temperature):
        mean = at_temperature(draws, temperature).mean(axis=1)
        return -np.average(np.log(mean[np.arange(400), codes]), weights=weights)

    grid = np.geomspace(0.2, 10, 2000)
    best = grid[np.argmin([loss(temperature) for temperature in grid])]
    assert found == pytest.approx(best, rel=3e-3)
    assert loss(found) <= loss(best) + 1e-12


def test_the_factor_of_the_logits_is_found():
    logits, codes = logits_and_labels(20_000, temperature=2.0)
    draws = softmax(logits, axis=1)[:, None]
    assert best_temperature(draws, codes, np.ones(20_000)) == pytest.approx(2, rel=0.03)


def test_a_weight_of_two_is_a_row_twice():
    logits, codes = logits_and_labels(60)
    draws = softmax(logits, axis=1)[:, None]
    twice = np.r_[np.arange(60), np.arange(20)]
    weights = np.where(np.arange(60) < 20, 2.0, 1.0)
    found = best_temperature(draws, codes, weights)
    expected = best_temperature(draws[twice], codes[twice], np.ones(80))
    assert found == pytest.approx(expected, rel=1e-6)


def test_without_errors_or_without_knowledge_it_is_at_a_bound():
    codes = np.zeros(9, dtype=int)
    sure = best_temperature(np.tile([0.7, 0.3], (9, 1, 1)), codes, np.ones(9))
    assert sure == pytest.approx(1 / LARGEST, rel=1e-3)
    wrong = best_temperature(np.tile([0.3, 0.7], (9, 1, 1)), codes, np.ones(9))
    assert wrong == pytest.approx(LARGEST, rel=1e-3)
    assert at_a_bound(sure)
    assert at_a_bound(wrong)
    assert not at_a_bound(1.3)
