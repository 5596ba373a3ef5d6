"""Images turned by small angles."""

from skbal._utils.image_warps import drawn, rotated
from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import real
from skbal.models._networks._augment._base import FILL, ImageTransform

torch = lazy_module("torch")


class RandomRotation(ImageTransform):
    """Turn each image of a training batch about its centre by a random angle.

    Parameters
    ----------
    degrees : float, default=15
        Largest angle, in degrees from 0 to 180. The angle is uniform between
        -``degrees`` and ``degrees``.
    fill : {"edge", "zeros"}, default="edge"
        What enters at the corners; see `RandomShift`.

    See Also
    --------
    RandomTurn : Quarter turns, which keep every value.
    Compose : Several changes, one after the other.

    Examples
    --------
    >>> import torch
    >>> from skbal.models import RandomRotation
    >>> RandomRotation(degrees=10)(torch.ones(5, 1, 28, 28)).shape
    torch.Size([5, 1, 28, 28])
    """

    _parameter_rules = {"degrees": real(0, 180), "fill": FILL}

    def __init__(self, degrees=15, fill="edge"):
        self.degrees = degrees
        self.fill = fill

    def _changed(self, X, generator):
        share = 2 * drawn(torch.rand, (len(X),), X, generator) - 1
        return rotated(X, float(self.degrees) * share, self.fill)
