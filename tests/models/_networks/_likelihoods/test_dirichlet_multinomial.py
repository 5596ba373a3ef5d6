"""The losses of counts against SciPy's distributions, and at the ends of shares."""

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.special import gammaln, softmax

from skbal.models._networks._likelihoods._beta_binomial import (
    BetaBinomialLoss,
)
from skbal.models._networks._likelihoods._beta_binomial import (
    first_concentration as first_of_votes,
)
from skbal.models._networks._likelihoods._binomial import BinomialLoss
from skbal.models._networks._likelihoods._dirichlet_multinomial import (
    LIKELIHOOD,
    DirichletMultinomialLoss,
    first_concentration,
)
from skbal.models._networks._likelihoods._multinomial import MultinomialLoss
from skbal.models._votes._labels import labels_of

SIZES = [3, 2]
QUESTIONS = [("shape", ["a", "b", "c"]), ("bar", ["yes", "no"])]


def loss_of(criterion, outputs, counts):
    outputs = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
    loss = criterion(outputs, torch.tensor(counts, dtype=torch.float64))
    loss.backward()
    return loss.item(), outputs.grad.numpy()


def some_counts(n_rows=30):
    rng = np.random.default_rng(0)
    parts = [rng.multinomial(rng.integers(0, 60, n_rows), [1 / a] * a) for a in SIZES]
    return rng.normal(size=(n_rows, 5)) * 2, np.hstack(parts)


def questions(values):
    return np.split(values, [3], axis=1)


def log_orders(k):
    return gammaln(k.sum(axis=1) + 1) - gammaln(k + 1).sum(axis=1)


def test_the_multinomial_loss_is_minus_the_log_probability_but_for_the_orders():
    logits, counts = some_counts()
    expected = 0.0
    for f, k in zip(questions(logits), questions(counts)):
        log_p = stats.multinomial.logpmf(k, k.sum(axis=1), softmax(f, axis=1))
        expected -= (log_p - log_orders(k)).mean()
    found, _ = loss_of(MultinomialLoss(SIZES), logits, counts)
    assert found == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("concentration", [0.3, 2.0, 300.0, 1e5])
def test_the_dirichlet_multinomial_loss_is_minus_the_log_probability(concentration):
    logits, counts = some_counts()
    change = np.random.default_rng(1).normal(size=(30, 2))
    own = concentration * np.exp(change)
    expected = np.zeros(30)
    for number, (f, k) in enumerate(zip(questions(logits), questions(counts))):
        a = own[:, number : number + 1] * softmax(f, axis=1)
        expected += log_orders(k)
        for row in np.flatnonzero(k.sum(axis=1)):  # SciPy 1.15 refuses 0 of 0
            expected[row] -= stats.dirichlet_multinomial.logpmf(
                k[row], a[row], k[row].sum()
            )
    outputs = np.concatenate([logits, change], axis=1)
    criterion = DirichletMultinomialLoss([concentration] * 2, SIZES, reduction="none")
    found = criterion(torch.tensor(outputs), torch.tensor(counts)).numpy()
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-5)  # float32
    mean, gradient = loss_of(
        DirichletMultinomialLoss([concentration] * 2, SIZES), outputs, counts
    )
    assert mean == pytest.approx(expected.mean(), rel=1e-5)
    # A shift of all logits of a question changes nothing.
    assert gradient[:, :3].sum(axis=1) == pytest.approx(np.zeros(30), abs=1e-9)


def test_two_answers_are_votes():
    rng = np.random.default_rng(0)
    logits, n = rng.normal(size=(20, 2)), rng.integers(0, 40, 20)
    k = rng.binomial(n, 0.3)
    counts, votes = np.stack([k, n - k], axis=1), np.stack([k, n], axis=1)[:, None]
    difference, change = logits[:, :1] - logits[:, 1:], rng.normal(size=(20, 1))
    found, _ = loss_of(MultinomialLoss([2]), logits, counts)
    expected, _ = loss_of(BinomialLoss(), difference, votes)
    assert found == pytest.approx(expected, rel=1e-10)
    criteria = DirichletMultinomialLoss([5.0], [2]), BetaBinomialLoss([5.0])
    found, _ = loss_of(criteria[0], np.hstack([logits, change]), counts)
    expected, _ = loss_of(criteria[1], np.hstack([difference, change]), votes)
    assert found == pytest.approx(expected, rel=1e-6)
    assert first_concentration(counts) == pytest.approx(first_of_votes(votes)[0])


def test_a_large_concentration_is_the_multinomial():
    logits, counts = some_counts()
    outputs = np.concatenate([logits, np.zeros((30, 2))], axis=1)
    found, _ = loss_of(DirichletMultinomialLoss([1e6] * 2, SIZES), outputs, counts)
    expected, _ = loss_of(MultinomialLoss(SIZES), logits, counts)
    assert found == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    "criterion", [MultinomialLoss([3]), DirichletMultinomialLoss([5.0], [3])]
)
@pytest.mark.parametrize("logit", [200.0, 1000.0])
def test_certain_logits_give_finite_losses_and_slopes(criterion, logit):
    counts = [[9, 0, 0], [0, 9, 0], [3, 3, 3], [0, 0, 0]]
    row = [logit, 0.0, -logit, 0.0][
        : 3 + isinstance(criterion, DirichletMultinomialLoss)
    ]
    loss, gradient = loss_of(criterion, [row] * 4, counts)
    assert np.isfinite(loss)
    assert np.isfinite(gradient).all()
    assert gradient[0] == pytest.approx(0, abs=1e-12)
    # Being wrong without doubt pulls the logit back, whatever its size.
    assert gradient[1, 0] > 0.1
    assert gradient[2, 0] > 0.1
    assert (gradient[3] == 0).all()


@pytest.mark.parametrize("concentration", [0.5, 5.0, 50.0])
def test_training_begins_near_the_concentration_of_simulated_counts(concentration):
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(concentration * np.array([0.5, 0.3, 0.2]), 4000)
    counts = rng.multinomial(rng.integers(1, 60, 4000), shares)
    assert first_concentration(counts) == pytest.approx(concentration, rel=0.1)


def test_the_outputs_are_shares_and_then_concentrations():
    logits, counts = some_counts()
    labels, _ = labels_of("dirichlet-multinomial", QUESTIONS, counts, "fit")
    assert LIKELIHOOD.n_outputs(labels) == 7
    outputs = torch.tensor(np.hstack([100 * logits, np.full((30, 2), np.log(2))]))
    shares = LIKELIHOOD.rho(outputs.float(), labels).numpy()
    for own in questions(shares):
        assert own.sum(axis=1) == pytest.approx(np.ones(30), abs=1e-6)
    assert shares.min() > 0
    logs = LIKELIHOOD.log_concentration(outputs, np.array([3.0, 5.0])).numpy()
    assert np.exp(logs) == pytest.approx(np.tile([6.0, 10.0], (30, 1)), rel=1e-5)
