"""Dropout masks that are a function of the seed, the layer and the draw only.

Every row has the same mask in draw k. So draw k is one network for all rows, and the
draws are joint. The user's module is not changed: a torch function mode catches each
call of a dropout function, also inside torch's own layers, and multiplies by our mask.
A mode belongs to its thread. It changes no flag and no random stream.
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

# The value at which a SELU unit saturates. Alpha dropout gives it to dropped units
# (Klambauer et al. 2017, section 3).
_SELU_FLOOR = -1.7580993408473766

_CACHE_BYTES = 8 * 2**20


class Masks:
    """The masks of one seed, which say for each layer and draw what units are kept.

    Parameters
    ----------
    seed : int
        The seed of the draws.
    device : torch.device
        The device of the masks. They are made on the CPU and copied, so a seed gives
        the same masks on every device.
    """

    def __init__(self, seed, device):
        self.seed = seed
        self.device = device
        self._cache, self._cache_left = {}, _CACHE_BYTES

    def keep(self, layer, draws, shape, p):
        """Return whether each unit is kept.

        Parameters
        ----------
        layer : int
            The position of the dropout in the forward pass, from 0.
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
            keep[place] = self._stream("random", layer, draw, shape) >= p
        return torch.from_numpy(keep).to(self.device)

    def numbers(self, kind, layer, draw, shape):
        """Return random numbers of another kind.

        Parameters
        ----------
        kind : {"random", "standard_normal", "standard_exponential"}
            The method of a NumPy generator that makes them.
        layer, draw : int
            The position in the forward pass and the number of the draw.
        shape : tuple of int
            The shape of one row's numbers.

        Returns
        -------
        numbers : torch.Tensor of shape ``shape``, dtype=float32
        """
        numbers = np.asarray(self._stream(kind, layer, draw, shape))
        return torch.from_numpy(numbers).to(self.device)

    def _stream(self, kind, layer, draw, shape):
        generator = stream(self.seed, "dropout", layer, draw)
        return getattr(generator, kind)(shape, dtype=np.float32)


class MaskedDropout(TorchFunctionMode):
    """Inside this mode every dropout uses the masks of the given draws.

    A tensor of n rows leaves its first dropout with ``len(draws) * n`` rows, one draw
    after the other. So the layers before it run once for all draws, and a later dropout
    finds the draws side by side.

    Parameters
    ----------
    masks : Masks
        The masks.
    draws : range
        The numbers of the draws.
    layer : int, default=0
        The position of the first dropout in the pass.
    expanded : bool, default=False
        Whether the rows are already repeated for each draw.

    Attributes
    ----------
    layer : int
        The position of the next dropout that draws random numbers, so one of
        probability 0 or 1 does not count.
    n_met : int
        The number of dropouts that were met, whatever their probability.
    on : bool
        Whether the mode acts.
    """

    def __init__(self, masks, draws, *, layer=0, expanded=False):
        super().__init__()
        self.masks = masks
        self.draws = draws
        self.layer = layer
        self.expanded = expanded
        self.n_met = 0
        self.on = True

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if not self.on or func not in _DROPOUTS:
            return func(*args, **kwargs)
        by_channel, alpha = _DROPOUTS[func]
        x, p, is_on = _input_p_and_whether_on(func, *args, **kwargs)
        self.n_met += is_on
        if not is_on or p == 0:
            return x
        if p == 1:
            return torch.zeros_like(x)
        return self._drop(x, p, by_channel, alpha)

    def _drop(self, x, p, by_channel, alpha):
        n_draws = len(self.draws)
        # To (n_draws or 1, n_rows, ...).
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


def _input_p_and_whether_on(func, input, p=0.5, training=None, inplace=False):
    # The signature of the dropout functions, but for what they do if it is not said.
    if training is None:
        training = not _DROPOUTS[func][1]
    return input, float(p), bool(training)


def channel_shape(shape):
    """Return the shape of a mask that drops whole channels of rows of ``shape``."""
    return (shape[0], *(1 for _ in shape[1:]))


def _dropped(x, keep, p):
    return x * (keep * (1.0 / (1.0 - p)))


def _alpha_dropped(x, keep, p):
    scale = 1.0 / math.sqrt((1.0 - p) * (1.0 + p * _SELU_FLOOR**2))
    keep = keep.to(x.dtype)
    return scale * (x * keep + _SELU_FLOOR * (1.0 - keep) - p * _SELU_FLOOR)
