import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import betabinom, binom

from skbal.query._share_labels import move_draws, noise_of_shares


@pytest.mark.parametrize("concentration", [np.inf, 4.0])
def test_the_noise_is_the_mean_variance_of_a_share(concentration):
    rho = np.random.default_rng(0).beta(2, 3, (3, 5, 2))
    counts = np.array([[1, 7], [4, 4], [9, 2]])
    found = noise_of_shares(rho, counts, np.full((3, 2), concentration))
    for row, question in np.ndindex(3, 2):
        n, draws = counts[row, question], rho[row, :, question]
        if np.isinf(concentration):
            variances = binom.var(n, draws)
        else:
            variances = betabinom.var(
                n, concentration * draws, concentration * (1 - draws)
            )
        assert found[row, question] == pytest.approx(variances.mean() / n**2, rel=1e-6)


def test_no_votes_have_infinite_noise_and_certain_draws_a_little():
    assert np.isinf(noise_of_shares(np.full((1, 3, 1), 0.5), 0)).all()
    certain = noise_of_shares(np.ones((1, 3, 1), np.float32), 5)
    assert 0 < certain[0, 0] < 1e-8


def test_moved_draws_have_the_mean_and_the_covariance_that_a_label_leaves():
    rng = np.random.default_rng(0)
    mixed = 0.03 * rng.normal(size=(6, 6)) @ rng.normal(size=(6, 50))
    draws = 0.5 + mixed - mixed.mean(axis=1, keepdims=True)
    before, noise = np.cov(draws, bias=True), 0.004
    moved = draws[:, :, np.newaxis].copy()
    move_draws(moved, draws[2], noise)
    assert 0 < moved.min() < moved.max() < 1
    assert_allclose(moved.mean(axis=1)[:, 0], draws.mean(axis=1), atol=1e-14)
    known = np.outer(before[2], before[2]) / (before[2, 2] + noise)
    assert_allclose(np.cov(moved[:, :, 0], bias=True), before - known, atol=1e-14)


def test_labels_that_tell_nothing_move_nothing():
    draws = np.random.default_rng(0).uniform(size=(3, 8, 2))
    for label, noise in ((draws[0, :, 0], np.inf), (np.full(8, 0.4), 0.1)):
        moved = draws.copy()
        move_draws(moved, label, noise)
        assert_array_equal(moved, draws)


def test_moved_draws_stay_probabilities():
    draws = np.array([[0.0, 0.0, 0.0, 1.0], [1.0, 0.98, 1.0, 0.0]])[:, :, np.newaxis]
    moved = draws.copy()
    move_draws(moved, np.array([0.0, 1.0, 0.0, 0.0]), 0.01)
    assert moved.min() == 0
    assert moved.max() == 1
