"""Dropout masks that are a function of the seed, the layer and the draw only.

Every row gets the same mask in draw k, so draw k is one network for all rows: the draws
are joint. The masks live here, outside the user's module: a torch function mode catches
each call of a dropout function, whoever makes it, and multiplies by our mask. A mode
belongs to its thread and touches no flag and no random stream.
"""

import math

import numpy as np
import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from skbal._utils.random import stream

# Dropout function -> (drops whole channels?, keeps mean and variance of a SELU?)
_DROPOUTS = {
    F.dropout: (False, False),
    F.dropout1d: (True, False),
    F.dropout2d: (True, False),
    F.dropout3d: (True, False),
    F.alpha_dropout: (False, True),
    F.feature_alpha_dropout: (True, True),
}

# What a SELU unit saturates at; alpha dropout puts it where a unit is dropped
# (Klambauer et al. 2017, section 3).
_SELU_FLOOR = -1.7580993408473766

_CACHE_BYTES = 8 * 2**20


class Masks:
    """The masks of one seed: which units are kept, for a layer and its draws.

    Parameters
    ----------
    seed : int
        The seed of the draws.
    device : torch.device
        Where the masks are wanted. They are made on the CPU, so a seed gives the same
        masks on every device.
    """

    def __init__(self, seed, device):
        self.seed = seed
        self.device = device
        self._cache, self._cache_left = {}, _CACHE_BYTES

    def keep(self, layer, draws, shape, p):
        """Return True where a unit is kept, shape (len(draws), *shape).

        Parameters
        ----------
        layer : int
            The place of the dropout in the forward pass, from 0.
        draws : range
            The numbers of the draws.
        shape : tuple of int
            The shape of one row's mask.
        p : float
            The probability that a unit is dropped.

        Returns
        -------
        keep : torch.Tensor of bool, shape (len(draws), *shape)
        """
        key = (layer, draws.start, draws.stop, tuple(shape), p)
        if key in self._cache:
            return self._cache[key]
        keep = self._make(layer, draws, shape, p)
        if keep.numel() <= self._cache_left:
            self._cache[key] = keep
            self._cache_left -= keep.numel()
        return keep

    def _make(self, layer, draws, shape, p):
        keep = np.empty((len(draws), *shape), dtype=bool)
        for place, draw in enumerate(draws):
            uniform = stream(self.seed, "dropout", layer, draw)
            keep[place] = uniform.random(shape, dtype=np.float32) >= p
        return torch.from_numpy(keep).to(self.device)


class MaskedDropout(TorchFunctionMode):
    """Inside this mode every dropout uses the masks of the given draws.

    A tensor that comes to its first dropout with n rows leaves it with
    ``len(draws) * n``, draw by draw, so what was before ran once for all draws. A later
    dropout finds the draws side by side.

    Parameters
    ----------
    masks : Masks
        Where the masks come from.
    draws : range
        The numbers of the draws.
    layer : int, default=0
        The place of the first dropout that will be met.
    expanded : bool, default=False
        Whether the rows are already repeated for each draw.

    Attributes
    ----------
    layer : int
        The place of the next dropout; how many there were, once the pass is done.
    """

    def __init__(self, masks, draws, *, layer=0, expanded=False):
        super().__init__()
        self.masks = masks
        self.draws = draws
        self.layer = layer
        self.expanded = expanded

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if func not in _DROPOUTS:
            return func(*args, **kwargs)
        by_channel, alpha = _DROPOUTS[func]
        return self._drop(*_input_and_p(*args, **kwargs), by_channel, alpha)

    def _drop(self, x, p, by_channel, alpha):
        n_draws = len(self.draws)
        if self.expanded:
            x = x.reshape(n_draws, -1, *x.shape[1:])
        else:
            x = x.unsqueeze(0)
        shape = channel_shape(x.shape[2:]) if by_channel else tuple(x.shape[2:])
        keep = self.masks.keep(self.layer, self.draws, shape, p).unsqueeze(1)
        self.layer += 1
        self.expanded = True
        dropped = _alpha_dropped(x, keep, p) if alpha else _dropped(x, keep, p)
        return dropped.flatten(0, 1)


def _input_and_p(input, p=0.5, training=False, inplace=False):
    # The dropout functions' own signature; in our draws dropout is always on.
    return input, float(p)


def channel_shape(shape):
    """Return the mask shape that drops whole channels of rows of ``shape``."""
    return (shape[0], *(1 for _ in shape[1:]))


def _dropped(x, keep, p):
    scale = 1.0 / (1.0 - p) if p < 1 else 0.0
    return x * (keep * scale)


def _alpha_dropped(x, keep, p):
    if p >= 1:
        return torch.zeros_like(x) * keep
    scale = 1.0 / math.sqrt((1.0 - p) * (1.0 + p * _SELU_FLOOR**2))
    keep = keep.to(x.dtype)
    return scale * (x * keep + _SELU_FLOOR * (1.0 - keep) - p * _SELU_FLOOR)
