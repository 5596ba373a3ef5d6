"""The default networks as torch modules."""

import pytest
import torch
from torch import nn

from skbal.models import DropoutMLP, GalaxyCNN, GalCNN, MCDropoutClassifier

NETWORKS = [
    (GalCNN((1, 12, 12), 3, n_filters=2, hidden_units=5), (4, 1, 12, 12)),
    (GalaxyCNN((3, 9, 8), 3, hidden_units=5), (4, 3, 9, 8)),
    (DropoutMLP(6, 3, hidden_units=(5, 4)), (4, 6)),
]


@pytest.mark.parametrize(("network", "shape"), NETWORKS)
def test_a_slice_is_a_plain_sequential_that_shares_the_layers(network, shape):
    network.eval()
    x = torch.randn(shape)
    first, last = network[:4], network[4:]
    assert type(first) is type(last) is nn.Sequential
    assert first[0] is network[0]
    assert next(name for name, _ in last.named_children()) == "4"
    torch.testing.assert_close(last(first(x)), network(x))
    assert network[-1] is [*network.children()][-1]
    assert len(network[::2]) == (len(network) + 1) // 2


def test_the_network_of_a_fitted_estimator_can_be_sliced():
    X = torch.randn(10, 4).numpy()
    model = MCDropoutClassifier(max_epochs=1).fit(X, [0, 1] * 5)
    assert model.net_.module_[:5](torch.tensor(X)).shape == (10, 100)


def test_the_probabilities_of_dropout_are_parameters():
    network = GalCNN((1, 8, 8), 2, conv_dropout=0.1, dense_dropout=0.7)
    assert [m.p for m in network if isinstance(m, nn.Dropout)] == [0.1, 0.7]
