"""Joint draws of a network with dropout, as fast as its structure allows.

The layers before the first dropout run once, not once per draw. There are three ways to
continue, from the fastest:

1. a ``Sequential`` whose first dropout feeds a dense layer: a draw computes only what
   the dropped units add to that layer, and subtracts it (`FirstDense`);
2. a module that can run the rows of all draws side by side (`_SideBySide`);
3. any other module: one pass per draw (`_OneByOne`).

All use the same masks, so they make the same draws up to rounding.
"""

import torch

from skbal._utils.chunks import rows_within
from skbal.models._dropout._first_dense import FirstDense, split_sequential
from skbal.models._dropout._masks import MaskedDropout, Masks
from skbal.models._dropout._sizes import bytes_around_dropout
from skbal.models._networks._few_rows import filled_up
from skbal.models._networks._sizes import LIVE_TENSORS
from skbal.models._networks._twin import evaluation_twin, network_output


def count_dropouts(module, x):
    """Return the number of dropouts in a forward pass of ``x``."""
    with torch.inference_mode(), MaskedDropout(Masks(0, x.device), range(1)) as mode:
        module(x)
    return mode.layer


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

    Attributes
    ----------
    batch_size : int
        Number of rows whose temporaries stay within the memory budget.
    """

    def __init__(self, module, example, n_draws, seed):
        self.draws = range(n_draws)
        self.masks = Masks(seed, example.device)
        twin = evaluation_twin(module)
        with torch.inference_mode():
            self._way = _fastest_way(twin, example, self.masks, n_draws)
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


def _fastest_way(twin, example, masks, n_draws):
    parts = split_sequential(twin, example)
    if parts is not None:
        return FirstDense(parts, example)
    if _can_stand_side_by_side(twin, example, masks):
        return _SideBySide(twin, example, n_draws)
    return _OneByOne(twin, example)


def _can_stand_side_by_side(twin, example, masks):
    """Return whether two draws in one pass equal two passes.

    They do not if the module adds something from before the dropout to something after
    it (a skip connection), or remembers the number of rows.
    """
    # Three rows: with one row, a sum over draws would broadcast unnoticed.
    x = example[[0, len(example) // 2, -1]]
    alone = [_one_pass(twin, x, masks, range(k, k + 1)) for k in range(2)]
    try:
        together = _one_pass(twin, x, masks, range(2))
    except (RuntimeError, ValueError, IndexError, TypeError):
        return False
    expected = torch.cat(alone)
    if together.shape != expected.shape:
        return False
    return torch.allclose(together, expected, rtol=1e-3, atol=1e-5)


def _one_pass(twin, x, masks, draws):
    # A copy, since a network may change its input in place before the next pass.
    with MaskedDropout(masks, draws):
        return network_output(twin(x.clone()))


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

    def _some_draws(self, x, masks, draws):
        outputs = _one_pass(self.twin, x, masks, draws)
        return outputs.reshape(len(draws), len(x), *outputs.shape[1:])


class _OneByOne:
    """One pass per draw, for a module that cannot be split."""

    def __init__(self, twin, example):
        self.twin = twin
        row_bytes = LIVE_TENSORS * sum(bytes_around_dropout(twin, example[:1]))
        self.batch_size = rows_within(row_bytes)

    def outputs(self, x, masks, draws):
        passes = (
            _one_pass(self.twin, x, masks, range(draw, draw + 1)) for draw in draws
        )
        return torch.stack(list(passes))
