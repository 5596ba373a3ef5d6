"""Networks that end in a function which bounds their logits."""

import warnings

import numpy as np
import pytest
import torch
from sklearn.datasets import load_iris
from torch import nn
from torch.nn import functional

from skbal.models import (
    BayesByBackpropClassifier,
    DeepEnsembleClassifier,
    MCDropoutClassifier,
    MCDropoutMultiLabelClassifier,
    MCDropoutRegressor,
    SWAGClassifier,
)
from skbal.models._networks._endings import ending_of

X, Y = load_iris(return_X_y=True)
SHORT = {"max_steps": 2, "random_state": 0}


class Ends(nn.Module):
    """A network whose last step is a function."""

    def __init__(self, function):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.Dropout(), nn.Linear(8, 3))
        self.function = function

    def forward(self, x):
        return self.function(self.body(x))


def sequence(last):
    return nn.Sequential(nn.Linear(4, 8), nn.Dropout(), nn.Linear(8, 3), last)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (sequence(nn.Sigmoid()), "Sigmoid"),
        (sequence(nn.Tanh()), "Tanh"),
        (sequence(nn.ReLU(inplace=True)), "Relu"),
        (sequence(nn.Hardsigmoid()), "Hardsigmoid"),
        (sequence(nn.ReLU6()), "Hardtanh"),
        (sequence(nn.Softmax(1)), None),
        (sequence(nn.Identity()), None),
        (Ends(torch.sigmoid), "Sigmoid"),
        (Ends(functional.relu), "Relu"),
        (Ends(lambda x: (torch.tanh(x), x)), "Tanh"),
        (
            Ends(lambda x: torch.sigmoid(x)[:, :, None].squeeze(2).view(-1, 3)),
            "Sigmoid",
        ),
        (Ends(lambda x: 10 * torch.tanh(x)), None),
        (Ends(lambda x: x - torch.sigmoid(x)), None),
    ],
)
def test_the_last_function_is_found_also_without_a_module(module, name):
    assert ending_of(module, torch.zeros(2, 4)) == name
    with torch.no_grad():  # what the caller set does not matter
        assert ending_of(module, torch.zeros(2, 4)) == name


@pytest.mark.parametrize(
    "estimator",
    [
        BayesByBackpropClassifier,
        MCDropoutClassifier,
        SWAGClassifier,
        lambda *args, **params: DeepEnsembleClassifier(*args, n_members=1, **params),
    ],
)
def test_a_classifier_warns_that_its_logits_are_bounded(estimator):
    module = sequence(nn.Sigmoid())
    words = r"Sequential, ends in a Sigmoid.*sum to [\d.]+\).*Softmax\(1\)"
    with pytest.warns(UserWarning, match=words):
        estimator(module, **SHORT).fit(X, Y)


@pytest.mark.filterwarnings("error")
def test_logits_that_are_in_the_unit_interval_by_chance_are_no_reason_to_warn():
    module = sequence(nn.Identity())
    with torch.no_grad():
        module[2].weight *= 1e-3
        module[2].bias.copy_(torch.tensor([0.2, 0.3, 0.4]))
    MCDropoutClassifier(module, lr=1e-6, **SHORT).fit(X, Y)
    MCDropoutClassifier(sequence(nn.Softmax(1)), **SHORT).fit(X, Y)
    MCDropoutRegressor(sequence(nn.Sigmoid()), **SHORT).fit(X, np.stack([Y] * 3, 1))


def test_a_sigmoid_costs_accuracy_as_the_warning_says():
    module = nn.Sequential(nn.Linear(4, 30), nn.Dropout(0.1), nn.Linear(30, 3))
    long = {"max_steps": 300, "lr": 0.01, "random_state": 0}
    best = MCDropoutClassifier(module, **long).fit(X, Y).predict_proba(X).max(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is what this test is about
        bounded = MCDropoutClassifier(nn.Sequential(*module, nn.Sigmoid()), **long)
        bounded.fit(X, Y)
    # Of three logits in [0, 1], the largest probability is e / (e + 2) = 0.58.
    assert bounded.predict_proba(X).max() < 0.58 < np.median(best)


def test_several_labels_refuse_a_sigmoid_that_is_a_function():
    labels = np.stack([Y == 0, Y == 1, Y == 2], 1).astype(int)
    with pytest.raises(ValueError, match="give logits, but Ends ends in a Sigmoid"):
        MCDropoutMultiLabelClassifier(Ends(torch.sigmoid), **SHORT).fit(X, labels)
