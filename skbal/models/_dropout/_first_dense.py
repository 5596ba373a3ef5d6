"""The fast way for a ``Sequential`` whose first dropout feeds a dense layer.

The layers before the dropout run once. In a draw with input mask m and output mask o,
the dense layer is ``o * W (m * h)``. Two kinds of products are avoided:

- ``W (m * h) = W h - W_dropped h_dropped``. The first term is common to all draws. The
  second has only the dropped inputs: if a quarter is dropped, a quarter of the work.
- A hidden unit that the next dropout drops is not computed. If half of them are
  dropped, this is half of the rest.

After the dropout of a CNN, nearly all products are in the first dense layer, so this is
where the time is spent.
"""

from dataclasses import dataclass

import torch
from torch import nn

from skbal._utils.chunks import MAX_MEMORY, rows_within
from skbal.models._dropout._masks import MaskedDropout, Masks
from skbal.models._networks._layers import flat_layers, has_hooks, is_dropout
from skbal.models._networks._modes import in_mode, no_grad
from skbal.models._networks._sizes import LIVE_TENSORS, largest_bytes

# They act on each unit alone, so a dropped unit need not be computed.
_UNITWISE = (
    nn.ReLU, nn.LeakyReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Mish,
    nn.Tanh, nn.Sigmoid, nn.Softplus, nn.ReLU6, nn.Hardtanh, nn.Hardswish, nn.Identity,
)  # fmt: skip


# Further layers that do the same to each row, whatever the others are.
_PLAIN = (
    *_UNITWISE, nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.MaxPool1d, nn.MaxPool2d,
    nn.AvgPool1d, nn.AvgPool2d, nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm,
    nn.Dropout, nn.Flatten, nn.LogSoftmax, nn.Softmax,
)  # fmt: skip


@dataclass
class SequentialParts:
    """A ``Sequential`` cut at its first dropout, where the draws begin to differ.

    Attributes
    ----------
    before : torch.nn.Sequential
        The layers before the first dropout, with outputs (n_rows, n_features).
    p : float
        The probability that the first dropout drops an input of ``dense``.
    dense : torch.nn.Linear
        The dense layer that the first dropout feeds.
    activation : torch.nn.Sequential
        The layers up to the second dropout. They act on each hidden unit alone.
    second_p : float or None
        The probability that the second dropout drops a hidden unit. None if no second
        dropout feeds a dense layer.
    head : torch.nn.Linear or None
        The dense layer that the second dropout feeds.
    after : torch.nn.Sequential
        The rest.
    """

    before: nn.Sequential
    p: float
    dense: nn.Linear
    activation: nn.Sequential
    second_p: float | None
    head: nn.Linear | None
    after: nn.Sequential


def split_sequential(twin, example):
    """Return the `SequentialParts` of a network, or None if it has another form."""
    layers = flat_layers(twin, split_hooked=False)
    first = next((i for i, layer in enumerate(layers) if is_dropout(layer)), None)
    if first is None or any(_is_opaque(layer) for layer in layers[:first]):
        return None
    dense = _dense_fed_by(layers, first)
    if dense is None:
        return None
    before = nn.Sequential(*layers[:first])
    is_flattened = any(type(layer) is nn.Flatten for layer in layers[first:dense])
    if before(example[:1]).ndim != 2 and not is_flattened:
        return None
    before.append(nn.Flatten())
    return SequentialParts(
        before, layers[first].p, layers[dense], *_second_parts(layers[dense + 1 :])
    )


def is_plain(twin):
    """Return whether a ``Sequential`` has only layers that are known to be safe.

    Its draws need not be compared with ordinary passes.
    """
    layers = flat_layers(twin, split_hooked=False)
    return all(type(x) in _PLAIN and not has_hooks(x) for x in layers) and all(
        x.training for x in layers if is_dropout(x)
    )


def _second_parts(layers):
    """Return activation, probability, head and rest of the layers after ``dense``."""
    second = next((i for i, x in enumerate(layers) if not _is_unitwise(x)), len(layers))
    head = _dense_fed_by(layers, second) if second < len(layers) else None
    if head is None:
        return nn.Sequential(), None, None, nn.Sequential(*layers)
    activation = nn.Sequential(*layers[:second])
    return (
        activation,
        layers[second].p,
        layers[head],
        nn.Sequential(*layers[head + 1 :]),
    )


def _dense_fed_by(layers, dropout):
    """Return the position of the dense layer fed by ``layers[dropout]``, or None."""
    if type(layers[dropout]) is not nn.Dropout or has_hooks(layers[dropout]):
        return None
    following = range(dropout + 1, len(layers))
    dense = next((i for i in following if not _only_flattens(layers[i])), None)
    if dense is None or type(layers[dense]) is not nn.Linear:
        return None
    return None if has_hooks(layers[dense]) else dense


def _is_opaque(layer):
    # Whether a layer may contain dropout, which would come before ``layers[first]``.
    is_torch = type(layer).__module__.startswith("torch.nn.modules.")
    return not is_torch or any(True for _ in layer.children())


def _is_unitwise(layer):
    return type(layer) in _UNITWISE and not has_hooks(layer)


def _only_flattens(layer):
    is_flatten = type(layer) is nn.Flatten
    whole = is_flatten and (layer.start_dim, layer.end_dim) == (1, -1)
    return (whole or type(layer) is nn.Identity) and not has_hooks(layer)


