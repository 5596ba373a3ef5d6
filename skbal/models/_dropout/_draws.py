"""Joint draws of a network with dropout, as fast as its structure allows.

There are three ways, from the fastest:

1. a ``Sequential`` whose first dropout feeds a dense layer: a draw computes only what
   the dropped units add to that layer, and subtracts it (`FirstDense`);
2. a module that can run the rows of all draws side by side (`_SideBySide`);
3. any other module: one pass per draw (`_OneByOne`).

The first two run the layers before the first dropout once, not once per draw. All use
the same masks, so they make the same draws up to rounding. The third is the reference:
a quick way is taken if it agrees on a few rows.
"""

import torch

from skbal._utils.chunks import rows_within
from skbal.models._dropout._first_dense import FirstDense, is_plain, split_sequential
from skbal.models._dropout._joint import Joint
from skbal.models._dropout._masks import MaskedDropout, Masks
from skbal.models._dropout._plan import one_draw, one_pass, plan_of
from skbal.models._dropout._sizes import bytes_around_dropout
from skbal.models._networks._few_rows import filled_up
from skbal.models._networks._modes import in_mode, no_grad
from skbal.models._networks._noise import Noise, NoNoise
from skbal.models._networks._sizes import LIVE_TENSORS, largest_bytes
from skbal.models._networks._twin import drawing_twin, network_output


class DropoutSampler:
    """Draws of a network's outputs under dropout.

    Parameters
    ----------
    module : torch.nn.Module
        The trained network. It is not changed.
    example : torch.Tensor of shape (n_rows, ...)
        A few rows, to measure the memory of a pass and to see how the network can be
        split.
    n_draws : int
        Number of draws.
    seed : int
        Seed of the draws.
    plan : Plan, optional
        What was found out about the network when it was fitted.

    Attributes
    ----------
    batch_size : int
        Number of rows whose temporaries stay within the memory budget.
    """

    def __init__(self, module, example, n_draws, seed, plan=None):
        self.draws = range(n_draws)
        self.masks = Masks(seed, example.device)
        if plan is None:
            plan = plan_of(module, example, type(module).__name__)
        twin = drawing_twin(module, plan.frozen)
        with no_grad():
            self._way = _fastest_way(twin, example, n_draws, plan)
        self.batch_size = self._way.batch_size

    def __call__(self, x):
        """Return the outputs of each draw, shape (n_draws, n_rows, n_outputs).

        Parameters
        ----------
        x : torch.Tensor of shape (n_rows, ...)
            A chunk of rows, at most ``batch_size`` to stay within the memory budget.

        Returns
        -------
        outputs : torch.Tensor of shape (n_draws, n_rows, n_outputs)
        """
        n_rows = len(x)
        x = filled_up(x, self.batch_size)
        with torch.inference_mode():
            return self._way.outputs(x, self.masks, self.draws)[:, :n_rows]

    def with_gradients(self, x, draws):
        """Return the outputs of some draws, through which gradients pass.

        A sampler that was called outside of this method must not be used for it: what
        it keeps was made in inference mode.

        Parameters
        ----------
        x : torch.Tensor of shape (n_rows, ...)
            A chunk of rows.
        draws : range
            The numbers of the draws.

        Returns
        -------
        outputs : torch.Tensor of shape (len(draws), n_rows, n_outputs)
        """
        return self._way.with_gradients(x, self.masks, draws)


def _fastest_way(twin, example, n_draws, plan):
    parts = split_sequential(twin, example)
    if parts is not None and is_plain(twin):
        return FirstDense(parts, example)
    slow = _OneByOne(twin, example, plan)
    quick = [] if parts is None else [lambda: FirstDense(parts, example)]
    quick.append(lambda: _SideBySide(twin, example, n_draws))
    return next((way for make in quick if (way := _agrees(make, slow, example))), slow)


def _agrees(make, slow, example):
    """Return a quick way if it makes the same draws as the slow one, else None.

    It does not if the module adds something from before the dropout to something after
    it (a skip connection), remembers the number of rows, has its rows along another
    axis, or random numbers that come not from a dropout function.
    """
    # Three rows: with one row, a sum over draws would broadcast unnoticed.
    x = example[[0, len(example) // 2, -1]]
    masks, draws = Masks(0, x.device), range(2)
    try:
        way, found = in_mode(Noise(NoNoise()), _tried, make, x, masks, draws)
    except (RuntimeError, ValueError, IndexError, TypeError):
        return None
    expected = slow.outputs(x, masks, draws)
    if found.shape != expected.shape:
        return None
    return way if torch.allclose(found, expected, rtol=1e-3, atol=1e-5) else None


def _tried(make, x, masks, draws):
    way = make()
    return way, way.outputs(x, masks, draws)


class _SideBySide:
    """All draws of a chunk of rows in one pass, repeated at the first dropout."""

    def __init__(self, twin, example, n_draws):
        self.twin = twin
        before, after = bytes_around_dropout(twin, example[:1])
        row_bytes = LIVE_TENSORS * (before + n_draws * after)
        self.batch_size = rows_within(row_bytes)
        # If the draws of a single row do not fit, the draws are cut into chunks.
        self._step = rows_within(LIVE_TENSORS * max(after, 1), largest=n_draws)

    def outputs(self, x, masks, draws):
        chunks = (draws[i : i + self._step] for i in range(0, len(draws), self._step))
        return torch.cat([self._some_draws(x, masks, chunk) for chunk in chunks])

    with_gradients = outputs

    def _some_draws(self, x, masks, draws):
        # A copy, since a network may change its input in place before the next pass.
        mode = MaskedDropout(masks, draws)
        outputs = network_output(in_mode(mode, self.twin, x.clone()))
        if not mode.expanded:  # no dropout drew random numbers
            return outputs.expand(len(draws), *outputs.shape)
        return outputs.reshape(len(draws), len(x), *outputs.shape[1:])


class _OneByOne:
    """One pass per draw, for any module."""

    def __init__(self, twin, example, plan):
        self.twin = twin
        self._places = plan.places
        source = Joint(Masks(0, example.device), 0, plan.places)
        # Two rows, since a normalisation may refuse one.
        row = example[[0, 0]]
        row_bytes = largest_bytes(lambda x: one_draw(twin, x, source), row) // 2
        self.batch_size = rows_within(2 * LIVE_TENSORS * row_bytes)

    def outputs(self, x, masks, draws):
        # Not in inference mode, in which torch would not let `Noise` see all.
        with torch.inference_mode(False), no_grad():
            x = x.clone()
            sources = (Joint(masks, draw, self._places) for draw in draws)
            return torch.stack([one_draw(self.twin, x, source) for source in sources])

    def with_gradients(self, x, masks, draws):
        sources = (Joint(masks, draw, self._places) for draw in draws)
        return torch.stack([one_pass(self.twin, x, source) for source in sources])
