"""Rows are standardized before they enter a default network."""

import numpy as np
import pytest
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn

from skbal.models import (
    DeepEnsembleClassifier,
    LastLayerClassifier,
    MCDropoutClassifier,
    MCDropoutRegressor,
)

RNG = np.random.default_rng(0)
TABLE = RNG.normal([0, 1000, -3, 5], [1e-3, 200, 1, 0], size=(60, 4))
IMAGES = RNG.normal([[[2.0]], [[50.0]]], [[[0.01]], [[20.0]]], size=(60, 2, 8, 8))
Y = np.arange(60) % 2
SHORT = {"max_epochs": 2, "random_state": 0}


def entered(model, X):
    """What enters the network for the rows."""
    return model._to_torch(np.asarray(X)).numpy()


def test_each_feature_is_standardized():
    model = MCDropoutClassifier(**SHORT).fit(TABLE[:40], Y[:40])
    scaler = StandardScaler().fit(TABLE[:40])
    np.testing.assert_allclose(model.row_mean_, scaler.mean_, rtol=1e-6)
    np.testing.assert_allclose(model.row_scale_, scaler.scale_, rtol=1e-4)
    expected = scaler.transform(TABLE)
    np.testing.assert_allclose(entered(model, TABLE), expected, atol=2e-3)


def test_each_channel_is_standardized_over_all_pixels():
    model = MCDropoutClassifier(**SHORT, module__n_filters=2).fit(IMAGES, Y)
    np.testing.assert_allclose(
        model.row_mean_.ravel(), IMAGES.mean(axis=(0, 2, 3)), rtol=1e-5
    )
    np.testing.assert_allclose(
        model.row_scale_.ravel(), IMAGES.std(axis=(0, 2, 3)), rtol=1e-3
    )
    x = entered(model, IMAGES)
    np.testing.assert_allclose(x.mean(axis=(0, 2, 3)), 0, atol=1e-3)
    np.testing.assert_allclose(x.std(axis=(0, 2, 3)), 1, rtol=1e-3)


@pytest.mark.parametrize("standardize", ["auto", True])
def test_units_do_not_matter(standardize):
    model = MCDropoutRegressor(standardize=standardize, **SHORT)
    X, y = RNG.normal(size=(30, 3)), RNG.normal(size=30)
    expected = model.fit(X, y).predict(X)
    other = X * [1000, 0.01, 1] + [5000, 1, -40]
    np.testing.assert_allclose(model.fit(other, y).predict(other), expected, rtol=0.02)


def test_it_can_be_switched_off():
    model = MCDropoutClassifier(standardize=False, **SHORT).fit(TABLE, Y)
    assert model.row_mean_ is None
    np.testing.assert_allclose(entered(model, TABLE), TABLE.astype(np.float32))


def test_a_module_of_ones_own_gets_the_rows_as_they_are_unless_asked():
    module = nn.Sequential(nn.Linear(4, 2), nn.Dropout())
    model = MCDropoutClassifier(module, **SHORT).fit(TABLE, Y)
    assert model.row_mean_ is None
    model.set_params(standardize=True).fit(TABLE, Y)
    assert model.row_mean_ is not None


def test_small_differences_beside_a_large_mean_are_kept():
    X = (1e6 + RNG.normal(size=(50, 1)).round(1)).astype(np.float32)
    model = MCDropoutRegressor(**SHORT).fit(X, X[:, 0])
    expected = (X - X.mean(dtype=np.float64)) / X.std(dtype=np.float64)
    np.testing.assert_allclose(entered(model, X), expected, atol=1e-3)


def test_a_warm_start_keeps_the_first_scale():
    model = MCDropoutClassifier(warm_start=True, **SHORT).fit(TABLE[:30], Y[:30])
    mean = model.row_mean_
    model.fit(TABLE, Y)
    np.testing.assert_array_equal(model.row_mean_, mean)


@pytest.mark.parametrize("estimator", [MCDropoutClassifier, DeepEnsembleClassifier])
def test_saved_weights_bring_their_scale(estimator, tmp_path):
    model = estimator(**SHORT).fit(TABLE, Y)
    model.save_weights(tmp_path / "weights.safetensors")
    loaded = estimator(**SHORT).load_weights(tmp_path / "weights.safetensors")
    np.testing.assert_array_equal(loaded.row_scale_, model.row_scale_)
    np.testing.assert_allclose(
        loaded.predict_samples(TABLE, 2, random_state=0),
        model.predict_samples(TABLE, 2, random_state=0),
        rtol=1e-6,
    )


def test_features_are_those_of_standardized_rows():
    network = MCDropoutClassifier(**SHORT)
    model = LastLayerClassifier(network, random_state=0).fit(TABLE, Y)
    module = model.network_.net_.module_
    x = torch.from_numpy(entered(model.network_, TABLE))
    with torch.no_grad():
        expected = module[:-1].eval()(x)
    np.testing.assert_allclose(model.transform(TABLE), expected, atol=1e-5)


def test_another_word_is_named():
    with pytest.raises(ValueError, match="standardize of MCDropoutClassifier must be"):
        MCDropoutClassifier(standardize="yes").fit(TABLE, Y)
