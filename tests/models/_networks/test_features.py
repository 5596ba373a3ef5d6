import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import softmax
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal.models import LastLayerRegressor, MCDropoutClassifier, MCDropoutRegressor

X = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)


@pytest.fixture(scope="module")
def network():
    network = MCDropoutRegressor(
        module__hidden_units=(9,), max_epochs=2, random_state=0
    )
    return network.fit(X, X[:, 0])


def test_transform_gives_what_enters_the_last_dense_layer():
    network = MCDropoutClassifier(
        module__hidden_units=(9,), max_epochs=2, random_state=0
    ).fit(X, X[:, 0] > 0)
    features = network.transform(X)
    *_, weight, bias = (w.detach().numpy() for w in network.net_.module_.parameters())
    probabilities = network.set_params(deterministic=True).predict_proba(X)
    assert features.shape == (50, 9)
    assert features.dtype == np.float32
    expected = softmax(features @ weight.T + bias, axis=1)
    assert_allclose(probabilities, expected, rtol=1e-4)


def test_transform_is_that_of_a_last_layer_on_the_same_network(network):
    last = LastLayerRegressor(network, refit_network=False).fit(X, X[:, 0])
    assert_allclose(network.transform(X), last.transform(X), rtol=1e-6)


def test_transform_of_a_row_does_not_depend_on_the_others(network):
    parts = [network.transform(X[rows]) for rows in (slice(0, 7), slice(7, 50))]
    assert_allclose(np.concatenate(parts), network.transform(X), rtol=1e-5, atol=1e-6)


def test_images_and_pipelines_have_features():
    images = np.random.default_rng(0).random((12, 64), dtype=np.float32)
    pipeline = make_pipeline(
        StandardScaler(),
        MCDropoutClassifier(image_shape=(8, 8), max_epochs=1, random_state=0),
    ).fit(images, np.arange(12) % 2)
    assert pipeline.transform(images).shape == (12, 128)


def test_only_a_fitted_network_with_a_last_dense_layer_can_transform():
    from torch import nn

    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(4, 1)
            self.dropout = nn.Dropout(0.1)

        def forward(self, x):
            return self.layer(self.dropout(x))

    own = MCDropoutRegressor(Own, max_epochs=1, random_state=0)
    assert not hasattr(MCDropoutRegressor(), "transform")
    assert not hasattr(own.fit(X, X[:, 0]), "transform")


def test_rows_of_another_shape_are_refused(network):
    with pytest.raises(ValueError, match="4 features"):
        network.transform(X[:, :3])
