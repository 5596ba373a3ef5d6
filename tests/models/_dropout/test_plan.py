"""Networks whose dropout hides in other layers, or whose rows lie along other axes."""

import copy
import random

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from skbal.exceptions import NoDropoutError
from skbal.models import (
    DeepEnsembleClassifier,
    LastLayerClassifier,
    MCDropoutClassifier,
)
from skbal.models._dropout._draws import DropoutSampler
from skbal.models._dropout._plan import plan_of

RNG = np.random.default_rng(0)
SEQUENCES = RNG.standard_normal((40, 6, 4)).astype(np.float32)
N_OUTPUTS = 3


class Net(nn.Module):
    """A network on sequences of shape (n_rows, 6, 4); a subclass says what it does."""

    def __init__(self, **layers):
        super().__init__()
        for name, layer in layers.items():
            setattr(self, name, layer)
        self.last = nn.Linear(8, N_OUTPUTS)

    def forward(self, x):
        return self.last(self.features(x))


class Recurrent(Net):
    def __init__(self, kind, batch_first, **kwargs):
        super().__init__(body=kind(4, 8, 2, batch_first=batch_first, **kwargs))

    def features(self, x):
        if self.body.batch_first:
            return self.body(x)[0][:, -1, :8]
        return self.body(x.transpose(0, 1))[0][-1, :, :8]


class Attention(Net):
    def __init__(self, need_weights):
        super().__init__(
            first=nn.Linear(4, 8),
            body=nn.MultiheadAttention(8, 2, dropout=0.4, batch_first=True),
        )
        self.need_weights = need_weights

    def features(self, x):
        x = self.first(x)
        return self.body(x, x, x, need_weights=self.need_weights)[0].mean(1)


class AttentionFunction(Net):
    def __init__(self):
        super().__init__(first=nn.Linear(4, 8))

    def features(self, x):
        x = self.first(x)
        p = 0.4 if self.training else 0.0
        return F.scaled_dot_product_attention(x, x, x, dropout_p=p).mean(1)


class Transformer(Net):
    def __init__(self, batch_first):
        layer = nn.TransformerEncoderLayer(8, 2, 16, 0.3, batch_first=batch_first)
        super().__init__(
            first=nn.Linear(4, 8),
            body=nn.TransformerEncoder(layer, 2, enable_nested_tensor=False),
        )
        self.batch_first = batch_first

    def features(self, x):
        x = self.first(x)
        if self.batch_first:
            return self.body(x).mean(1)
        return self.body(x.transpose(0, 1)).mean(0)


class DropPath(Net):
    """A block is skipped for a whole row, as in stochastic depth."""

    def __init__(self):
        super().__init__(first=nn.Linear(4, 8), block=nn.Linear(8, 8))

    def features(self, x):
        x = self.first(x)
        hidden = self.block(x)
        if self.training:
            keep = x.new_empty(len(x), 1, 1).bernoulli_(0.7)
            hidden = hidden * keep / 0.7
        return (x + hidden).mean(1)


class DropConnect(Net):
    """Weights are dropped, not units."""

    def __init__(self):
        super().__init__(first=nn.Linear(4, 8))

    def features(self, x):
        weight = F.dropout(self.first.weight, 0.4, self.training)
        return F.linear(x, weight, self.first.bias).mean(1)


class Spectral(Net):
    def __init__(self, norm):
        super().__init__(first=norm(nn.Linear(4, 8)), drop=nn.Dropout(0.3))

    def features(self, x):
        return self.drop(self.first(x)).mean(1)


class WaveNet(Net):
    """Dilated convolutions with gates, normed weights and skip connections."""

    def __init__(self):
        norm = nn.utils.parametrizations.weight_norm
        super().__init__(
            first=nn.Conv1d(4, 8, 1),
            gates=nn.ModuleList(
                norm(nn.Conv1d(8, 16, 2, dilation=2**k, padding=2**k)) for k in range(2)
            ),
            drop=nn.Dropout1d(0.3),
        )

    def features(self, x):
        x = self.first(x.transpose(1, 2))
        skip = 0
        for gate in self.gates:
            a, b = gate(x)[..., : x.shape[-1]].chunk(2, dim=1)
            hidden = self.drop(torch.tanh(a) * torch.sigmoid(b))
            x, skip = x + hidden, skip + hidden
        return skip.mean(2)


