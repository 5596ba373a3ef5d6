"""Gradients of a number per row with respect to the row, in bounded memory.

The number is a function of all draws, but the passes of all draws need not be kept at
once: the derivative with respect to each draw needs only the draws themselves, which
are small. So a first pass makes the draws, and a second one takes the gradients of a
few draws at a time.
"""

from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

from skbal._utils.chunks import MAX_MEMORY, chunks
from skbal.audit._saliency._paths import points_of

_ROWS = (256, 128, 64, 32, 16, 8, 4)  # numbers of rows at once that are tried


@contextmanager
def gradients_on():
    """Let torch compute gradients inside the block, also inside ``torch.no_grad``."""
    before = torch.is_grad_enabled()
    with torch.inference_mode(False):
        try:
            torch._C._set_grad_enabled(True)
            yield
        finally:
            torch._C._set_grad_enabled(before)


class Gradients:
    """Draws of rows, and maps of the gradients along a path.

    Parameters
    ----------
    function : TorchDraws
        The draws.
    path : Path
        Where gradients are taken.
    baseline : ndarray of shape (1, ...)
        Where the path begins.
    seed : int
        Seed of the noise.
    batch_size : int, optional
        Number of rows, or of points near them, in a pass.

    Attributes
    ----------
    rows_at_once : int
        Number of rows whose draws fit into memory with what a pass keeps.
    """

    @torch.inference_mode(False)  # the caller may be in it
    def __init__(self, function, path, baseline, seed, batch_size=None):
        self._function, self._path = function, path
        self.baseline, self._seed = baseline, seed
        sizes = pass_sizes(function, self._tensor(baseline))
        self.rows_at_once, self._n_draws = sizes.fitting(function.n_draws)
        if batch_size is not None:
            self.rows_at_once = batch_size

    def _tensor(self, values):
        return torch.tensor(values, dtype=torch.float64, device=self._function.device)

    @torch.inference_mode(False)
    def draws(self, values):
        """Return draws of rows, (n_rows, n_draws, n_outputs), in float64."""
        parts = [
            draws_of(self._function, self._tensor(values[rows]), self._n_draws)
            for rows in chunks(len(values), self.rows_at_once)
        ]
        return torch.cat(parts, dim=1).swapaxes(0, 1).cpu().numpy()

    @torch.inference_mode(False)
    def maps(self, values, objective):
        """Return the weighted sum of the gradients of an objective along the path.

        Parameters
        ----------
        values : ndarray of shape (n_rows, ...)
            The rows.
        objective : object
            See `_objectives`.

        Returns
        -------
        maps : ndarray of shape (n_rows, ...)
        """
        path, maps = self._path, np.zeros(values.shape)
        n_points = len(path.weights)
        for pairs in chunks(len(values) * n_points, self.rows_at_once):
            row, number = divmod(np.arange(pairs.start, pairs.stop), n_points)
            points = points_of(path, values[row], self.baseline, number, self._seed)
            x = self._tensor(points)
            found = gradient(self._function, x, row, objective, self._n_draws)
            weights = path.weights[number].reshape(-1, *(1 for _ in values.shape[1:]))
            np.add.at(maps, row, weights * found.cpu().numpy())
        return maps * (values - self.baseline) if path.times_difference else maps


