"""Expected losses against Bayes' rule by loops, and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skbal.information import (
    expected_loss,
    expected_loss_reduction,
    expected_predictive_information_gain,
    predictive_entropy,
    predictive_variance,
    variation_ratio,
)
from tests.information.arrays import HAND, draws, random_draws

COST = np.array([[0.0, 3.0, 1.0], [4.0, 0.5, 1.0], [2.0, 2.0, 0.25]])


def log_loss(p):
    return -sum(x * np.log(x) for x in p if x > 0)


def brier_score(p):
    # The mean over labels c of |p - e_c|^2.
    unit = np.eye(len(p))
    return sum(p[c] * ((p - unit[c]) ** 2).sum() for c in range(len(p)))


def least_cost(cost):
    return lambda p: min(
        sum(p[c] * cost[c, d] for c in range(len(p))) for d in range(cost.shape[1])
    )


LOSSES = {
    "log": ("log", log_loss),
    "brier": ("brier", brier_score),
    "zero-one": ("zero-one", lambda p: 1 - max(p)),
    "cost": (COST, least_cost(COST)),
}


def by_bayes(pool, target, loss):
    """Return the expected fall for each row and target, label by label."""
    falls = np.zeros((len(pool), len(target)))
    for i, row in enumerate(pool):
        for j, other in enumerate(target):
            now = loss(other.mean(axis=0))
            after = 0.0
            for y in range(pool.shape[2]):
                weights = row[:, y]
                if weights.sum() > 0:
                    posterior = weights / weights.sum()
                    after += weights.mean() * loss(posterior @ other)
            falls[i, j] = now - after
    return falls


@pytest.mark.parametrize("name", LOSSES)
def test_the_reduction_is_the_fall_of_the_loss_by_bayes_rule(name):
    loss, function = LOSSES[name]
    pool, target = random_draws(7, 11, 4), random_draws(5, 11, 3, seed=1)
    target[0, :, 2] = 0.0  # a class without probability
    target[0] /= target[0].sum(axis=-1, keepdims=True)
    expected = by_bayes(pool, target, function)
    found = expected_loss_reduction(pool, target, loss, per_target=True)
    assert_allclose(found, expected, atol=1e-12)
    found = expected_loss_reduction(pool, target, loss)
    assert_allclose(found, expected.mean(axis=1), atol=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_the_loss_is_that_of_the_mean(name):
    loss, function = LOSSES[name]
    expected = [function(row.mean(axis=0)) for row in HAND]
    assert_allclose(expected_loss(HAND, loss), expected, atol=1e-12)


def test_losses_that_have_other_names():
    array = random_draws(20, 6, 3)
    assert_allclose(expected_loss(array, "log"), predictive_entropy(array))
    assert_allclose(expected_loss(array, "zero-one"), variation_ratio(array))
    assert_allclose(
        expected_loss(array, 1 - np.eye(3)), expected_loss(array, "zero-one")
    )


@given(st.data())
def test_no_label_is_expected_to_harm(data):
    pool = data.draw(draws())
    target = random_draws(3, pool.shape[1], 3, seed=2)
    for loss, _ in LOSSES.values():
        found = expected_loss_reduction(pool, target, loss)
        now = expected_loss(target, loss).mean()
        assert (found >= 0).all()
        assert (found <= now + 1e-9).all()


def test_the_log_loss_is_epig_and_the_brier_score_a_variance():
    pool, target = random_draws(9, 8, 3), random_draws(4, 8, 3, seed=3)
    found = expected_loss_reduction(pool, target, per_target=True).mean(axis=1)
    gain = expected_predictive_information_gain(pool, target)
    assert_allclose(found, gain, atol=1e-13)
    # A pool whose labels give the draw away leaves no variance at all.
    certain = np.eye(8)[np.newaxis]
    found = expected_loss_reduction(certain, target, "brier", per_target=True)
    assert_allclose(found[0], predictive_variance(target), atol=1e-13)


def test_a_label_that_changes_no_decision_has_no_value():
    target = np.array([[[0.9, 0.1], [0.8, 0.2]]])
    pool = np.array([[[1.0, 0.0], [0.0, 1.0]]])
    assert_array_equal(expected_loss_reduction(pool, target, "zero-one"), [0.0])
    assert expected_loss_reduction(pool, target, "brier")[0] > 0


@pytest.mark.parametrize("name", LOSSES)
def test_float32_draws_are_as_good_as_their_digits(name):
    loss = LOSSES[name][0]
    pool, target = random_draws(30, 20, 4), random_draws(9, 20, 3, seed=1)
    exact = expected_loss_reduction(pool, target, loss)
    found = expected_loss_reduction(
        pool.astype(np.float32), target.astype(np.float32), loss
    )
    assert_allclose(found, exact, atol=2e-6)
    assert found.dtype == np.float64


@pytest.mark.parametrize("name", LOSSES)
def test_chunks_change_nothing(name, monkeypatch):
    loss = LOSSES[name][0]
    pool, target = random_draws(23, 5, 3), random_draws(17, 5, 3, seed=1)
    kept = pool.copy(), target.copy()
    whole = expected_loss_reduction(pool, target, loss, per_target=True)
    monkeypatch.setattr("skbal.information._loss.TARGET_COLUMNS", 6)
    monkeypatch.setattr("skbal.information._loss.NUMBERS_IN_CACHE", 60)
    parts = expected_loss_reduction(pool, target, loss, per_target=True)
    assert_allclose(parts, whole, atol=1e-13)
    assert_array_equal(pool, kept[0])
    assert_array_equal(target, kept[1])


@pytest.mark.parametrize(
    ("loss", "error", "message"),
    [
        (
            "hinge",
            ValueError,
            "must be 'log', 'brier', 'zero-one' or a matrix of costs, got",
        ),
        ([0.0, 1.0], ValueError, r"shape \(n_classes, n_decisions\), got shape \(2,\)"),
        (np.eye(4), ValueError, "a row for each of 3 classes, got 4 rows"),
        ([[0, np.nan], [1, 0], [1, 1]], ValueError, "finite numbers, got NaN"),
        ([["a", "b"]] * 3, ValueError, "loss of expected_loss_reduction must be"),
        (None, ValueError, "loss of expected_loss_reduction must be"),
    ],
)
def test_losses_that_are_refused(loss, error, message):
    array = random_draws(4, 5, 3)
    with pytest.raises(error, match=message):
        expected_loss_reduction(array, array, loss)


def test_draws_that_are_not_joint_are_refused():
    one, two = random_draws(4, 5, 3), random_draws(4, 6, 3)
    with pytest.raises(ValueError, match="expected_loss_reduction must hold the same"):
        expected_loss_reduction(one, two)
    with pytest.raises(ValueError, match="at least one row"):
        expected_loss_reduction(one, one[:0])
    assert expected_loss_reduction(one[:0], one, "brier").shape == (0,)
    assert expected_loss(one[:0], "brier").shape == (0,)