class Folded(Net):
    """Rows and steps in one axis."""

    def __init__(self, steps_first):
        super().__init__(first=nn.Linear(4, 8), drop=nn.Dropout(0.3))
        self.steps_first = steps_first

    def features(self, x):
        n_rows, n_steps = x.shape[:2]
        x = x.transpose(0, 1) if self.steps_first else x
        hidden = self.drop(self.first(x.reshape(n_rows * n_steps, -1)))
        if self.steps_first:
            return hidden.reshape(n_steps, n_rows, -1).mean(0)
        return hidden.reshape(n_rows, n_steps, -1).mean(1)


class RowsLast(Net):
    def __init__(self):
        super().__init__(first=nn.Linear(4, 8), drop=nn.Dropout(0.3))

    def features(self, x):
        return self.drop(self.first(x.mean(1)).T).T


class Noisy(Net):
    """Gaussian noise on the units, and a mask made by comparing uniform numbers."""

    def __init__(self):
        super().__init__(first=nn.Linear(4, 8))

    def features(self, x):
        x = self.first(x.mean(1))
        if self.training:
            x = x * (1 + 0.5 * torch.randn_like(x))
            x = x * (torch.rand(x.shape) < 0.8) / 0.8
        return x


class InPlace(Net):
    """The dropout's result is not used, since it changes its input."""

    def __init__(self):
        super().__init__(first=nn.Linear(4, 8))

    def features(self, x):
        x = self.first(x.mean(1))
        torch.dropout_(x, 0.3, self.training)
        F.dropout(x, 0.3, self.training, inplace=True)
        return x


class SwitchedOff(Net):
    """One dropout is on, another was never on."""

    def __init__(self):
        super().__init__(first=nn.Linear(4, 8), drop=nn.Dropout(0.3))

    def features(self, x):
        x = F.dropout(self.first(x.mean(1)), 0.9, training=False)
        return self.drop(x)


CAUGHT = {
    "lstm": lambda: Recurrent(nn.LSTM, True, dropout=0.4),
    "lstm, steps first": lambda: Recurrent(nn.LSTM, False, dropout=0.4),
    "gru, both ways": lambda: Recurrent(nn.GRU, True, dropout=0.4, bidirectional=True),
    "rnn": lambda: Recurrent(nn.RNN, True, dropout=0.4),
    "attention": lambda: Attention(True),
    "attention without weights": lambda: Attention(False),
    "attention as a function": AttentionFunction,
    "transformer": lambda: Transformer(True),
    "transformer, steps first": lambda: Transformer(False),
    "drop path": DropPath,
    "drop connect": DropConnect,
    "spectral norm": lambda: Spectral(nn.utils.parametrizations.spectral_norm),
    "spectral norm, old": lambda: Spectral(nn.utils.spectral_norm),
    "wavenet": WaveNet,
    "folded": lambda: Folded(False),
    "folded, steps first": lambda: Folded(True),
    "rows last": RowsLast,
    "noise": Noisy,
    "in place": InPlace,
    "switched off": SwitchedOff,
}


def built(build):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return build()


def draws_of(network, x, n_draws=5):
    return DropoutSampler(network, x, n_draws, seed=0)(x)


@pytest.mark.slow
@pytest.mark.parametrize("name", CAUGHT)
def test_a_row_has_the_same_draws_wherever_it_stands(name):
    network, x = built(CAUGHT[name]), torch.from_numpy(SEQUENCES[:6])
    draws = draws_of(network, x)
    assert draws.std(0).min() > 0
    close = {"rtol": 1e-4, "atol": 1e-5}
    torch.testing.assert_close(draws_of(network, x.flip(0)).flip(1), draws, **close)
    twice = draws_of(network, x[[0, 1, 0]])
    torch.testing.assert_close(twice[:, 2], twice[:, 0], **close)
    torch.testing.assert_close(draws_of(network, x[:1]), draws[:, :1], **close)


