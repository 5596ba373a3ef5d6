"""Small networks train and draw on one thread, large ones on those of torch."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from skbal.models import DeepEnsembleRegressor, GalCNN, MCDropoutClassifier
from skbal.models._networks import _work

X = np.random.default_rng(0).normal(size=(12, 5)).astype(np.float32)
y = np.arange(12) % 2


class Watched(nn.Module):
    """A network that notes how many threads its passes have."""

    seen = []

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(5, 4), nn.Linear(4, 2)

    def forward(self, x):
        self.seen.append(torch.get_num_threads())
        return self.last(F.dropout(self.first(x), 0.5, self.training))


@pytest.fixture
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    Watched.seen.clear()
    yield
    torch.set_num_threads(before)


def trained():
    return MCDropoutClassifier(Watched, max_steps=2, n_draws=3, random_state=0)


@pytest.mark.usefixtures("three_threads")
def test_a_small_network_draws_and_trains_on_one_thread():
    batches = []
    network = trained().set_params(
        augment=lambda x: batches.append(torch.get_num_threads()) or x
    )
    network.fit(X, y)
    Watched.seen.clear()
    network.predict_samples(X)
    assert {*batches} == {*Watched.seen} == {1}
    assert torch.get_num_threads() == 3


@pytest.mark.usefixtures("three_threads")
def test_a_large_network_keeps_the_threads_of_torch(monkeypatch):
    monkeypatch.setattr(_work, "LARGEST_SMALL", 5 * 4 + 4 * 2 - 1)
    network = trained().fit(X, y)
    network.predict_samples(X)
    assert {*Watched.seen} == {3}


@pytest.mark.usefixtures("three_threads")
def test_the_limit_itself_is_small_also_with_loaded_weights(monkeypatch, tmp_path):
    monkeypatch.setattr(_work, "LARGEST_SMALL", 5 * 4 + 4 * 2)
    trained().fit(X, y).save_weights(tmp_path / "weights")
    loaded = trained().load_weights(tmp_path / "weights")
    loaded.predict_samples(X)
    # Passes that count the multiplications came before.
    assert Watched.seen[-1] == 1


@pytest.mark.usefixtures("three_threads")
def test_an_error_in_training_gives_the_threads_back():
    def fail(x):
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        trained().set_params(augment=fail).fit(X, y)
    assert torch.get_num_threads() == 3


def test_the_multiplications_of_a_network_are_those_counted_by_hand():
    first = 32 * 25 * 25 * 1 * 4 * 4  # filters, positions, and values under a filter
    second = 32 * 22 * 22 * 32 * 4 * 4
    dense = 32 * 11 * 11 * 128 + 128 * 10
    cnn = GalCNN(image_shape=(1, 28, 28), n_outputs=10)
    counted = _work.products_per_row(cnn, torch.zeros(2, 1, 28, 28))
    assert counted == first + second + dense


def test_counting_leaves_the_stream_of_torch_and_the_network_alone():
    class AlwaysDrops(nn.Module):
        def forward(self, x):
            return F.dropout(x) @ torch.ones(5, 2)

    network = AlwaysDrops()
    before = torch.get_rng_state()
    assert _work.products_per_row(network, torch.ones(3, 5)) == 10
    assert torch.equal(torch.get_rng_state(), before)
    assert network.training


def test_only_the_processor_is_limited():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with _work.threads_for(1, "cpu"):
            assert torch.get_num_threads() == 1
        with _work.threads_for(1, "cuda"):
            assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.usefixtures("three_threads")
def test_members_of_an_ensemble_draw_on_one_thread():
    ensemble = DeepEnsembleRegressor(Watched, n_members=2, max_steps=1, random_state=0)
    ensemble.fit(X, np.c_[y, y].astype(float))
    Watched.seen.clear()
    ensemble.predict_samples(X)
    assert {*Watched.seen} == {1}
