"""A first look at a network with dropout: how can its draws be made?

The reference is one pass per draw in which `Joint` answers every question for random
numbers. The quick ways of `_draws` are used where they give the same on a few rows.
"""

from dataclasses import dataclass

import torch

from skbal._utils.random_streams import random_streams
from skbal.exceptions import NoDropoutError
from skbal.models._dropout._first_dense import is_plain, split_sequential
from skbal.models._dropout._joint import Joint, Place
from skbal.models._dropout._masks import MaskedDropout, Masks
from skbal.models._networks._modes import in_mode, no_grad
from skbal.models._networks._noise import Noise
from skbal.models._networks._twin import drawing_twin, network_output

_FEW, _MORE = 3, 5  # numbers of rows with which a network is tried


@dataclass(frozen=True)
class Plan:
    """What the draws of a network depend on, beside its weights.

    Attributes
    ----------
    places : tuple of Place
        Where the rows are in each tensor of random numbers, in the order of a pass.
    frozen : tuple of str
        Names of the modules that must be in evaluation mode, because a pass in training
        mode would change them.
    """

    places: tuple = ()
    frozen: tuple = ()


def plan_of(module, example, owner):
    """Return the `Plan` of a network, or raise an error if its draws cannot be joint.

    Parameters
    ----------
    module : torch.nn.Module
        The network. It is not changed, and neither is torch's random stream.
    example : torch.Tensor of shape (n_rows, ...)
        A few rows.
    owner : str
        The estimator's name, for messages.

    Returns
    -------
    plan : Plan

    Raises
    ------
    NoDropoutError
        If the network has no dropout, or random numbers that cannot be the same for all
        rows of a draw.
    """
    twin = drawing_twin(module)
    if is_plain(twin) and split_sequential(twin, example) is not None:
        return Plan()  # the quickest way is known to be right
    # After the first few, the same rows come again.
    rows = example[[k % _FEW % len(example) for k in range(_MORE)]]
    refusal = _Refusal(owner, type(module).__name__)
    with no_grad():
        frozen = _changed_by_a_pass(twin, rows[:_FEW], refusal)
        twin = drawing_twin(module, frozen)
        few, more = (_recorded(twin, rows[:n], refusal) for n in (_FEW, _MORE))
        if not few and not _n_dropouts(twin, rows):
            raise refusal.of_no_dropout()
        for rows_first in (True, False):
            places = _places(few, more, rows_first, refusal)
            if _is_joint(twin, rows, places, refusal):
                return Plan(places, frozen)
    raise refusal(
        "in one draw gives a row other outputs when it comes twice or beside others"
    )


class _Refusal:
    """Makes the errors about a network."""

    def __init__(self, owner, module):
        self._owner, self._module = owner, module

    def __call__(self, what):
        return NoDropoutError(
            f"module of {self._owner} must have dropout that can be the same for all "
            f"rows of a draw, but {self._module} in training mode {what}. Change that, "
            "or set deterministic=True for a single prediction without draws."
        )

    def of_no_dropout(self):
        return NoDropoutError(
            f"module of {self._owner} must have dropout, which makes the posterior "
            f"draws, but {self._module} has none that runs. Add torch.nn.Dropout "
            "layers, or set deterministic=True for a single prediction without draws."
        )


class _Recorder:
    """A source that remembers which random numbers a network asks for."""

    def __init__(self, refusal):
        self.met = []
        self._refusal = refusal
        self._stream = torch.Generator().manual_seed(0)

    def bernoulli(self, shape, p):
        p = p.cpu() if isinstance(p, torch.Tensor) else p
        return self._uniform("bernoulli", shape) >= 1 - p

    def uniform(self, shape):
        return self._uniform("uniform", shape)

    def normal(self, shape):
        self.met.append(("normal", tuple(shape)))
        return torch.randn(shape, generator=self._stream)

    def exponential(self, shape):
        return -torch.log1p(-self._uniform("exponential", shape))

    def other(self, name):
        raise self._refusal(f"takes random numbers from {name}")

    def _uniform(self, kind, shape):
        self.met.append((kind, tuple(shape)))
        return torch.rand(shape, generator=self._stream)


def _recorded(twin, rows, refusal):
    """Return kind and shape of each tensor of random numbers in a pass."""
    source = _Recorder(refusal)
    in_mode(Noise(source), twin, rows.clone())
    return source.met


def _changed_by_a_pass(twin, rows, refusal):
    """Return the names of the modules whose buffers a pass in training mode changes."""
    before = {name: buffer.clone() for name, buffer in twin.named_buffers()}
    _recorded(twin, rows, refusal)
    after = dict(twin.named_buffers())
    changed = [
        name
        for name, buffer in before.items()
        if not torch.equal(buffer, after.get(name, buffer))
    ]
    return tuple(dict.fromkeys(name.rpartition(".")[0] for name in changed))


def _n_dropouts(twin, rows):
    """Return the number of dropouts in a pass, those of probability 0 included."""
    mode = MaskedDropout(Masks(0, rows.device), range(1))
    in_mode(mode, twin, rows.clone())
    return mode.n_met


def _places(few, more, rows_first, refusal):
    if [kind for kind, _ in few] != [kind for kind, _ in more]:
        raise refusal("draws another number of random numbers for other rows")
    return tuple(
        _place(a, b, rows_first, refusal)
        for (_, a), (_, b) in zip(few, more, strict=True)
    )


def _place(few, more, rows_first, refusal):
    """Return the `Place` of the rows in a tensor of these shapes."""
    axes = [k for k in range(len(few)) if few[k : k + 1] != more[k : k + 1]]
    if len(few) != len(more) or len(axes) > 1:
        raise refusal(f"has random numbers of shape {few}, with rows on no one axis")
    if not axes:
        return Place(None)
    (axis,) = axes
    n_inner, rest = divmod(few[axis], _FEW)
    if rest or more[axis] != n_inner * _MORE:
        raise refusal(f"has random numbers of shape {few}, with rows on no one axis")
    return Place(axis, n_inner, rows_first)


def _is_joint(twin, rows, places, refusal):
    """Return whether a row has the same outputs wherever it stands in a draw."""

    def draw(n):
        return one_draw(twin, rows[:n], Joint(Masks(0, rows.device), 0, places))

    few, more = draw(_FEW), draw(_MORE)
    if not _close(few, draw(_FEW)) or _uses_other_streams(lambda: draw(_FEW)):
        raise refusal("takes random numbers from elsewhere than torch")
    return _close(more[:_FEW], few) and _close(more[_FEW:], few[: _MORE - _FEW])


def _uses_other_streams(function):
    """Return whether a function moves the global stream of Python or NumPy."""

    def moves_a_stream():
        before = random_streams()
        function()
        return random_streams() != before

    # Another thread may have moved it, but hardly three times in a row.
    return all(moves_a_stream() for _ in range(3))


def one_draw(twin, x, source):
    """Return the outputs of one pass with the random numbers of a source."""
    with no_grad():
        return one_pass(twin, x, source)


def one_pass(twin, x, source):
    """Return the same, with gradients if they are on."""
    return network_output(in_mode(Noise(source), twin, x.clone()))


def _close(a, b):
    return torch.allclose(a, b, rtol=1e-3, atol=1e-5)
