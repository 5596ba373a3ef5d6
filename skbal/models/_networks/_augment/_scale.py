"""Images made larger or smaller."""

from skbal._utils.image_warps import drawn, scaled
from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import real
from skbal.models._networks._augment._base import FILL, ImageTransform

torch = lazy_module("torch")


class RandomScale(ImageTransform):
    """Make each image of a training batch larger or smaller about its centre.

    Parameters
    ----------
    factor : float, default=1.2
        Largest magnification, at least 1. The logarithm of the magnification is uniform
        between -log(``factor``) and log(``factor``), so images become larger as often
        as smaller. The size of the array stays.
    fill : {"edge", "zeros"}, default="edge"
        What surrounds an image that became smaller; see `RandomShift`.

    See Also
    --------
    Compose : Several changes, one after the other.

    Examples
    --------
    >>> import torch
    >>> from skbal.models import RandomScale
    >>> RandomScale(factor=1.5)(torch.ones(5, 3, 20, 30)).shape
    torch.Size([5, 3, 20, 30])
    """

    _parameter_rules = {"factor": real(1), "fill": FILL}

    def __init__(self, factor=1.2, fill="edge"):
        self.factor = factor
        self.fill = fill

    def _changed(self, X, generator):
        exponent = 2 * drawn(torch.rand, (len(X),), X, generator) - 1
        return scaled(X, float(self.factor) ** exponent, self.fill)