@pytest.mark.parametrize("n_rows", [1, 2, 3, 4])
def test_a_network_may_first_be_seen_with_a_few_rows(n_rows):
    # As after load_weights: the rows that are predicted are the first it sees.
    network = built(CAUGHT[next(iter(CAUGHT))])
    rows = torch.from_numpy(SEQUENCES)
    assert plan_of(network, rows[:n_rows], "Owner") == plan_of(network, rows, "Owner")


@pytest.mark.slow
@pytest.mark.parametrize("name", CAUGHT)
def test_draws_vary_as_passes_in_training_mode(name):
    network, x = built(CAUGHT[name]), torch.from_numpy(SEQUENCES[:8])
    for _ in range(30):  # a spectral norm comes to rest
        network.train()(x)
    found = draws_of(network, x, n_draws=150)
    weights = {key: value.clone() for key, value in network.state_dict().items()}
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        network.train()
        expected = torch.stack([network(x) for _ in range(150)])
    network.load_state_dict(weights)
    # The standard deviation of 150 draws is known to some 6 percent, of 24 together
    # better.
    ratio = found.std(0).mean() / expected.std(0).mean()
    assert 0.85 < ratio < 1.18
    spread = expected.std(0) / 150**0.5
    assert ((found.mean(0) - expected.mean(0)).abs() < 7 * spread + 1e-3).all()


@pytest.mark.parametrize("name", ["lstm", "spectral norm", "spectral norm, old"])
def test_draws_change_neither_the_network_nor_the_stream(name):
    network, x = built(CAUGHT[name]), torch.from_numpy(SEQUENCES[:6])
    before = {key: value.clone() for key, value in network.state_dict().items()}
    state = torch.get_rng_state()
    draws_of(network, x)
    assert torch.equal(torch.get_rng_state(), state)
    for key, value in network.state_dict().items():
        assert torch.equal(value, before[key])


def layer_drop(self, x):
    x = self.first(x.mean(1))
    return x if random.random() < 0.5 else F.dropout(x, 0.5, self.training)


def numpy_noise(self, x):
    x = F.dropout(self.first(x.mean(1)), 0.5, self.training)
    return x + float(np.random.default_rng().normal())


def coupled(self, x):
    x = F.dropout(self.first(x.mean(1)), 0.5, self.training)
    return x - x.mean(0) if self.training else x


def other_numbers(self, x):
    x = F.dropout(self.first(x.mean(1)), 0.5, self.training)
    return x + torch.poisson(torch.ones_like(x)) if self.training else x


def rrelu(self, x):
    return F.rrelu(F.dropout(self.first(x.mean(1)), 0.5), training=self.training)


def once_per_row(self, x):
    rows = [F.dropout(row, 0.5, self.training) for row in self.first(x.mean(1))]
    return torch.stack(rows)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (layer_drop, "elsewhere than torch|another number of random"),
        (numpy_noise, "from elsewhere than torch"),
        (coupled, "other outputs when it comes twice or beside others"),
        (other_numbers, "random numbers from aten.poisson"),
        (rrelu, "random numbers from aten.rrelu"),
        (once_per_row, "another number of random numbers for other rows"),
    ],
)
def test_what_cannot_be_the_same_for_all_rows_is_refused(features, message):
    random.seed(1)
    kind = type("Odd", (Net,), {"features": features})
    network = kind(first=nn.Linear(4, 8))
    with pytest.raises(NoDropoutError, match=f"of Owner .*Odd .*({message})"):
        plan_of(network, torch.from_numpy(SEQUENCES[:8]), "Owner")


def always_on(self, x):
    return F.dropout(F.dropout(self.first(x.mean(1)), 0.5), 0.5)


