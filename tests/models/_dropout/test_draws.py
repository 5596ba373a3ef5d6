"""Draws of a network: every way gives what plain passes with the same masks give."""

import threading

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from skbal.models._dropout._draws import DropoutSampler
from skbal.models._dropout._first_dense import FirstDense
from skbal.models._dropout._masks import MaskedDropout, Masks
from skbal.models._networks._architectures import DropoutMLP, GalCNN
from skbal.models._networks._twin import drawing_twin, evaluation_twin


class WithSkip(nn.Module):
    """What comes before and after the dropout meet, so it cannot be split."""

    def __init__(self):
        super().__init__()
        self.first, self.drop = nn.Linear(6, 6), nn.Dropout(0.5)
        self.last = nn.Linear(6, 3)

    def forward(self, x):
        hidden = self.first(x)
        return self.last(hidden + self.drop(hidden))


class Functional(nn.Module):
    """Dropout by function, twice, in a forward of its own."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(6, 20), nn.Linear(20, 20)
        self.last = nn.Linear(20, 3)

    def forward(self, x):
        x = F.dropout(F.relu(self.first(x)), 0.3, self.training)
        x = F.dropout(F.relu(self.second(x)), 0.3, self.training)
        return self.last(x)


class KnowsItsRows(nn.Module):
    """Remembers the number of rows from before the dropout."""

    def __init__(self):
        super().__init__()
        self.drop, self.last = nn.Dropout(0.5), nn.Linear(6, 3)

    def forward(self, x):
        rows = len(x)
        return self.last(self.drop(x).reshape(rows, -1))


class ScalesInPlace(nn.Module):
    """Changes the rows it is given, and cannot be split."""

    def __init__(self):
        super().__init__()
        self.drop, self.last = nn.Dropout(0.5), nn.Linear(6, 3)

    def forward(self, x):
        x /= 2.0
        return self.last(x + self.drop(x))


class Words(nn.Module):
    """Takes rows of word numbers: not every number is a possible input."""

    def __init__(self):
        super().__init__()
        self.words, self.drop = nn.Embedding(5, 4), nn.Dropout(0.5)
        self.last = nn.Linear(4, 3)

    def forward(self, x):
        return self.last(self.drop(self.words(x.long().abs() % 5).mean(1)))


def dropout_cnn(dropout):
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), dropout, nn.Conv2d(4, 2, 3), nn.Flatten(),
        nn.Linear(32, 3),
    )  # fmt: skip


def signal_net():
    return nn.Sequential(
        nn.Unflatten(1, (2, 3)), nn.Conv1d(2, 4, 1), nn.Dropout1d(0.5), nn.Flatten(),
        nn.Linear(12, 3),
    )  # fmt: skip


NETWORKS = {
    "cnn of Gal": (lambda: GalCNN((1, 10, 10), 3, 4, 8), (1, 10, 10)),
    "mlp": (lambda: DropoutMLP(6, 3, (16, 16)), (6,)),
    "mlp, most dropped": (lambda: DropoutMLP(6, 3, (16,), dropout=0.8), (6,)),
    "mlp, all dropped": (lambda: DropoutMLP(6, 3, (16,), dropout=1.0), (6,)),
    "mlp, none dropped": (lambda: DropoutMLP(6, 3, (16,), dropout=0.0), (6,)),
    "dropout first": (lambda: nn.Sequential(nn.Dropout(), nn.Linear(6, 3)), (6,)),
    "dropout last": (lambda: nn.Sequential(nn.Linear(6, 3), nn.Dropout()), (6,)),
    "channels": (lambda: dropout_cnn(nn.Dropout2d()), (1, 8, 8)),
    "channels, alpha": (lambda: dropout_cnn(nn.FeatureAlphaDropout()), (1, 8, 8)),
    "units of images": (lambda: dropout_cnn(nn.Dropout()), (1, 8, 8)),
    "signals": (signal_net, (6,)),
    "alpha": (
        lambda: nn.Sequential(nn.Linear(6, 8), nn.AlphaDropout(), nn.Linear(8, 3)),
        (6,),
    ),
    "batch norm": (
        lambda: nn.Sequential(
            nn.Linear(6, 8), nn.BatchNorm1d(8), nn.Dropout(), nn.Linear(8, 3)
        ),
        (6,),
    ),
    "sequence": (
        lambda: nn.Sequential(
            nn.Unflatten(1, (2, 3)), nn.Dropout(), nn.Linear(3, 2), nn.Flatten()
        ),
        (6,),
    ),
    "nested": (
        lambda: nn.Sequential(
            nn.Sequential(nn.Linear(6, 8), nn.ReLU()),
            nn.Sequential(nn.Dropout(), nn.Flatten(), nn.Linear(8, 3, bias=False)),
        ),
        (6,),
    ),
    "two dense, no biases": (
        lambda: nn.Sequential(
            nn.Linear(6, 8), nn.Dropout(0.6), nn.Linear(8, 9, bias=False), nn.GELU(),
            nn.Dropout(0.3), nn.Linear(9, 3, bias=False), nn.Tanh(), nn.Dropout(0.2),
        ),
        (6,),
    ),
    "hidden units all dropped": (
        lambda: nn.Sequential(
            nn.Dropout(0.5), nn.Linear(6, 5), nn.Dropout(1.0), nn.Linear(5, 3)
        ),
        (6,),
    ),
    "softmax between": (
        lambda: nn.Sequential(
            nn.Dropout(0.5), nn.Linear(6, 5), nn.Softmax(1), nn.Dropout(0.5),
            nn.Linear(5, 3),
        ),
        (6,),
    ),
    "functional": (Functional, (6,)),
    "words": (Words, (6,)),
    "in place": (ScalesInPlace, (6,)),
    "skip connection": (WithSkip, (6,)),
    "counts its rows": (KnowsItsRows, (6,)),
}  # fmt: skip


def network_and_rows(name, n_rows=7):
    build, shape = NETWORKS[name]
    torch_stream = torch.Generator().manual_seed(0)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = build()
    return network, torch.randn(n_rows, *shape, generator=torch_stream)


def plain_passes(network, x, n_draws, seed):
    """One ordinary pass a draw, the dropout functions replaced by the same masks."""
    masks = Masks(seed, x.device)
    passes = []
    for draw in range(n_draws):
        with torch.no_grad(), MaskedDropout(masks, range(draw, draw + 1)):
            passes.append(drawing_twin(network)(x.clone()))
    return torch.stack(passes)


@pytest.mark.parametrize("name", NETWORKS)
def test_draws_equal_plain_passes_with_the_same_masks(name):
    network, x = network_and_rows(name)
    draws = DropoutSampler(network, x, 9, seed=3)(x)
    expected = plain_passes(network, x, 9, seed=3)
    torch.testing.assert_close(draws, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_draws_do_not_depend_on_chunks_or_company(name):
    network, x = network_and_rows(name)
    sampler = DropoutSampler(network, x, 5, seed=0)
    whole = sampler(x)
    pieces = torch.cat([sampler(x[:1]), sampler(x[1:3]), sampler(x[3:])], dim=1)
    torch.testing.assert_close(pieces, whole, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(sampler(x.flip(0)).flip(1), whole, rtol=1e-5, atol=1e-6)


def test_the_network_sees_no_rows_but_those_given():
    # A network of word numbers, say, fails on anything else.
    seen = []
    network, x = network_and_rows("functional")
    network.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    DropoutSampler(network, x, 3, seed=0)(x)
    rows = {tuple(row.tolist()) for row in x}
    assert all(tuple(row.tolist()) in rows for batch in seen for row in batch)


def test_fewer_draws_are_the_first_of_more():
    network, x = network_and_rows("mlp")
    few = DropoutSampler(network, x, 3, seed=0)(x)
    many = DropoutSampler(network, x, 8, seed=0)(x)
    torch.testing.assert_close(many[:3], few)


def test_the_dropped_share_and_the_mean_are_those_of_dropout():
    # With a dense layer of ones, an output counts the kept inputs, scaled by 1/(1-p).
    dense = nn.Linear(1000, 1, bias=False)
    nn.init.ones_(dense.weight)
    draws = DropoutSampler(
        nn.Sequential(nn.Dropout(0.25), dense), torch.ones(1, 1000), 400, seed=0
    )(torch.ones(1, 1000)).ravel()
    # A sum of 1000 independent variables of mean 1 and variance p / (1 - p).
    standard_error = np.sqrt(1000 * (0.25 / 0.75) / 400)
    assert abs(draws.mean() - 1000) < 4 * standard_error
    assert draws.var() == pytest.approx(1000 * 0.25 / 0.75, rel=0.3)


def test_two_dropouts_of_one_draw_have_their_own_masks():
    network = nn.Sequential(nn.Dropout(0.5), nn.Identity(), nn.Dropout(0.5))
    twice = DropoutSampler(network, torch.ones(1, 4000), 2, 0)(torch.ones(1, 4000))
    # Equal masks would keep half of the units, their own ones keep a quarter.
    assert float((twice[0] > 0).float().mean()) == pytest.approx(0.25, abs=0.04)


def test_alpha_dropout_keeps_mean_and_variance():
    network = nn.AlphaDropout(0.3)
    x = torch.nn.functional.selu(torch.randn(1, 200_000))
    dropped = DropoutSampler(network, x, 1, seed=0)(x)
    assert float(dropped.mean()) == pytest.approx(float(x.mean()), abs=0.02)
    assert float(dropped.var()) == pytest.approx(float(x.var()), abs=0.03)


def test_what_lies_before_the_first_dropout_runs_once_a_chunk():
    passes = []
    network, x = network_and_rows("functional")
    sampler = DropoutSampler(network, x, 50, seed=0)
    twin = sampler._way.twin
    twin.first.register_forward_hook(lambda *_: passes.append("before"))
    twin.second.register_forward_hook(lambda *_: passes.append("after"))
    sampler(x)
    assert passes == ["before", "after"]


def test_the_default_networks_take_the_fast_way():
    for name in ("cnn of Gal", "mlp"):
        network, x = network_and_rows(name)
        assert isinstance(DropoutSampler(network, x, 2, 0)._way, FirstDense)


def test_flags_streams_and_hooks_are_left_as_they_were():
    network, x = network_and_rows("batch norm")
    network[2].eval()
    flags = [module.training for module in network.modules()]
    running = network[1].running_mean.clone()
    state = torch.get_rng_state()
    DropoutSampler(network, x, 5, seed=0)(x)
    assert [module.training for module in network.modules()] == flags
    assert torch.equal(network[1].running_mean, running)
    assert torch.equal(torch.get_rng_state(), state)
    assert not any(module._forward_hooks for module in network.modules())


def test_the_twin_shares_the_weights():
    network, _ = network_and_rows("batch norm")
    twin = evaluation_twin(network)
    for mine, other in zip(network.parameters(), twin.parameters()):
        assert mine.data_ptr() == other.data_ptr()
    for mine, other in zip(network.buffers(), twin.buffers()):
        assert mine.data_ptr() == other.data_ptr()


@pytest.mark.slow
def test_threads_that_draw_at_once_do_not_disturb_each_other():
    network, x = network_and_rows("functional")
    expected = [DropoutSampler(network, x, 20, seed)(x) for seed in range(4)]
    found = [None] * 4

    def draw(seed):
        for _ in range(10):
            found[seed] = DropoutSampler(network, x, 20, seed)(x)

    threads = [threading.Thread(target=draw, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for mine, other in zip(found, expected):
        torch.testing.assert_close(mine, other, rtol=1e-5, atol=1e-6)


def test_large_networks_draw_in_blocks(monkeypatch):
    # A budget of a few rows' draws makes every way cut rows and draws.
    for name in ("functional", "mlp", "skip connection"):
        network, x = network_and_rows(name)
        expected = plain_passes(network, x, 11, seed=0)
        for module in ("_draws", "_first_dense"):
            monkeypatch.setattr(
                f"skbal.models._dropout.{module}.rows_within",
                lambda bytes_per_row, max_memory=None, largest=2: 2,
            )
        sampler = DropoutSampler(network, x, 11, seed=0)
        assert sampler.batch_size == 2
        torch.testing.assert_close(sampler(x), expected, rtol=1e-5, atol=1e-6)
        monkeypatch.undo()
