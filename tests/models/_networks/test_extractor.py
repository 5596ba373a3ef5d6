"""The cut through a torch network, against forward passes made by hand."""

import numpy as np
import pytest
import torch
from torch import nn

from skbal._utils.random_streams import random_streams
from skbal.models._networks._architectures import DropoutMLP, GalCNN
from skbal.models._networks._extractor import FeatureExtractor, find_last_dense
from tests.models._last_layer.networks import InPlace, Skip, mlp

ROWS = torch.tensor(np.random.default_rng(0).normal(size=(7, 4)), dtype=torch.float32)


def features_of(module, x, feature_layer=None):
    extractor = FeatureExtractor(module, feature_layer, x[:1].clone(), "Owner")
    return extractor(x.clone())


@torch.no_grad()
def by_hand(layers, x):
    for layer in layers:
        x = layer.eval()(x)
    return x.reshape(len(x), -1)


def assert_close(features, expected):
    # Some processors round matrix products and batch norm otherwise from call to call.
    torch.testing.assert_close(features, expected, rtol=1e-4, atol=1e-5)


def test_features_of_the_mlp_are_what_enters_its_last_layer():
    network = DropoutMLP(4, 2, hidden_units=(6, 5))
    features = features_of(network, ROWS)
    assert features.shape == (7, 5)
    assert_close(features, by_hand([*network][:-1], ROWS))


def test_features_of_the_cnn_are_what_enters_its_last_layer():
    network = GalCNN((1, 10, 10), 3, n_filters=2, hidden_units=6)
    images = torch.rand(5, 1, 10, 10)
    features = features_of(network, images)
    assert features.shape == (5, 6)
    assert_close(features, by_hand([*network][:-1], images))


def test_layers_nested_in_each_other_are_cut_before_the_last_dense_one():
    network = mlp()
    expected = by_hand([network[0]], ROWS)  # batch norm in evaluation mode
    assert_close(features_of(mlp(), ROWS), expected)


def test_a_named_layer_gives_its_output():
    network = Skip()
    with torch.no_grad():
        h = torch.relu(network.eval().norm(network.body(ROWS)))
        expected = h + network.mix(h)
    network.train()
    assert_close(features_of(network, ROWS, "dropout"), expected)


def test_a_feature_map_is_flattened():
    network = GalCNN((1, 10, 10), 3, n_filters=2, hidden_units=6)
    features = features_of(network, torch.rand(5, 1, 10, 10), "0")
    assert features.shape == (5, 2 * 7 * 7)


def test_a_layer_that_works_in_place_behind_the_named_one_changes_no_feature():
    network = nn.Sequential(nn.Linear(4, 5), nn.ReLU(inplace=True), nn.Linear(5, 1))
    features = features_of(network, ROWS, "0")
    assert_close(features, by_hand([network[0]], ROWS))
    assert (features < 0).any()


def test_of_several_outputs_the_first_is_the_features():
    network = nn.Sequential(nn.GRU(4, 3, batch_first=True))
    sequences = torch.rand(5, 2, 4)
    expected = network[0](sequences)[0].detach().reshape(5, 6)
    assert_close(features_of(network, sequences, "0"), expected)


def test_a_dense_layer_alone_has_its_rows_as_features():
    assert torch.equal(features_of(nn.Linear(4, 2), ROWS), ROWS)


def test_activations_behind_the_last_dense_layer_are_known():
    dense, softmax = nn.Linear(4, 3), nn.Softmax(dim=1)
    found = find_last_dense(nn.Sequential(dense, nn.Dropout(), nn.Identity(), softmax))
    assert found.layer is dense
    assert found.after == [softmax]


@pytest.mark.parametrize(
    "last", [nn.BatchNorm1d(3), nn.PReLU(), nn.GLU(), Skip(3), nn.Sequential(InPlace())]
)
def test_no_dense_layer_is_last_where_another_layer_may_mix_outputs(last):
    assert find_last_dense(nn.Sequential(nn.Linear(4, 3), last)) is None


def test_a_network_in_float64_gives_float64():
    network = mlp().double()
    features = features_of(network, ROWS.double())
    assert features.dtype == torch.float64
    assert features_of(mlp(), ROWS).dtype == torch.float32


def test_the_network_its_hooks_and_the_streams_stay_as_they_were():
    network = mlp().train()
    network[0][0].register_forward_hook(lambda *args: None)
    weights = {key: value.clone() for key, value in network.state_dict().items()}
    before = random_streams()
    features_of(network, ROWS)
    assert random_streams() == before
    assert all(layer.training for layer in network.modules())
    assert [len(layer._forward_hooks) for layer in network.modules()].count(1) == 1
    assert not any(layer._forward_pre_hooks for layer in network.modules())
    for key, value in network.state_dict().items():
        assert torch.equal(value, weights[key])


def test_an_error_leaves_the_network_as_it_was():
    network = mlp().train()
    with pytest.raises(ValueError, match=r"rows that enter the network as \(3,\)"):
        features_of(network, ROWS[:, :3])
    assert all(layer.training for layer in network.modules())
    assert not any(layer._forward_pre_hooks for layer in network.modules())


@pytest.mark.parametrize(
    ("network", "feature_layer", "error", "message"),
    [
        (Skip(), None, ValueError, "not a Sequential .* such as 'body', 'norm'"),
        (nn.Bilinear(2, 2, 1), None, ValueError, "feature_layer .* it has none"),
        (nn.Sequential(nn.ReLU()), None, ValueError, "such as '0'"),
        (Skip(), "bod", ValueError, "feature_layer of Owner .* 'body', got 'bod'"),
        (Skip(), "zzz", ValueError, "'body', 'norm', 'mix', .* got 'zzz'"),
        (Skip(), "", ValueError, "got ''"),
        (Skip(), 3, TypeError, "name of a layer or None, got 3"),
    ],
)
def test_a_cut_that_cannot_be_made_says_what_to_give(
    network, feature_layer, error, message
):
    with pytest.raises(error, match=message):
        features_of(network, ROWS, feature_layer)


def test_a_layer_that_does_not_run_is_named():
    network = Skip()
    network.spare = nn.Linear(8, 8)
    with pytest.raises(
        ValueError, match="row for each of the 16 rows that enter, got nothing"
    ):
        features_of(network, ROWS, "spare")


def test_many_layers_are_not_all_listed():
    network = nn.Sequential(*[nn.ReLU() for _ in range(15)])
    with pytest.raises(ValueError, match=r"'9' \(and 5 more\)"):
        features_of(network, ROWS)
