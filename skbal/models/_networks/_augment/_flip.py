"""Mirror images."""

from skbal._utils.image_warps import drawn
from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import flag
from skbal.models._networks._augment._base import ImageTransform

torch = lazy_module("torch")


class RandomFlip(ImageTransform):
    """Mirror each image of a training batch with probability one half.

    A photograph may be mirrored left to right. A digit must not be: a mirrored 2 is not
    a 2.

    Parameters
    ----------
    horizontal : bool, default=True
        Whether left and right may change places.
    vertical : bool, default=False
        Whether top and bottom may change places, independently of ``horizontal``.

    See Also
    --------
    RandomTurn : Quarter turns; with flips, all symmetries of a square.

    Examples
    --------
    >>> import torch
    >>> from skbal.models import RandomFlip
    >>> image = torch.tensor([[[[1.0, 2.0, 3.0]]]])
    >>> RandomFlip()(image, torch.Generator().manual_seed(0))
    tensor([[[[3., 2., 1.]]]])
    """

    _parameter_rules = {"horizontal": flag(), "vertical": flag()}
    _interpolates = False

    def __init__(self, horizontal=True, vertical=False):
        self.horizontal = horizontal
        self.vertical = vertical

    def _changed(self, X, generator):
        chance = drawn(torch.rand, (2, len(X), 1, 1, 1), X, generator)
        for axis, allowed, number in zip(
            (3, 2), (self.horizontal, self.vertical), chance
        ):
            if allowed:
                X = torch.where(number < 0.5, X.flip(axis), X)
        return X.clone() if not (self.horizontal or self.vertical) else X
