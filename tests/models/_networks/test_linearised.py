"""The Jacobian of a network by torch.func, and where torch.func cannot."""

import numpy as np
import pytest
import torch
from torch import nn

from skbal.models._networks._linearised import (
    LinearisedNetwork,
    trained_sizes,
    trained_weights,
)
from tests.models._laplace._all_weights import dense


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.last = nn.LSTM(2, 3, batch_first=True), nn.Linear(3, 2)

    def forward(self, x):
        return self.last(self.cell(x)[0][:, -1])


def linearised(module, example, **settings):
    names = list(trained_sizes(module))
    return LinearisedNetwork(module, names, None, example, "it", **settings)


@pytest.mark.parametrize("kind", ["in place", "batch norm", "recurrent"])
def test_it_is_that_of_backward_passes_row_by_row(kind):
    torch.manual_seed(0)
    shape = (6, 5, 2) if kind == "recurrent" else (6, 4)
    x = torch.randn(shape, dtype=torch.float64)
    between = nn.ReLU(inplace=True) if kind == "in place" else nn.BatchNorm1d(5)
    module = nn.Sequential(nn.Linear(4, 5), between, nn.Linear(5, 2))
    module = (Recurrent() if kind == "recurrent" else module).double()
    network = linearised(module, x[:1])
    module.eval()
    ours = network.jacobian(x).numpy()
    assert network._takes_vmap == (kind != "recurrent")
    np.testing.assert_allclose(ours, dense.jacobian(module, x), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(network.outputs(x), module(x).detach(), 1e-9, 1e-12)
    assert not network.jacobian(x).requires_grad


def test_to_first_order_it_is_the_change_of_the_outputs():
    module = dense.two_layers(2)
    x = torch.from_numpy(np.random.default_rng(0).normal(size=(5, 3)))
    network = linearised(module, x[:1])
    step = 1e-6 * np.random.default_rng(1).normal(size=network.n_chosen)
    before, jacobian = network.outputs(x).numpy(), network.jacobian(x).numpy()
    start = 0
    with torch.no_grad():
        for weights in module.parameters():
            part = step[start : start + weights.numel()]
            weights += torch.from_numpy(part).reshape(weights.shape)
            start += weights.numel()
    change = network.outputs(x).numpy() - before  # the twin shares the weights
    np.testing.assert_allclose(change, jacobian @ step, rtol=1e-4)


def test_weights_are_in_the_order_of_the_jacobian():
    module = dense.two_layers(2)
    module[2].bias.requires_grad_(False)
    assert trained_sizes(module) == {"0.weight": 12, "0.bias": 4, "2.weight": 8}
    np.testing.assert_array_equal(
        trained_weights(module), dense.flat_weights(module)[:24]
    )


def test_chosen_columns_are_those_of_all():
    module = dense.two_layers(2)
    x = torch.randn((3, 3), dtype=torch.float64, generator=torch.Generator())
    names, chosen = ["0.bias", "2.weight"], np.array([1, 5, 6])
    some = LinearisedNetwork(module, names, chosen, x[:1], "it")
    assert some.n_chosen == 3
    np.testing.assert_allclose(
        some.jacobian(x), dense.jacobian(module, x)[:, :, [13, 17, 18]], rtol=1e-12
    )


def test_memory_bounds_the_rows():
    x = torch.zeros((1, 1000), dtype=torch.float64)
    network = linearised(nn.Sequential(nn.Linear(1000, 100)).double(), x)
    # The Jacobian of a row has 100 * 100,100 numbers of 8 bytes, held three times.
    assert network.rows_beside(0) == 2**28 // (3 * 100 * 100_100 * 8)
    assert network.rows_beside(2**30) == 1