class Always(Net):
    def __init__(self):
        super().__init__(first=nn.Linear(4, 8))

    features = always_on


@pytest.mark.parametrize(
    "estimator",
    [
        MCDropoutClassifier(Always, deterministic=True),
        DeepEnsembleClassifier(Always, n_members=2),
        LastLayerClassifier(MCDropoutClassifier(Always), feature_layer="first"),
    ],
)
def test_a_dropout_that_is_always_on_is_off_in_evaluation(estimator):
    inner = estimator.get_params().get("network", estimator)
    inner.set_params(max_epochs=1, random_state=0)
    y = np.arange(40) % 3
    estimator.fit(SEQUENCES, y)
    once, again = (estimator.predict_proba(SEQUENCES[:5]) for _ in range(2))
    np.testing.assert_allclose(once, again, rtol=1e-6)
    if hasattr(estimator, "net_"):
        network = estimator.net_.module_
        x = torch.from_numpy(SEQUENCES[:5])
        expected = network.last(network.first(x.mean(1))).softmax(1)
        np.testing.assert_allclose(once, expected.detach(), rtol=1e-4)


def test_other_random_numbers_in_evaluation_mode_are_refused():
    class Restless(Net):
        def features(self, x):
            return self.first(x.mean(1)) + torch.randn(len(x), 8)

    network = Restless(first=nn.Linear(4, 8))
    for estimator in (
        MCDropoutClassifier(network, deterministic=True),
        DeepEnsembleClassifier(network),
    ):
        with pytest.raises(ValueError, match=r"random in training mode only.*Restless"):
            estimator.fit(SEQUENCES, np.arange(40) % 3)


class Keeps(Net):
    """Keeps tensors of its last pass, which torch does not copy."""

    def features(self, x):
        self.hidden = self.first(x.mean(1))
        self.several = {"all": [self.hidden, self.hidden * 2]}
        return self.drop(self.hidden)


class Returns(Net):
    def __init__(self, wrap):
        super().__init__(first=nn.Linear(4, 8), drop=nn.Dropout(0.3))
        self.wrap = wrap

    def features(self, x):
        return self.drop(self.first(x.mean(1)))

    def forward(self, x):
        return self.wrap(super().forward(x))


def as_tuple(logits):
    return logits, torch.zeros(3)


def as_dict(logits):
    return {"hidden": torch.zeros(3), "logits": logits}


def as_list(logits):
    return [logits]


@pytest.mark.parametrize(
    "network",
    [
        Keeps(first=nn.Linear(4, 8), drop=nn.Dropout()),
        Returns(as_tuple),
        Returns(as_dict),
        Returns(as_list),
    ],
    ids=["keeps", "tuple", "dict", "list"],
)
def test_networks_that_keep_or_wrap_tensors_are_fitted_and_copied(network):
    y = np.arange(40) % 3
    model = MCDropoutClassifier(network, max_epochs=2, n_draws=4, random_state=0)
    model.fit(SEQUENCES, y)
    expected = model.predict_proba(SEQUENCES[:5])
    copied = copy.deepcopy(model)
    np.testing.assert_allclose(copied.predict_proba(SEQUENCES[:5]), expected)


def test_a_dict_without_logits_is_refused():
    def wrong(logits):
        return {"a": logits, "b": logits}

    with pytest.raises(ValueError, match=r"dict with the keys \['a', 'b'\]"):
        MCDropoutClassifier(Returns(wrong)).fit(SEQUENCES, np.arange(40) % 3)


def test_a_network_that_has_run_before_is_fitted():
    network = Keeps(first=nn.Linear(4, 8), drop=nn.Dropout())
    network(torch.from_numpy(SEQUENCES))
    model = MCDropoutClassifier(network, max_epochs=1).fit(SEQUENCES, np.arange(40) % 3)
    assert model.predict(SEQUENCES[:5]).shape == (5,)
    assert not network.hidden.is_leaf  # the network itself stays as it was
