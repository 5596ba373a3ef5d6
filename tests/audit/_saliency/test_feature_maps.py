import numpy as np
import pytest
import skorch
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn

from skbal.audit import FeatureMaps, FeatureMapsDisplay, feature_maps
from skbal.models import (
    DeepEnsembleClassifier,
    LastLayerClassifier,
    MCDropoutClassifier,
)

RNG = np.random.default_rng(0)
IMAGES = RNG.random((12, 1, 8, 8)).astype(np.float32)
LABELS = np.arange(12) % 2
FEW = {"max_steps": 1, "random_state": 0, "standardize": False}


@pytest.fixture(scope="module")
def model():
    return MCDropoutClassifier(**FEW).fit(IMAGES, LABELS)


def expected(module, n_layers):
    with torch.no_grad():
        return module[:n_layers].eval()(torch.from_numpy(IMAGES[:3])).numpy()


def test_the_maps_are_the_outputs_of_the_layer(model):
    found = feature_maps(model, IMAGES[:3])
    assert found.layer == "0"
    np.testing.assert_allclose(found.maps, expected(model.net_.module_, 1), atol=1e-6)
    later = feature_maps(model, IMAGES[:3], layer="3")  # the second ReLU
    np.testing.assert_allclose(later.maps, expected(model.net_.module_, 4), atol=1e-6)


def test_other_networks_have_them_too(model):
    ensemble = DeepEnsembleClassifier(n_members=2, **FEW).fit(IMAGES, LABELS)
    first = expected(ensemble.members_[0].module_, 1)
    np.testing.assert_allclose(
        feature_maps(ensemble, IMAGES[:3]).maps, first, atol=1e-6
    )
    head = LastLayerClassifier(MCDropoutClassifier(**FEW)).fit(IMAGES, LABELS)
    inner = expected(head.network_.net_.module_, 1)
    np.testing.assert_allclose(feature_maps(head, IMAGES[:3]).maps, inner, atol=1e-6)
    net = skorch.NeuralNetClassifier(
        nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 2)),
        criterion=nn.CrossEntropyLoss, max_epochs=1, train_split=None, verbose=0,
    ).fit(IMAGES, LABELS)  # fmt: skip
    found = feature_maps(net, IMAGES[:3], layer="1").maps
    np.testing.assert_allclose(found, expected(net.module_, 2), atol=1e-6)


def test_filters_that_see_nothing_are_counted():
    maps = RNG.random((3, 4, 5, 5))
    maps[:, 1] = 0.25
    maps[:, 2] = np.arange(3)[:, None, None]  # differs between images
    found = FeatureMaps(maps, np.ones((3, 6, 6)), "conv")
    assert found.n_constant == 1
    assert found.concern is False
    assert found.verdict.startswith("1 of 4 filters of layer 'conv' gives")
    maps[:, [0, 3]] = 0
    assert found.concern is True
    frame = found.to_frame()
    np.testing.assert_allclose(frame["mean"], maps.mean(axis=(0, 2, 3)))
    np.testing.assert_allclose(frame["largest"], maps.max(axis=(0, 2, 3)))


def test_the_display_draws_the_filters_of_an_image(model):
    display = FeatureMapsDisplay.from_estimator(model, IMAGES[:2], image=1, n_columns=6)
    assert len(display.images_) == 32
    assert display.ax_.shape == (6, 6)
    shown = display.images_[5].get_array()
    np.testing.assert_array_equal(shown, display.maps.maps[1, 5])
    assert display.figure_ is display.ax_[0, 0].figure
    with pytest.raises(ValueError, match="image of FeatureMapsDisplay must lie in"):
        display.plot(image=2)
    with pytest.raises(TypeError, match="maps of FeatureMapsDisplay must be a result"):
        FeatureMapsDisplay(maps=IMAGES).plot()


REFUSED = [
    ({"layer": "conv"}, ValueError, "layer of feature_maps must be a layer of the net"),
    ({"layer": 3}, TypeError, "layer of feature_maps must be the name of a layer or"),
    ({"layer": "7"}, ValueError, "layer of feature_maps must be a layer whose outputs"),
    (
        {"estimator": LogisticRegression()},
        TypeError,
        "estimator of feature_maps must b",
    ),
    ({"X": IMAGES * np.inf}, ValueError, "X given to feature_maps must be finite"),
]


@pytest.mark.parametrize(("wrong", "error", "message"), REFUSED)
def test_a_wrong_argument_is_named(model, wrong, error, message):
    arguments = {"estimator": model, "X": IMAGES[:2], **wrong}
    with pytest.raises(error, match=f"^{message}"):
        feature_maps(**arguments)


def test_a_network_without_convolutions_is_told():
    flat = MCDropoutClassifier(**FEW).fit(IMAGES.reshape(12, 64), LABELS)
    with pytest.raises(ValueError, match="must have a convolution, but its network"):
        feature_maps(flat, IMAGES.reshape(12, 64))
