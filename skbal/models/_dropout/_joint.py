"""Random numbers of one draw that are the same for every row.

A layer may have its rows along any axis of a tensor, or folded with another axis into
one. A `Place` says where they are. The numbers of a draw are made for one row and
repeated for the others.
"""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Place:
    """Where the rows are in a tensor of random numbers.

    Parameters
    ----------
    axis : int or None
        The axis of the rows. None if the tensor does not depend on the number of rows,
        as a mask of weights.
    n_inner : int, default=1
        Number of entries along the axis for one row.
    rows_first : bool, default=True
        Whether the entries of one row are neighbours along the axis.
    """

    axis: int | None
    n_inner: int = 1
    rows_first: bool = True

    def of_one_row(self, shape):
        """Return the shape of the numbers that all rows share."""
        if self.axis is None:
            return tuple(shape)
        return (*shape[: self.axis], self.n_inner, *shape[self.axis + 1 :])

    def for_all_rows(self, numbers, shape):
        """Return the numbers repeated for each row, broadcastable to the shape."""
        if self.axis is None or self.n_inner == 1:
            return numbers
        n_rows = shape[self.axis] // self.n_inner
        if self.rows_first:
            repeats = [n_rows if k == self.axis else 1 for k in range(numbers.ndim)]
            return numbers.repeat(repeats)
        return numbers.repeat_interleave(n_rows, dim=self.axis)


class Joint:
    """The source of the random numbers of one draw; see `Noise`.

    Parameters
    ----------
    masks : Masks
        The numbers of the seed.
    draw : int
        The number of the draw.
    places : tuple of Place
        The places of the rows, one for each tensor of random numbers in a pass.
    """

    def __init__(self, masks, draw, places):
        self._masks = masks
        self._draw = draw
        self._places = places
        self._n_met = 0

    def bernoulli(self, shape, p):
        """Return 0 or 1 for each entry, 1 with probability p."""
        if not isinstance(p, torch.Tensor):
            draws = range(self._draw, self._draw + 1)
            return self._numbers(
                shape, lambda layer, one: self._masks.keep(layer, draws, one, 1 - p)[0]
            )
        return self.uniform(shape) >= 1 - p

    def uniform(self, shape):
        """Return uniform random numbers in [0, 1)."""
        return self._of_kind("random", shape)

    def normal(self, shape):
        """Return standard normal random numbers."""
        return self._of_kind("standard_normal", shape)

    def exponential(self, shape):
        """Return standard exponential random numbers."""
        return self._of_kind("standard_exponential", shape)

    def other(self, name):
        """Do nothing: such a network is refused when it is fitted."""

    def _of_kind(self, kind, shape):
        return self._numbers(
            shape, lambda layer, one: self._masks.numbers(kind, layer, self._draw, one)
        )

    def _numbers(self, shape, make):
        layer, self._n_met = self._n_met, self._n_met + 1
        if layer >= len(self._places):
            raise ValueError(
                "The network drew more random numbers than when it was fitted. The "
                "number of its dropouts must not depend on the rows."
            )
        place = self._places[layer]
        return place.for_all_rows(make(layer, place.of_one_row(shape)), shape)
