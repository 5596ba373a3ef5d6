"""The losses of votes against SciPy's distributions, and at the ends of rho."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import comb, expit

from skbal.models._networks._likelihoods._beta_binomial import (
    BetaBinomialLoss,
    first_concentration,
)
from skbal.models._networks._likelihoods._binomial import BinomialLoss


def loss_of(criterion, logits, votes):
    logits = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    loss = criterion(logits, torch.tensor(votes, dtype=torch.float64))
    loss.backward()
    return loss.item(), logits.grad.numpy()


def some_votes(n_rows=50, n_questions=3):
    rng = np.random.default_rng(0)
    n = rng.integers(0, 60, size=(n_rows, n_questions))
    k = rng.binomial(n, rng.uniform(size=n.shape))
    return rng.normal(size=n.shape) * 2, np.stack([k, n], axis=-1)


def test_the_binomial_loss_is_minus_the_log_probability_but_for_the_orders():
    logits, votes = some_votes()
    k, n = votes[..., 0], votes[..., 1]
    log_p = stats.binom.logpmf(k, n, expit(logits)) - np.log(comb(n, k))
    found, _ = loss_of(BinomialLoss(), logits, votes)
    assert found == pytest.approx(-log_p.sum(axis=1).mean(), rel=1e-10)


@pytest.mark.parametrize("concentration", [0.3, 2.0, 300.0, 1e5])
def test_the_beta_binomial_loss_is_minus_the_log_probability(concentration):
    logits, votes = some_votes()
    change = np.random.default_rng(1).normal(size=logits.shape)
    own = concentration * np.exp(change)
    k, n = votes[..., 0], votes[..., 1]
    log_p = stats.betabinom.logpmf(k, n, own * expit(logits), own * expit(-logits))
    log_p -= np.log(comb(n, k))
    outputs = np.concatenate([logits, change], axis=1)
    found, gradient = loss_of(BetaBinomialLoss([concentration] * 3), outputs, votes)
    # The loss comes in float32.
    assert found == pytest.approx(-log_p.sum(axis=1).mean(), rel=1e-5)
    for place in ((7, 1), (7, 4)):
        criterion = BetaBinomialLoss([concentration] * 3)
        expected = slope(criterion, outputs, votes, place)
        assert gradient[place] == pytest.approx(expected, rel=0.02, abs=1e-3)


def slope(criterion, outputs, votes, place, step=0.05):
    """Return the derivative by one output, of its row alone: float32 has few digits."""
    row, column = place
    ends = []
    for change in (step, -step):
        moved = outputs[[row]].copy()
        moved[0, column] += change
        ends.append(loss_of(criterion, moved, votes[[row]])[0])
    return (ends[0] - ends[1]) / (2 * step) / len(outputs)


def test_a_large_concentration_is_the_binomial():
    logits, votes = some_votes()
    outputs = np.concatenate([logits, np.zeros_like(logits)], axis=1)
    found, _ = loss_of(BetaBinomialLoss([1e6] * 3), outputs, votes)
    expected, _ = loss_of(BinomialLoss(), logits, votes)
    assert found == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("criterion", [BinomialLoss(), BetaBinomialLoss([5.0])])
@pytest.mark.parametrize("logit", [-1000.0, -200.0, 200.0, 1000.0])
def test_certain_logits_give_finite_losses_and_slopes(criterion, logit):
    votes = [[[0, 10]], [[10, 10]], [[3, 10]], [[0, 0]]]
    row = [logit] if isinstance(criterion, BinomialLoss) else [logit, 0.0]
    loss, gradient = loss_of(criterion, [row] * 4, votes)
    assert np.isfinite(loss)
    assert np.isfinite(gradient).all()
    right = 0 if logit < 0 else 1
    assert gradient[right] == pytest.approx(0, abs=1e-12)
    # Being wrong without doubt pulls the logit back, whatever its size.
    assert abs(gradient[1 - right, 0]) > 0.1
    assert (gradient[3] == 0).all()


def test_rows_without_votes_teach_nothing():
    logits, votes = some_votes()
    votes[:, 1] = 0
    twice = np.concatenate([logits, logits], axis=1)
    for criterion, outputs in (
        (BinomialLoss(), logits),
        (BetaBinomialLoss([3.0] * 3), twice),
    ):
        loss, gradient = loss_of(criterion, outputs, votes)
        assert (gradient[:, 1::3] == 0).all()
        outputs[:, 1::3] = 9.0
        assert loss_of(criterion, outputs, votes)[0] == pytest.approx(loss, rel=1e-6)


@given(st.floats(0.1, 200), st.floats(0.05, 0.95), st.integers(0, 2**31))
@settings(max_examples=20)
def test_the_first_concentration_is_that_of_votes_drawn_with_it(size, rho, seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(20, 80, size=5000)
    k = rng.binomial(n, rng.beta(size * rho, size * (1 - rho), size=5000))
    found = first_concentration(np.stack([k, n], axis=-1)[:, np.newaxis])
    correlation = 1 / (found + 1), 1 / (size + 1)
    np.testing.assert_allclose(*correlation, rtol=0.15, atol=0.005)


def test_the_first_concentration_of_votes_that_agree_or_are_single():
    same = np.array([[[5, 10], [0, 1], [0, 10]]] * 4)
    coin_like, single, all_no = first_concentration(same)
    assert coin_like == pytest.approx(1e6)  # less spread than a coin gives
    assert single == np.inf
    assert all_no == pytest.approx(1e6)
