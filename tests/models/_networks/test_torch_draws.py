"""Draws of tensors are those of predict_samples, and gradients pass through them."""

import numpy as np
import pytest
import torch
from torch import nn

from skbal.models import (
    BayesByBackpropClassifier,
    BayesByBackpropRegressor,
    BayesianLinearRegression,
    DeepEnsembleClassifier,
    DeepEnsembleRegressor,
    LaplaceClassifier,
    LaplaceRegressor,
    LastLayerClassifier,
    LastLayerRegressor,
    LastLayerVoteRegressor,
    MCDropoutClassifier,
    MCDropoutRegressor,
    MCDropoutVoteRegressor,
    SWAGClassifier,
)
from skbal.models._dropout._draws import DropoutSampler

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 6)) * [1, 2, 3, 1, 1, 1] + 5
LABELS = np.arange(30) % 3
NUMBERS = X[:, :2] * 10
VOTES = np.stack([LABELS, np.full(30, 4)], axis=1)
DIRECTION = RNG.normal(size=(5, 6))
FEW = {"max_steps": 3, "random_state": 0}
NET = MCDropoutClassifier(module__hidden_units=(8,), **FEW)
REGRESSION = MCDropoutRegressor(module__hidden_units=(8,), **FEW)


class Skip(nn.Module):
    """A network with a skip connection, whose draws need a pass each."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(6, 8), nn.Linear(8, 8)
        self.dropout, self.last = nn.Dropout(0.5), nn.Linear(8, 3)

    def forward(self, x):
        hidden = self.first(x).tanh()
        return self.last(hidden + self.dropout(self.second(hidden)).tanh())


CASES = {
    "MC dropout": (NET, LABELS),
    "MC dropout, skip connection": (MCDropoutClassifier(Skip, **FEW), LABELS),
    "one prediction": (MCDropoutClassifier(deterministic=True, **FEW), LABELS),
    "regressor": (REGRESSION, NUMBERS),
    "votes": (MCDropoutVoteRegressor(**FEW), VOTES),
    "ensemble": (DeepEnsembleClassifier(n_members=2, **FEW), LABELS),
    "ensemble of regressors": (DeepEnsembleRegressor(n_members=2, **FEW), NUMBERS),
    "last layer": (LastLayerClassifier(NET, random_state=0), LABELS),
    "last layer of numbers": (LastLayerRegressor(REGRESSION), NUMBERS),
    "last layer of an ensemble": (
        LastLayerClassifier(DeepEnsembleClassifier(n_members=2, **FEW)), LABELS,
    ),
    "Laplace": (LaplaceClassifier(NET), LABELS),
    "Laplace, Kronecker": (LaplaceClassifier(NET, hessian="kronecker"), LABELS),
    "Laplace of numbers": (LaplaceRegressor(REGRESSION), NUMBERS),
    "SWAG": (SWAGClassifier(n_snapshots=3, n_draws=5, **FEW), LABELS),
    "Bayes by backprop": (BayesByBackpropClassifier(n_draws=5, **FEW), LABELS),
    "backprop of numbers": (BayesByBackpropRegressor(n_draws=5, **FEW), NUMBERS),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_they_are_the_draws_of_predict_samples_with_gradients(name):
    model, y = CASES[name]
    model.fit(X, y)
    drawn = model.predict_samples(X[:5], random_state=3)
    function = model._torch_draws(X, None, 3)
    assert function.n_draws == drawn.shape[1]
    x = torch.tensor(X[:5], requires_grad=True)
    draws = function(x, range(function.n_draws))
    found = draws.detach().numpy().swapaxes(0, 1)
    np.testing.assert_allclose(found, drawn, rtol=1e-4, atol=1e-5)
    if function.n_draws > 4:
        np.testing.assert_allclose(
            function(x, range(2, 4)).detach(), draws[2:4].detach(), rtol=1e-5, atol=1e-6
        )
    # The derivative along a direction, by a difference that float32 can tell.
    direction, step = torch.tensor(DIRECTION), 1e-3
    (slope,) = torch.autograd.grad(draws[0, :, 0].sum(), x)
    with torch.no_grad():
        up, down = (function(x + k * step * direction, range(1)) for k in (1, -1))
    expected = (up - down)[..., 0].sum() / (2 * step)
    size = (slope * direction).abs().sum()
    assert size > 0
    assert abs((slope * direction).sum() - expected) < 0.03 * size


SMOOTH = {
    "FirstDense": nn.Sequential(
        nn.Linear(6, 8), nn.Tanh(), nn.Dropout(0.3), nn.Linear(8, 8), nn.Tanh(),
        nn.Dropout(0.5), nn.Linear(8, 3),
    ),
    "_SideBySide": nn.Sequential(
        nn.Linear(6, 8), nn.Dropout(0.3), nn.Tanh(), nn.Linear(8, 3),
    ),
    "_OneByOne": Skip(),
}  # fmt: skip


@pytest.mark.parametrize("way", SMOOTH)
def test_gradients_of_each_way_to_draw_are_right_in_float64(way):
    x = torch.tensor(X[:3] / 5)
    sampler = DropoutSampler(SMOOTH[way].double(), x, 3, seed=0)
    assert type(sampler._way).__name__ == way
    # torch compares with finite differences.
    assert torch.autograd.gradcheck(
        lambda x: sampler.with_gradients(x, range(3)), x.requires_grad_()
    )


def test_a_head_that_is_not_linear_is_refused():
    class WavyHead(BayesianLinearRegression):
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            draws = super().predict_samples(X, n_draws, random_state=random_state)
            return np.sin(draws)

    model = LastLayerRegressor(REGRESSION, WavyHead()).fit(X, NUMBERS)
    with pytest.raises(TypeError, match=r"^head of LastLayerRegressor .* WavyHead are"):
        model._torch_draws(X, 5, 0)


def test_draws_of_unknown_form_are_refused():
    network = MCDropoutVoteRegressor(max_steps=100, random_state=0)
    model = LastLayerVoteRegressor(network).fit(X, VOTES)
    with pytest.raises(TypeError, match=r"draws of LastLayerVoteRegressor .*occlusion"):
        model._torch_draws(X, 5, 0)
