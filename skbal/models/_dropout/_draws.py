"""Joint draws of a network with dropout, as fast as its structure allows.

What lies before the first dropout runs once, not once a draw. Then there are three ways
on, from the fastest:

1. a ``Sequential`` whose first dropout feeds a dense layer: a draw computes only what
   the dropped units add to that layer, and takes it away (`FirstDense`);
2. any module whose rows can stand side by side for all draws (`_SideBySide`);
3. any other module: one pass a draw (`_OneByOne`).

All take the same masks, so they give the same draws up to rounding.
"""

import torch

from skbal._utils.chunks import rows_within
from skbal.models._dropout._first_dense import FirstDense, split_sequential
from skbal.models._dropout._masks import MaskedDropout, Masks
from skbal.models._dropout._sizes import bytes_around_dropout
from skbal.models._networks._sizes import LIVE_TENSORS
from skbal.models._networks._twin import evaluation_twin, network_output


def count_dropouts(module, x):
    """Return how many dropouts a forward pass of ``x`` meets."""
    with torch.inference_mode(), MaskedDropout(Masks(0, x.device), range(1)) as mode:
        module(x)
    return mode.layer


class DropoutSampler:
    """Draws of a network's outputs under dropout.

    Parameters
    ----------
    module : torch.nn.Module
        The trained network; it is not touched.
    example : torch.Tensor of shape (n_rows, ...)
        A few rows, to learn what the network's layers cost and how it can be split.
    n_draws : int
        How many draws.
    seed : int
        The draws are a function of it.
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
            A chunk of rows, best no longer than ``batch_size``.

        Returns
        -------
        outputs : torch.Tensor of shape (n_draws, n_rows, n_outputs)
        """
        with torch.inference_mode():
            return self._way.outputs(x, self.masks, self.draws)


def _fastest_way(twin, example, masks, n_draws):
    parts = split_sequential(twin, example)
    if parts is not None:
        return FirstDense(parts, example)
    if _can_stand_side_by_side(twin, example, masks):
        return _SideBySide(twin, example, n_draws)
    return _OneByOne(twin, example)


def _can_stand_side_by_side(twin, example, masks):
    """Return whether two draws in one pass equal two passes.

    A module that mixes what comes before and after the dropout (a skip connection), or
    remembers the number of rows, fails or differs here.
    """
    # Of three rows: with one, a sum over draws would broadcast unnoticed.
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
    # A copy: a network may change its input in place, and the next pass needs it whole.
    with MaskedDropout(masks, draws):
        return network_output(twin(x.clone()))


class _SideBySide:
    """All draws of a chunk in one pass: the rows are repeated at the first dropout."""

    def __init__(self, twin, example, n_draws):
        self.twin = twin
        before, after = bytes_around_dropout(twin, example[:1])
        row_bytes = LIVE_TENSORS * (before + n_draws * after)
        self.batch_size = rows_within(row_bytes)
        # Where not even one row's draws fit, the draws come in blocks.
        self._step = rows_within(LIVE_TENSORS * max(after, 1), largest=n_draws)

    def outputs(self, x, masks, draws):
        blocks = (draws[i : i + self._step] for i in range(0, len(draws), self._step))
        return torch.cat([self._block(x, masks, block) for block in blocks])

    def _block(self, x, masks, draws):
        outputs = _one_pass(self.twin, x, masks, draws)
        return outputs.reshape(len(draws), len(x), *outputs.shape[1:])


class _OneByOne:
    """One pass a draw, for a module that cannot be split."""

    def __init__(self, twin, example):
        self.twin = twin
        row_bytes = LIVE_TENSORS * sum(bytes_around_dropout(twin, example[:1]))
        self.batch_size = rows_within(row_bytes)

    def outputs(self, x, masks, draws):
        passes = (
            _one_pass(self.twin, x, masks, range(draw, draw + 1)) for draw in draws
        )
        return torch.stack(list(passes))