@dataclass(frozen=True)
class PassSizes:
    """Bytes that a pass keeps for its gradient.

    Attributes
    ----------
    per_row, per_draw, per_row_and_draw : int
        Bytes.
    """

    per_row: int
    per_draw: int
    per_row_and_draw: int

    def of(self, n_rows, n_draws):
        """Return the bytes of a pass, and as much again for its way back."""
        rows, both = n_rows * self.per_row, n_rows * n_draws * self.per_row_and_draw
        return 2 * (rows + both + n_draws * self.per_draw)

    def fitting(self, n_draws, max_memory=MAX_MEMORY):
        """Return how many rows and draws fit into a pass.

        All draws at once are best, since the layers before the first dropout run once
        for them.
        """
        for n_rows in _ROWS:
            if self.of(n_rows, n_draws) <= max_memory:
                return n_rows, n_draws
        n_rows = next((n for n in (4, 2) if self.of(n, 1) <= max_memory), 1)
        left = max_memory - self.of(n_rows, 0)
        return n_rows, int(min(max(left // self._of_draw(n_rows), 1), n_draws))

    def _of_draw(self, n_rows):
        return max(self.of(n_rows, 1) - self.of(n_rows, 0), 1)


def pass_sizes(function, x):
    """Return the `PassSizes` of draws, measured on a row.

    Parameters
    ----------
    function : TorchDraws
        The draws.
    x : torch.Tensor of shape (1, ...), dtype=float64
        A row.

    Returns
    -------
    sizes : PassSizes
    """
    n_draws = min(2, function.n_draws)
    kept = {
        (n, k): _kept_bytes(function, x.repeat(n, *(1 for _ in x.shape[1:])), k)
        for n in (1, 2)
        for k in (1, n_draws)
    }
    of_row, of_two = (kept[2, k] - kept[1, k] for k in (1, n_draws))
    both = max(of_two - of_row, 0)
    of_draw = kept[1, n_draws] - kept[1, 1] - both
    return PassSizes(max(of_row - both, 0), max(of_draw, 0), both)


def _kept_bytes(function, x, n_draws):
    """Return the bytes of the tensors that torch keeps of a pass."""
    kept = {}

    def keep(tensor):
        if not isinstance(tensor, torch.nn.Parameter):
            kept[tensor.data_ptr()] = tensor.nelement() * tensor.element_size()
        return tensor

    with gradients_on(), torch.autograd.graph.saved_tensors_hooks(keep, lambda x: x):
        # Named, so that nothing is freed before the end of the pass.
        draws = function(x.requires_grad_(), range(n_draws))
        return sum(kept.values()) + draws.nelement() * draws.element_size()


def draws_of(function, x, n_at_once):
    """Return all draws of rows, without gradients.

    Parameters
    ----------
    function : TorchDraws
        The draws.
    x : torch.Tensor of shape (n_rows, ...), dtype=float64
        The rows.
    n_at_once : int
        Number of draws in a pass.

    Returns
    -------
    draws : torch.Tensor of shape (n_draws, n_rows, n_outputs), dtype=float64
    """
    with torch.inference_mode(False), torch.no_grad(), function.threads():
        parts = [function(x, k) for k in _cut(function.n_draws, n_at_once)]
        return torch.cat(parts)


def gradient(function, x, rows, objective, n_at_once):
    """Return the gradient of an objective with respect to each row.

    Parameters
    ----------
    function : TorchDraws
        The draws.
    x : torch.Tensor of shape (n_rows, ...), dtype=float64
        The rows, or rows near them.
    rows : ndarray of shape (n_rows,)
        Which rows of X these are, for the objective.
    objective : object
        See `_objectives`.
    n_at_once : int
        Number of draws in a pass.

    Returns
    -------
    gradient : torch.Tensor of the shape of ``x``
    """
    x = x.requires_grad_()
    chunks = _cut(function.n_draws, n_at_once)
    with gradients_on(), function.threads():
        if len(chunks) == 1:
            draws = function(x, chunks[0])
            slopes = objective.slopes(draws.detach(), rows) / function.n_draws
            return _backward(draws, x, slopes)
        slopes = objective.slopes(draws_of(function, x.detach(), n_at_once), rows)
        slopes = slopes / function.n_draws
        return sum(
            _backward(function(x, chunk), x, slopes[chunk.start : chunk.stop])
            for chunk in chunks
        )


def _cut(n_draws, n_at_once):
    draws = range(n_draws)
    return [draws[i : i + n_at_once] for i in range(0, n_draws, n_at_once)]


def _backward(draws, x, slopes):
    (found,) = torch.autograd.grad(draws, x, slopes.to(draws), allow_unused=True)
    return torch.zeros_like(x) if found is None else found
