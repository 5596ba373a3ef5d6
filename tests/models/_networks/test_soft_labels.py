"""Networks learn probabilities of classes, which are soft labels."""

import numpy as np
import pytest
import torch
from skorch.callbacks import EarlyStopping
from skorch.dataset import ValidSplit
from torch import nn

from skbal.models import (
    DeepEnsembleClassifier,
    LaplaceClassifier,
    LastLayerClassifier,
    MCDropoutClassifier,
)
from skbal.models._networks._class_targets import are_soft
from skbal.models._networks._soft_labels import LabelsOrSoftLabels, check_soft_labels

pytestmark = pytest.mark.slow  # torch

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3)).astype(np.float32)
Y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)
SOFT = RNG.dirichlet([1, 1, 1], size=60)
ONE_HOT = np.eye(3)[Y]
STILL = {"max_epochs": 1, "lr": 1e-12, "random_state": 0}


def network(*last):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.0), *last)


def log_probabilities(module):
    outputs = module(torch.from_numpy(X)).detach().double()
    total = outputs.exp().sum(dim=1)
    if (outputs >= 0).all() and torch.allclose(outputs.sum(dim=1), total * 0 + 1):
        return outputs.log().numpy()
    return outputs.log_softmax(dim=1).numpy()


@pytest.mark.parametrize("last", [(), (nn.Softmax(1),), (nn.LogSoftmax(1),)])
@pytest.mark.parametrize("weights", [None, RNG.uniform(0.1, 3, size=60)])
def test_the_loss_is_the_cross_entropy(last, weights):
    model = MCDropoutClassifier(network(*last), **STILL)
    model.fit(X, SOFT, sample_weight=weights)
    losses = -(SOFT * log_probabilities(model.net_.module_)).sum(axis=1)
    expected = np.average(losses, weights=weights)
    assert model.net_.history[-1, "train_loss"] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("last", [(), (nn.Softmax(1),)])
@pytest.mark.parametrize("split", [None, 0.2, ValidSplit(5)])
def test_one_hot_rows_are_labels(last, split):
    options = {"max_epochs": 3, "train_split": split, "random_state": 0}
    model = MCDropoutClassifier(network(*last), **options)
    labels = model.fit(X, Y).predict_proba(X)
    accuracy = model.net_.history[-1].get("valid_acc")
    rows = model.fit(X, ONE_HOT).predict_proba(X)
    np.testing.assert_allclose(rows, labels, rtol=1e-5)
    assert model.net_.history[-1].get("valid_acc") == accuracy
    assert model.net_.classes_.tolist() == [0, 1, 2]


def test_a_network_learns_the_probabilities_it_is_given():
    given = 1 / (1 + np.exp(-2 * X[:, :1]))
    model = MCDropoutClassifier(max_epochs=150, lr=0.01, random_state=0)
    model.fit(X, np.hstack([1 - given, given]))
    assert np.abs(model.predict_proba(X)[:, 1:] - given).mean() < 0.06
    assert model.classes_.tolist() == [0, 1]
    hard = model.fit(X, (given[:, 0] > 0.5).astype(int)).predict_proba(X)
    assert np.abs(hard[:, 1:] - given).mean() > 0.15


def test_an_ensemble_learns_them_too():
    model = DeepEnsembleClassifier(n_members=2, max_epochs=60, lr=0.01, random_state=0)
    model.fit(X, ONE_HOT)
    assert model.score(X, Y) > 0.9
    assert model.predict_samples(X).shape == (60, 2, 3)


def test_early_stopping_sees_the_validation_loss():
    model = MCDropoutClassifier(
        max_epochs=200,
        lr=0.1,
        train_split=0.2,
        callbacks=[EarlyStopping(patience=2)],
        random_state=0,
    )
    assert len(model.fit(X, SOFT).net_.history) < 200


def test_a_warm_start_goes_on_from_labels_to_probabilities():
    names = np.array(["cat", "dog", "owl"])
    model = MCDropoutClassifier(warm_start=True, max_epochs=2, random_state=0)
    model.fit(X, names[Y]).fit(X, SOFT)
    assert model.classes_.tolist() == names.tolist()
    assert set(model.fit(X, names[Y]).predict(X)) <= set(names)
    with pytest.raises(ValueError, match=r"2 columns .* first fit saw 3 classes"):
        model.fit(X, np.full((60, 2), 0.5))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (SOFT * 0.9, r"has 3 columns, so .* sum to 1, got the sum 0.9 in row 0"),
        (SOFT - 0.5, r"are in \[0, 1\], got -0"),
        (np.where(SOFT > 0.9, np.nan, SOFT), r"are in \[0, 1\], got nan in row"),
        (np.full((60, 2), "cat"), "has 2 columns, .* are numbers: could not"),
        (ONE_HOT[:, :, None], "Found array with dim 3"),
        (SOFT[:5], "inconsistent numbers of samples"),
    ],
)
def test_wrong_probabilities_are_named(y, message):
    model = MCDropoutClassifier(max_epochs=1, random_state=0).fit(X, Y)
    before = model.predict_proba(X)
    with pytest.raises(ValueError, match=message):
        model.fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(X), before)


def test_class_weights_need_labels():
    model = MCDropoutClassifier(class_weight="balanced")
    with pytest.raises(ValueError, match="class_weight of MCDropoutClassifier must be"):
        model.fit(X, SOFT)


@pytest.mark.parametrize("model", [LaplaceClassifier(), LastLayerClassifier()])
def test_estimators_around_a_network_need_labels(model):
    with pytest.raises(ValueError, match="y should be a 1d array"):
        model.fit(X, SOFT)


def test_the_loss_takes_labels_and_probabilities():
    logs = torch.from_numpy(SOFT).log()
    rows, labels = torch.from_numpy(ONE_HOT), torch.from_numpy(Y)
    for reduction in ("mean", "none"):
        loss = LabelsOrSoftLabels(reduction=reduction)
        torch.testing.assert_close(loss(logs, rows), loss(logs, labels))


@pytest.mark.parametrize("y", [Y, Y[:, None], Y.tolist(), ["a"], [[1], [2, 3]], None])
def test_labels_are_not_soft(y):
    assert not are_soft(y)


def test_sums_are_made_exact():
    rough = SOFT.astype(np.float16)
    checked = check_soft_labels(rough, "MCDropoutClassifier")
    assert checked.dtype == np.float32
    np.testing.assert_allclose(checked.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(rough, SOFT.astype(np.float16))
