"""Where torch takes its random numbers from while a network runs.

Whatever a module calls, from ``nn.Dropout`` to the dropout inside an LSTM or an
attention, torch asks a few operations of its core for random numbers. `Noise` answers
them from a source. It changes no flag and no random stream.
"""

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class RandomnessError(ValueError):
    """A network draws random numbers of a kind that a source does not have."""


class Noise(TorchDispatchMode):
    """Inside this mode, the random numbers of torch come from a source.

    In inference mode, torch does not split its operations before they come here. Where
    no gradients are wanted, put ``torch.no_grad`` around it instead.

    Parameters
    ----------
    source : object
        Has the methods ``bernoulli(shape, p)``, ``uniform(shape)``, ``normal(shape)``
        and ``exponential(shape)``. They return tensors that can be broadcast to the
        shape. ``other(name)`` is called when another operation drew random numbers.

    Attributes
    ----------
    on : bool
        Whether the mode acts.
    """

    def __init__(self, source):
        super().__init__()
        self.source = source
        self.on = True

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        is_random = torch.Tag.nondeterministic_seeded in func.tags
        if not self.on or not is_random:
            return func(*args, **kwargs)
        if func not in _OPERATIONS:
            return self._other(func, args, kwargs)
        kwargs.pop("generator", None)
        return _OPERATIONS[func](self.source, *args, **kwargs)

    def _other(self, func, args, kwargs):
        # Some operations are random only with certain arguments, as an attention is
        # with dropout. Those that were not leave torch's stream as it is.
        before = torch.get_rng_state()
        result = func(*args, **kwargs)
        if not torch.equal(torch.get_rng_state(), before):
            torch.set_rng_state(before)
            self.source.other(str(func))
        return result


def _bernoulli_(source, x, p=0.5):
    return x.copy_(source.bernoulli(x.shape, p))


def _bernoulli(source, x):
    return torch.empty_like(x).copy_(source.bernoulli(x.shape, x))


def _bernoulli_p(source, x, p):
    return torch.empty_like(x).copy_(source.bernoulli(x.shape, p))


def _native_dropout(source, x, p, train):
    if not train or p in (0, 1):
        keep = torch.full_like(x, p != 1 or not train, dtype=torch.bool)
    else:
        keep = torch.empty_like(x, dtype=torch.bool)
        keep.copy_(source.bernoulli(x.shape, 1 - p))
    scale = 1 / (1 - p) if train and p < 1 else 1
    return x * keep * scale, keep


def _uniform_(source, x, low=0.0, high=1.0):
    return x.copy_(low + (high - low) * source.uniform(x.shape))


def _normal_(source, x, mean=0.0, std=1.0):
    return x.copy_(mean + std * source.normal(x.shape))


def _exponential_(source, x, rate=1.0):
    return x.copy_(source.exponential(x.shape) / rate)


def _normal(source, mean, std, size=None, **kwargs):
    if size is None:
        tensors = [x for x in (mean, std) if isinstance(x, torch.Tensor)]
        size = torch.broadcast_shapes(*(x.shape for x in tensors))
        kwargs = {"dtype": tensors[0].dtype, "device": tensors[0].device}
    return _normal_(source, torch.empty(size, **kwargs), mean, std)


def _new(fill):
    def of_size(source, size, **kwargs):
        return fill(source, torch.empty(size, **kwargs))

    return of_size


def _new_like(fill):
    def of_size(source, x, **kwargs):
        return fill(source, torch.empty_like(x, **kwargs))

    return of_size


_aten = torch.ops.aten
_OPERATIONS = {
    _aten.bernoulli_.float: _bernoulli_,
    _aten.bernoulli_.Tensor: _bernoulli_,
    _aten.bernoulli.default: _bernoulli,
    _aten.bernoulli.p: _bernoulli_p,
    _aten.native_dropout.default: _native_dropout,
    _aten.uniform_.default: _uniform_,
    _aten.normal_.default: _normal_,
    _aten.exponential_.default: _exponential_,
    _aten.rand.default: _new(_uniform_),
    _aten.rand.generator: _new(_uniform_),
    _aten.rand_like.default: _new_like(_uniform_),
    _aten.randn.default: _new(_normal_),
    _aten.randn.generator: _new(_normal_),
    _aten.randn_like.default: _new_like(_normal_),
    _aten.normal.Tensor_float: _normal,
    _aten.normal.float_Tensor: _normal,
    _aten.normal.Tensor_Tensor: _normal,
    _aten.normal.float_float: _normal,
}


class NoNoise:
    """A source for a pass that must not ask for any random numbers."""

    def other(self, name, *_):
        """Raise an error: the network is random."""
        raise RandomnessError(name)

    def bernoulli(self, shape, p):
        """Raise an error: the network is random."""
        self.other("Bernoulli random numbers")

    def uniform(self, shape):
        """Raise an error: the network is random."""
        self.other("uniform random numbers")

    def normal(self, shape):
        """Raise an error: the network is random."""
        self.other("normal random numbers")

    def exponential(self, shape):
        """Raise an error: the network is random."""
        self.other("exponential random numbers")


class Calm(NoNoise):
    """The source of a network in evaluation mode, where dropout drops nothing."""

    def __init__(self):
        self.n_met = 0

    def bernoulli(self, shape, p):
        """Return the mean: a dropout then scales it to one."""
        self.n_met += 1
        return torch.as_tensor(p)
