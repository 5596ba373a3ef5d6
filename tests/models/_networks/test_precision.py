"""Training in bfloat16: the products are, and nothing else is."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_iris
from torch import nn

from skbal import models
from skbal.datasets import load_mnist_5k
from skbal.models import MCDropoutClassifier
from skbal.models._networks._estimator import NetworkEstimator
from skbal.models._networks._modes import bfloat16

X, Y = load_iris(return_X_y=True)
X = X.astype(np.float32)
TARGETS = {
    "MultiLabelClassifier": np.stack([Y == 0, Y > 1], axis=1).astype(int),
    "Classifier": Y,
    "VoteRegressor": np.stack([np.where(Y > 0, 8, 2), np.full(len(Y), 10)], axis=1),
    "Regressor": X[:, 0],
}
KINDS = [
    kind
    for kind in (getattr(models, name) for name in models.__all__)
    if isinstance(kind, type) and issubclass(kind, NetworkEstimator)
]


def targets_of(kind):
    return next(y for end, y in TARGETS.items() if kind.__name__.endswith(end))


class Watched(nn.Module):
    """Notes the type of its products, in training and else."""

    seen = {True: set(), False: set()}  # also of copies

    def __init__(self, n_outputs=3):
        super().__init__()
        self.first, self.last = nn.Linear(4, 16), nn.Linear(16, n_outputs)
        self.dropout = nn.Dropout(0.2)

    def forward(self, X):
        hidden = self.first(X)
        self.seen[self.training].add(hidden.dtype)
        return self.last(self.dropout(hidden.relu()))


class Loss(nn.CrossEntropyLoss):
    seen = set()

    def forward(self, outputs, y):
        self.seen.add((outputs.dtype, torch.is_autocast_enabled("cpu")))
        return super().forward(outputs, y)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_network_ends_near_its_training_in_float32(kind):
    y = targets_of(kind)
    mixed, plain = (
        kind(max_epochs=5, random_state=0, precision=precision).fit(X, y)
        for precision in ("bf16", "float32")
    )
    draws = [
        np.asarray(model.predict_samples(X, random_state=0)) for model in (mixed, plain)
    ]
    assert draws[0].dtype == draws[1].dtype
    assert not np.array_equal(*draws)  # it is another arithmetic
    means = [values.mean(axis=1) for values in draws]
    np.testing.assert_allclose(*means, atol=0.1 * np.ptp(means[1]) + 0.02)
    for module in mixed._modules():
        assert {weight.dtype for weight in module.parameters()} == {torch.float32}
    assert not torch.is_autocast_enabled("cpu")


@pytest.mark.parametrize("precision", ["bf16", "float32"])
def test_only_the_products_of_training_are_in_bfloat16(precision):
    Watched.seen[True].clear(), Watched.seen[False].clear(), Loss.seen.clear()
    model = MCDropoutClassifier(
        Watched, criterion=Loss, precision=precision, train_split=0.2, max_epochs=2
    ).fit(X, Y)
    model.predict_samples(X)
    trained_in = torch.bfloat16 if precision == "bf16" else torch.float32
    # The probe before training, which is no product of it, is in float32.
    assert Watched.seen[True] | {torch.float32} == {trained_in, torch.float32}
    assert trained_in in Watched.seen[True]
    assert Watched.seen[False] == {torch.float32}
    assert Loss.seen == {(torch.float32, False)}


def test_images_reach_the_accuracy_of_float32():
    images, digits = load_mnist_5k(return_X_y=True)
    images = images.reshape(-1, 1, 28, 28)[:, :, ::2, ::2]
    scores = [
        MCDropoutClassifier(
            max_epochs=15,
            batch_size=16,
            n_draws=20,
            random_state=0,
            precision=precision,
        )
        .fit(images[::25], digits[::25])
        .score(images[1::25], digits[1::25])
        for precision in ("bf16", "float32")
    ]
    assert scores[0] > 0.7
    assert abs(scores[0] - scores[1]) < 0.06


def test_a_warm_start_goes_on_in_its_precision():
    model = MCDropoutClassifier(
        Watched, precision="bf16", max_epochs=1, warm_start=True, random_state=0
    ).fit(X, Y)
    Watched.seen[True].clear()
    model.fit(X, Y)
    assert torch.bfloat16 in Watched.seen[True]


def test_a_pass_that_fails_leaves_products_as_they_were():
    def fail(X):
        if torch.is_autocast_enabled("cpu"):
            raise KeyboardInterrupt
        return X

    class Failing(Watched):
        def forward(self, X):
            return super().forward(fail(X))

    with pytest.raises(KeyboardInterrupt):
        MCDropoutClassifier(Failing, precision="bf16").fit(X, Y)
    assert not torch.is_autocast_enabled("cpu")
    assert torch.is_autocast_cache_enabled()


def test_the_users_own_autocast_stays():
    with torch.autocast("cpu", torch.float16):
        with bfloat16("cpu"):
            assert torch.get_autocast_dtype("cpu") == torch.bfloat16
        assert torch.is_autocast_enabled("cpu")
        assert torch.get_autocast_dtype("cpu") == torch.float16


def test_a_net_of_an_earlier_version_has_no_precision():
    model = MCDropoutClassifier(max_epochs=1, random_state=0, warm_start=True).fit(X, Y)
    del vars(model.net_)["precision"]
    assert model.fit(X, Y).predict_samples(X).shape[0] == len(X)
