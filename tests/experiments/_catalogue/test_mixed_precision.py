"""Training in bfloat16, with the network of Gal et al. (2017)."""

import numpy as np
import torch
from skorch.dataset import ValidSplit

from skbal.datasets import load_mnist_5k
from skbal.experiments._catalogue._digits_torch import ChannelsLastCNN
from skbal.experiments._catalogue._mixed_precision_torch import MixedPrecisionClassifier
from skbal.models import MCDropoutClassifier


def test_training_in_bfloat16_ends_near_training_in_float32():
    X, y = load_mnist_5k(return_X_y=True)
    X, y = X[:60].reshape(-1, 28, 28)[:, None, ::2, ::2], y[:60]
    parameters = {"max_epochs": 8, "batch_size": 16, "lr": 1e-3, "random_state": 0}
    mixed, plain = (
        kind(
            ChannelsLastCNN,
            module__image_shape=(1, 14, 14),
            module__n_outputs=10,
            **parameters,
        ).fit(X, y)
        for kind in (MixedPrecisionClassifier, MCDropoutClassifier)
    )
    losses = [model.net_.history[:, "train_loss"] for model in (mixed, plain)]
    assert losses[0] != losses[1]  # it is another arithmetic
    np.testing.assert_allclose(*losses, rtol=0.05)
    assert {p.dtype for p in mixed.net_.module_.parameters()} == {torch.float32}
    draws = [model.predict_samples(X) for model in (mixed, plain)]
    np.testing.assert_allclose(draws[0].mean(axis=1), draws[1].mean(axis=1), atol=0.1)


def test_validation_in_between_is_in_float32():
    X, y = load_mnist_5k(return_X_y=True)
    X, y = X[:60].reshape(-1, 28, 28)[:, None, ::2, ::2], y[:60]
    model = MixedPrecisionClassifier(
        ChannelsLastCNN,
        module__image_shape=(1, 14, 14),
        module__n_outputs=10,
        max_epochs=2,
        train_split=ValidSplit(3),
        random_state=0,
    ).fit(X, y)
    assert np.isfinite(model.net_.history[:, "valid_loss"]).all()
    assert not torch.is_autocast_enabled("cpu")
    network = model.net_.module_.eval()
    logits = network(torch.as_tensor(X))
    assert logits.dtype == torch.float32
