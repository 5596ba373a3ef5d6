"""Weights of rows and classes."""

import numpy as np
import pytest
import torch
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import EpochScoring
from skorch.dataset import ValidSplit
from torch import nn

from skbal.models import (
    DeepEnsembleClassifier,
    MCDropoutClassifier,
    MCDropoutRegressor,
    MCDropoutVoteRegressor,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)).astype(np.float32)
LABELS = np.arange(40) % 2
NUMBERS = X[:, :2] + RNG.normal(size=(40, 2))
VOTES = np.c_[RNG.integers(0, 5, 40), np.full(40, 4)]
WEIGHTS = RNG.uniform(0.1, 3, size=40)
STILL = {"max_epochs": 1, "lr": 1e-12, "random_state": 0}


def network(n_outputs):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(3, n_outputs), nn.Dropout(0.0))


def losses_by_hand(module, y):
    """The loss of each row, for labels, standardised numbers or votes."""
    outputs = module(torch.from_numpy(X)).detach().numpy().astype(np.float64)
    if y is LABELS:
        log_sum = np.log(np.exp(outputs).sum(axis=1))
        return log_sum - outputs[np.arange(40), y]
    if y is NUMBERS:
        return ((outputs - (y - y.mean(0)) / y.std(0)) ** 2).mean(axis=1)
    k, n = y.T
    logit = outputs[:, 0]
    return k * np.log1p(np.exp(-logit)) + (n - k) * np.log1p(np.exp(logit))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("estimator", "y", "n_outputs"),
    [
        (MCDropoutClassifier, LABELS, 2),
        (MCDropoutRegressor, NUMBERS, 2),
        (MCDropoutVoteRegressor, VOTES, 1),
    ],
)
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_the_loss_is_the_weighted_mean(estimator, y, n_outputs, weights):
    model = estimator(network(n_outputs), **STILL).fit(X, y, sample_weight=weights)
    losses = losses_by_hand(model.net_.module_, y)
    expected = np.average(losses, weights=weights)
    assert model.net_.history[-1, "train_loss"] == pytest.approx(expected, rel=1e-4)


def test_beta_binomial_votes_take_weights():
    model = MCDropoutVoteRegressor(network(2), likelihood="beta-binomial", **STILL)
    doubled = model.fit(np.r_[X, X], np.r_[VOTES, VOTES]).net_.history[-1, "train_loss"]
    weights = np.r_[np.full(40, 2.0), np.zeros(40)]
    weighted = model.fit(np.r_[X, X], np.r_[VOTES, VOTES], weights)
    assert weighted.net_.history[-1, "train_loss"] == pytest.approx(doubled, rel=1e-4)


def test_a_row_of_weight_zero_is_left_out():
    weights = np.where(np.arange(40) < 30, 1.0, 0.0)
    model = MCDropoutClassifier(max_epochs=3, random_state=0)
    without = model.fit(X[:30], LABELS[:30]).predict_proba(X)
    zero = model.fit(X, LABELS, sample_weight=weights).predict_proba(X)
    np.testing.assert_allclose(zero, without, rtol=1e-5)


@pytest.mark.slow
def test_class_weights_are_weights_of_rows():
    y = np.where(np.arange(40) < 6, "rare", "usual")
    params = {"max_epochs": 3, "random_state": 0}
    of_class = {"rare": 4.0, "usual": 0.5}
    weights = np.where(y == "rare", 4.0, 0.5)
    by_class = MCDropoutClassifier(class_weight=of_class, **params).fit(X, y)
    by_row = MCDropoutClassifier(**params).fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(by_class.predict_proba(X), by_row.predict_proba(X))
    both = by_class.fit(X, y, sample_weight=WEIGHTS).predict_proba(X)
    product = by_row.fit(X, y, sample_weight=weights * WEIGHTS).predict_proba(X)
    np.testing.assert_allclose(both, product, rtol=1e-5)


def test_balanced_classes_count_alike():
    y = np.arange(40) < 6
    ensemble = DeepEnsembleClassifier(n_members=2, max_epochs=2, random_state=0)
    balanced = ensemble.set_params(class_weight="balanced").fit(X, y).predict_proba(X)
    by_hand = ensemble.set_params(class_weight={True: 34.0, False: 6.0}).fit(X, y)
    np.testing.assert_allclose(by_hand.predict_proba(X), balanced, rtol=1e-5)


def test_weights_go_through_a_pipeline_and_validation():
    score = EpochScoring("accuracy", lower_is_better=False, name="acc", on_train=False)
    model = make_pipeline(
        StandardScaler(),
        MCDropoutClassifier(
            max_epochs=2,
            augment=lambda batch: batch + 0.0,
            train_split=ValidSplit(4, stratified=True),
            callbacks=[score],
            random_state=0,
        ),
    )
    model.fit(X, LABELS, mcdropoutclassifier__sample_weight=WEIGHTS)
    history = model[-1].net_.history
    assert np.isfinite(history[:, ("valid_loss", "acc")]).all()


class OwnLoss(nn.Module):
    def forward(self, outputs, y):
        return nn.functional.cross_entropy(outputs, y)


@pytest.mark.parametrize(
    ("weight", "error"),
    [(-1, ValueError), (np.nan, ValueError), (np.inf, ValueError), ("2", TypeError)],
)
def test_a_weight_of_a_class_that_is_none_is_named(weight, error):
    model = DeepEnsembleClassifier(class_weight={True: weight})
    must = "class_weight of DeepEnsembleClassifier must hold finite numbers >= 0"
    with pytest.raises(error, match=f"{must}, got .* for class True"):
        model.fit(X, LABELS)


def test_class_weights_must_leave_rows_to_learn_from():
    model = MCDropoutClassifier(class_weight={True: 0, False: 0, "other": 1})
    with pytest.raises(ValueError, match="but is 0 for every class in y"):
        model.fit(X, LABELS)


@pytest.mark.parametrize(
    ("params", "weights", "message"),
    [
        ({}, np.ones(3), r"sample_weight.*shape"),
        ({}, -np.ones(40), "Negative values"),
        ({}, np.zeros(40), "got zeros only|one non-zero"),
        ({"criterion": OwnLoss}, np.ones(40), "OwnLoss has none"),
        ({"class_weight": "even"}, None, "class_weight of MCDropoutClassifier must be"),
    ],
)
def test_wrong_weights_are_named(params, weights, message):
    with pytest.raises(ValueError, match=message):
        MCDropoutClassifier(**params).fit(X, LABELS, sample_weight=weights)