@dataclass
class _DrawWeights:
    """The part of the weights that one draw multiplies by, including its scales."""

    inputs: torch.Tensor  # the dropped inputs, or the kept ones if they are fewer
    hidden: torch.Tensor | None  # the hidden units that are kept; None means all
    dense: torch.Tensor  # (n_inputs, n_hidden)
    head: torch.Tensor | None  # (n_hidden, n_outputs)

    @property
    def nbytes(self):
        head = 0 if self.head is None else self.head.nbytes
        return self.dense.nbytes + head


class FirstDense:
    """Draws of a network of `SequentialParts`."""

    def __init__(self, parts, example):
        self.parts = parts
        row = example[:1]
        widest = largest_bytes(parts.before, row)
        features = parts.before(row)
        # The products are fastest with several hundred rows. Their images would not fit
        # into memory, so the layers before run on fewer rows.
        self.batch_size = rows_within(
            LIVE_TENSORS * features.nbytes, max_memory=MAX_MEMORY // 2, largest=512
        )
        self._rows_before = rows_within(
            LIVE_TENSORS * widest, max_memory=MAX_MEMORY // 4
        )
        self._weight_T = parts.dense.weight.T.contiguous()
        self._subtract = parts.p <= 0.5
        self._scale = 1.0 / (1.0 - parts.p) if parts.p < 1 else 0.0
        self._cache, self._cache_left = {}, MAX_MEMORY // 2
        self._draw_bytes = self._bytes_of_a_draw(features)

    def _bytes_of_a_draw(self, features):
        hidden = self.parts.dense(features)
        if self.parts.head is not None:
            hidden = self.parts.head(self.parts.activation(hidden))
        mode = self._rest_of_the_draws(Masks(0, features.device), range(1))
        largest = in_mode(mode, largest_bytes, self.parts.after, hidden)
        return max(largest, hidden.nbytes)

    def _rest_of_the_draws(self, masks, draws):
        n_met = self._second_layer
        if self.parts.head is not None:
            n_met += _is_random(self.parts.second_p)
        return MaskedDropout(masks, draws, layer=n_met, expanded=True)

    @property
    def _second_layer(self):
        # A dropout of probability 0 or 1 draws no random numbers and does not count.
        return int(_is_random(self.parts.p))

    def outputs(self, x, masks, draws):
        """Return the outputs of each draw, shape (n_draws, n_rows, n_outputs)."""
        features = self._features(x)
        common = self._common_part(features)
        # (n_features, n_rows): the features of a draw are then rows, quick to gather.
        features_T = features.T.contiguous()
        per_draw = LIVE_TENSORS * self._draw_bytes * len(features)
        step = rows_within(per_draw, max_memory=MAX_MEMORY // 4)
        chunks = (draws[i : i + step] for i in range(0, len(draws), step))
        outputs = [self._some_draws(features_T, common, masks, c) for c in chunks]
        return torch.cat(outputs)

    with_gradients = outputs

    def _features(self, x):
        if x.ndim == 4:
            x = x.contiguous(memory_format=torch.channels_last)
        return torch.cat(
            [self.parts.before(chunk) for chunk in x.split(self._rows_before)]
        )

    def _common_part(self, features):
        """Return the part of the dense layer's outputs that all draws share."""
        dense = self.parts.dense
        shape = (len(features), dense.out_features)
        bias = features.new_zeros(1) if dense.bias is None else dense.bias
        if not self._subtract:
            return bias.expand(shape)
        return torch.addmm(bias, features, self._weight_T, alpha=self._scale)

    def _some_draws(self, features_T, common, masks, draws):
        each = [
            self._one_draw(features_T, common, self._weights(masks, draw))
            for draw in draws
        ]
        mode = self._rest_of_the_draws(masks, draws)
        outputs = in_mode(mode, self.parts.after, torch.cat(each))
        return outputs.reshape(len(draws), -1, *outputs.shape[1:])

    def _one_draw(self, features_T, common, weights):
        inputs = features_T.index_select(0, weights.inputs)
        if weights.hidden is not None:
            common = common.index_select(1, weights.hidden)
        hidden = torch.addmm(common, inputs.T, weights.dense)
        if weights.head is None:
            return hidden
        outputs = self.parts.activation(hidden) @ weights.head
        bias = self.parts.head.bias
        return outputs if bias is None else outputs.add_(bias)

    def _weights(self, masks, draw):
        if draw in self._cache:
            return self._cache[draw]
        with no_grad():  # gradients are wanted of the rows only
            weights = self._make_weights(masks, range(draw, draw + 1))
        if weights.nbytes <= self._cache_left:
            self._cache[draw] = weights
            self._cache_left -= weights.nbytes
        return weights

    def _make_weights(self, masks, draw):
        parts = self.parts
        keep = masks.keep(0, draw, (parts.dense.in_features,), parts.p)[0]
        inputs = _where(~keep if self._subtract else keep)
        dense = self._weight_T.index_select(0, inputs)
        scale = -self._scale if self._subtract else self._scale
        if parts.head is None:
            return _DrawWeights(inputs, None, dense.mul_(scale), None)
        shape = (parts.head.in_features,)
        keep = masks.keep(self._second_layer, draw, shape, parts.second_p)[0]
        hidden = _where(keep)
        second_scale = 1.0 / (1.0 - parts.second_p) if parts.second_p < 1 else 0.0
        head = parts.head.weight.index_select(1, hidden).T * second_scale
        dense = dense.index_select(1, hidden).mul_(scale)
        return _DrawWeights(inputs, hidden, dense, head.contiguous())


def _is_random(p):
    return 0 < p < 1


def _where(mask):
    return torch.nonzero(mask).squeeze(1)
